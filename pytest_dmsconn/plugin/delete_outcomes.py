"""`DELETE_OUTCOMES`: all outcomes of a DeleteConnection, for `parametrize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import pytest

from pytest_dmsconn.dms import seeds, service_model
from pytest_dmsconn.fake.connection_arguments import ConnectionArgument, pair_of
from pytest_dmsconn.protocol.injectable_errors import TRANSPORT_FAILURES, ErrorName

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

    from pytest_dmsconn.fake.fake_dms import FakeDms

OPERATION: Literal["DeleteConnection"] = "DeleteConnection"
GONE = "ResourceNotFoundFault"
UNDER_TEST = "InvalidResourceStateFault"
SLOW_POLLS = 3


@dataclass(frozen=True)
class DeleteOutcome:
    """One outcome of a DeleteConnection.

    Attributes:
        name: the name of the outcome, and the id of its test.
        error: the error that the caller gets, by its name in `FakeDms.fail`. None if the deletion
            succeeds.
        lost: whether the deletion takes effect and its first answer is lost.
        polls: the number of the description that no longer shows the connection. None for the
            option `deleting_polls`.
    """

    name: str
    error: ErrorName | None = None
    lost: bool = False
    polls: int | None = None

    @property
    def deletes(self) -> bool:
        """Whether a DeleteConnection takes effect."""
        return self.error is None or self.lost

    def arm(self, dms: FakeDms, connection: ConnectionArgument) -> None:
        """Give all deletions of a connection this outcome, retries of a client included.

        For two errors, the first DeleteConnection changes the registry before it is answered, and
        later descriptions agree with the answer. For `ResourceNotFoundFault`, the connection is
        removed. For `InvalidResourceStateFault`, it is created if it does not exist, and a
        connection test starts, which only `set_status` ends. Only the first answer is lost: the
        retry finds the connection `deleting` or gone.

        Args:
            dms: the fake.
            connection: a `Connection`, a pair of ARNs, or a mapping with both.

        Raises:
            UsageError: `connection` does not name a connection, or its ends are in two regions or
                accounts.

        Example:
            >>> from pytest_dmsconn import DELETE_OUTCOMES, mock_dms
            >>> import boto3
            >>> outcomes = {one.id: one.values[0] for one in DELETE_OUTCOMES}
            >>> with mock_dms() as dms:
            ...     connection = dms.add_connection()
            ...     outcomes["InvalidResourceStateFault"].arm(dms, connection)
            ...     client = boto3.client("dms")
            ...     try:
            ...         client.delete_connection(**connection.arns)
            ...     except client.exceptions.InvalidResourceStateFault:
            ...         print(connection.status)
            testing
        """
        pair = pair_of(connection)
        # Otherwise the error would be raised in the code under test, by the call.
        seeds.read_connection(
            dms.service.scope, endpoint_arn=pair[0], replication_instance_arn=pair[1]
        )
        if self.polls is not None:
            dms.service.lifecycle.deleting_polls[pair] = self.polls
        if self.error in {GONE, UNDER_TEST}:
            dms.service.faults.arm(
                OPERATION,
                self.error,
                times=1,
                after=0,
                pair=pair,
                applied=True,
                change=lambda: self._change(dms, pair),
            )
        elif self.error is not None:
            times = 1 if self.lost else None
            dms.fail(OPERATION, self.error, times=times, connection=pair, applied=self.lost)

    def _change(self, dms: FakeDms, pair: tuple[str, str]) -> None:
        """Bring the connection into a state in which DMS refuses to delete it."""
        lifecycle = dms.service.lifecycle
        existing = dms.service.registry.connections.get(pair)
        if self.error == UNDER_TEST:
            lifecycle.begin_endless_test(existing or dms.add_connection(*pair))
        elif existing is not None:
            lifecycle.remove(existing)


def _delete_outcomes() -> tuple[ParameterSet, ...]:
    failures = cast("tuple[ErrorName, ...]", TRANSPORT_FAILURES)
    faults = cast("tuple[ErrorName, ...]", tuple(service_model.faults_of((OPERATION,))))
    outcomes = [
        DeleteOutcome("deleted"),
        DeleteOutcome("deleted-slowly", polls=SLOW_POLLS),
        *(DeleteOutcome(fault, error=fault) for fault in faults),
        DeleteOutcome("throttled", error="ThrottlingException"),
        *(DeleteOutcome(failure, error=failure) for failure in failures),
        DeleteOutcome("lost-answer", error="read-timeout", lost=True),
    ]
    return tuple(pytest.param(outcome, id=outcome.name) for outcome in outcomes)


DELETE_OUTCOMES: tuple[ParameterSet, ...] = _delete_outcomes()
"""The argument values of `@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)`."""
