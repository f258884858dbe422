"""`DELETE_OUTCOMES`: every way in which a DeleteConnection can end, for `parametrize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import pytest

from pytest_dmsconn.dms import service_model
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
    """One way in which the deletion of a connection can end.

    Attributes:
        name: the name of the outcome, and the id of its test.
        error: the error that the caller gets, as `FakeDms.fail` names it; None if the deletion
            succeeds.
        lost: whether the deletion takes effect although its first answer is lost.
        polls: for how many descriptions the connection stays `deleting`; None for as many as the
            options say.
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
        """Let deletions of a connection end this way, past all retries of a client.

        The first DeleteConnection of the connection finds the registry changed, as if somebody
        else had been quicker: for `ResourceNotFoundFault` the connection is gone; for
        `InvalidResourceStateFault` it is under a test that ends only by `set_status`, and is
        added if the pair has none. Descriptions say the same from then on. Only the lost answer
        happens once: its retry finds the connection `deleting`, or gone.

        Args:
            dms: the fake.
            connection: a `Connection`, a pair of ARNs, or a mapping with both.

        Raises:
            UsageError: `connection` is none of these.

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
        """Change the connection to what DMS refuses to delete."""
        lifecycle = dms.service.lifecycle
        existing = dms.service.registry.connections.get(pair)
        if self.error == UNDER_TEST:
            lifecycle.test_without_end(existing or dms.add_connection(*pair))
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
"""For `@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)`: a `DeleteOutcome` each."""
