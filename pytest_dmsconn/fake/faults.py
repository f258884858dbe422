"""What a test holds of a fake to make things go wrong, and to let time pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dmsconn.arguments import check_choice, check_flag, check_seconds, check_text
from pytest_dmsconn.dms.status import Status
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.connection_arguments import pair_of
from pytest_dmsconn.options import TEST_RESULTS
from pytest_dmsconn.protocol.dispatch import check_operation
from pytest_dmsconn.protocol.fault_injection import ANY_OPERATION
from pytest_dmsconn.protocol.routing import OPERATIONS

if TYPE_CHECKING:
    from pytest_dmsconn.fake.connection_arguments import ConnectionArgument
    from pytest_dmsconn.protocol.dispatch import FakeService
    from pytest_dmsconn.protocol.fault_injection import Fault

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class Disturbing:
    """The part of `FakeDms` that makes calls fail and time pass."""

    _service: FakeService

    def fail(  # noqa: PLR0913 - one keyword for each thing that can be said of a fault
        self,
        operation: str,
        error: str,
        *,
        message: str | None = None,
        times: int | None = 1,
        after: int = 0,
        connection: ConnectionArgument | None = None,
        applied: bool = False,
    ) -> Fault:
        """Let calls fail; as a context manager, until the end of its block.

        Args:
            operation: one that the fake answers, or `*` for any of them.
            error: a fault that botocore's model lists for the operation, an error common to AWS
                services (`ThrottlingException`, `InternalFailure`, ...), a transport failure
                (`connect-timeout`, `read-timeout`, `connection-closed`, `endpoint-unreachable`),
                or a broken answer (`truncated`, `html-502`).
            message: the message of an error of AWS, in place of the usual one.
            times: how many calls meet it; None for all until the test ends.
            after: how many calls that it would have met go through first.
            connection: only calls about that connection (or pair of ARNs) meet it. A
                DescribeConnections is about those that its filters name.
            applied: let the operation take effect before its answer is lost to the fault.

        Raises:
            UsageError: a value is not allowed; the message says which are.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     connection = dms.add_connection()
            ...     fault = dms.fail("DeleteConnection", "ThrottlingException", times=2)
            ...     answer = boto3.client("dms").delete_connection(**connection.arns)
            >>> answer["ResponseMetadata"]["RetryAttempts"], fault.met
            (2, 2)
        """
        if operation != ANY_OPERATION:
            check_operation(operation)
        check_text("message", message)
        check_flag("applied", applied)
        return self._service.faults.arm(
            operation,
            error,
            operations=OPERATIONS,
            message=message,
            times=times,
            after=after,
            pair=None if connection is None else pair_of(connection),
            applied=applied,
        )

    def set_test_result(
        self, connection: ConnectionArgument, result: str, message: str | None = None
    ) -> None:
        """Say what the next TestConnection of a connection ends in.

        Args:
            connection: a connection or a pair of ARNs, which need not have a connection yet.
            result: `successful` or `failed`.
            message: the failure message; one in the form of the real ones if not given.

        Raises:
            UsageError: a value is not allowed.
        """
        check_choice("result", result, TEST_RESULTS)
        check_text("message", message)
        if message is not None and result != Status.FAILED:
            msg = "message= goes with the result 'failed' only."
            raise UsageError(msg)
        lifecycle = self._service.lifecycle
        with self._service.registry.lock:
            lifecycle.test_outcomes[pair_of(connection)] = lifecycle.make_outcome(result, message)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass.

        Tests and deletions that `testing_seconds` and `deleting_seconds` let be over by then end.

        Args:
            seconds: how many, 0 or more.

        Raises:
            UsageError: it is not such a number.
        """
        check_seconds("seconds", seconds)
        self._service.advance(seconds)

    @property
    def now(self) -> float:
        """Virtual seconds since the fake began, or since its last `reset`."""
        return self._service.lifecycle.now
