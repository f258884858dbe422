"""The part of `FakeDms` that injects faults, delays and results of connection tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_dmsconn.arguments import (
    check_choice,
    check_flag,
    check_seconds,
    check_text,
    check_whole_number,
)
from pytest_dmsconn.dms.lifecycle import make_outcome
from pytest_dmsconn.dms.status import Status
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.connection_arguments import ConnectionArgument, pair_of
from pytest_dmsconn.options import TEST_RESULTS
from pytest_dmsconn.protocol.dispatch import FakeService, check_names_connection, check_operation
from pytest_dmsconn.protocol.fault_injection import DELAY, Fault
from pytest_dmsconn.protocol.injectable_errors import ANY_OPERATION, ErrorName, message_of
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.routing import OperationName


class Faults:
    """The methods of `FakeDms` that inject faults, delays and results of connection tests."""

    service: FakeService

    def fail(  # noqa: PLR0913 - one keyword for each property of a fault
        self,
        operation: OperationName | Literal["*"],
        error: ErrorName,
        *,
        message: str | None = None,
        times: int | None = 1,
        after: int = 0,
        connection: ConnectionArgument | None = None,
        applied: bool = False,
    ) -> Fault:
        """Make calls fail. As a context manager, the fault is disarmed at the end of the block.

        A connect or read timeout lasts as long as the client's own timeout, in virtual time.

        Args:
            operation: an operation that the fake answers, or `*` for all of them.
            error: a fault that botocore's model lists for the operation, an error common to AWS
                services (`ThrottlingException`, `InternalFailure`, ...), a transport failure
                (`connect-timeout`, `read-timeout`, `connection-closed`, `endpoint-unreachable`),
                or a broken answer (`truncated`, `html-502`).
            message: the message of an AWS error. The default is AWS's usual message.
            times: the number of calls that fail, 1 or more. None makes all calls fail until the
                test ends.
            after: the number of matching calls that succeed first, 0 or more.
            connection: only calls about this connection fail. It is a `Connection`, a pair of
                ARNs, or a mapping with both. A DescribeConnections is about the connection that
                its filters name.
            applied: if True, the operation takes effect and its answer is lost.

        Raises:
            UsageError: a value is not allowed. The message lists the allowed values.

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
        _check_operation(operation)
        check_text("message", message)
        check_flag("applied", applied)
        usual = message_of(operation, error)
        if message is not None and usual is None:
            msg = f"{quoted(error)} has no message; message= is only for errors of AWS."
            raise UsageError(msg)
        return self.service.faults.arm(
            operation,
            error,
            message=(usual or "") if message is None else message,
            own_message=message is not None,
            times=_check_times(times),
            after=check_whole_number("after", after),
            pair=_check_connection(operation, connection),
            applied=applied,
        )

    def delay(
        self,
        operation: OperationName | Literal["*"],
        seconds: float,
        *,
        times: int | None = 1,
        after: int = 0,
        connection: ConnectionArgument | None = None,
    ) -> Fault:
        """Delay answers in virtual time. As a context manager, the delay ends with the block.

        The operation takes effect immediately. If the delay is longer than the read timeout of the
        client, the client gets a read timeout at that time. A client of `dmsconn_server` gets the
        answer without waiting, and virtual time advances.

        Args:
            operation: an operation that the fake answers, or `*` for all of them.
            seconds: the delay in virtual seconds, 0 or more.
            times: the number of delayed answers, 1 or more. None delays all answers until the
                test ends.
            after: the number of matching calls before the first delayed one, 0 or more.
            connection: as for `fail`.

        Raises:
            UsageError: a value is not allowed. The message lists the allowed values.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     fault = dms.delay("DescribeConnections", 45)
            ...     answer = boto3.client("dms").describe_connections()
            ...     dms.now
            45.0
        """
        _check_operation(operation)
        check_seconds("seconds", seconds)
        return self.service.faults.arm(
            operation,
            DELAY,
            seconds=float(seconds),
            times=_check_times(times),
            after=check_whole_number("after", after),
            pair=_check_connection(operation, connection),
            applied=True,
        )

    def set_test_result(
        self,
        connection: ConnectionArgument,
        result: Literal["successful", "failed"],
        message: str | None = None,
    ) -> None:
        """Set the result of the next TestConnection of a connection.

        Args:
            connection: a `Connection`, a pair of ARNs, or a mapping with both. The connection
                need not exist yet.
            result: `successful` or `failed`.
            message: the failure message. The default is a message in the form of AWS's messages
                (fidelity T6).

        Raises:
            UsageError: a value is not allowed.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     connection = dms.add_connection()
            ...     dms.set_test_result(connection, "failed", "no route to host")
        """
        check_choice("result", result, TEST_RESULTS)
        check_text("message", message)
        if message is not None and result != Status.FAILED.value:
            raise UsageError("message= is only for the result 'failed'.")
        lifecycle = self.service.lifecycle
        pair = pair_of(connection)
        with self.service.registry.lock:
            lifecycle.test_outcomes[pair] = make_outcome(result, message)


def _check_operation(operation: str) -> None:
    if operation != ANY_OPERATION:
        check_operation(operation)


def _check_connection(
    operation: str, connection: ConnectionArgument | None
) -> tuple[str, str] | None:
    if connection is None:
        return None
    check_names_connection(operation)
    return pair_of(connection)


def _check_times(times: object) -> int | None:
    if times is None:
        return None
    if isinstance(times, int) and not isinstance(times, bool) and times >= 1:
        return check_whole_number("times", times)
    msg = f"times={quoted(times)} is not allowed; it must be a whole number, 1 or more, or None."
    raise UsageError(msg)
