"""Every way in which a DeleteConnection can end, for `pytest.mark.parametrize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.fake.connection_arguments import pair_of
from pytest_dmsconn.protocol.fault_injection import TRANSPORT_FAILURES

if TYPE_CHECKING:
    from pytest_dmsconn.fake.connection_arguments import ConnectionArgument
    from pytest_dmsconn.fake.fake_dms import FakeDms

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

OPERATION = "DeleteConnection"
SLOW_POLLS = 3


@dataclass(frozen=True)
class DeleteOutcome:
    """One way in which the deletion of a connection can end.

    Attributes:
        name: what it is called in the id of a test.
        error: the fault or failure that the caller meets, as `FakeDms.fail` names it; None if
            the deletion succeeds.
        lost: whether the deletion takes effect although its first answer is lost.
        polls: how many descriptions the connection stays `deleting` for; None for as many as
            the options say.
    """

    name: str
    error: str | None = None
    lost: bool = False
    polls: int | None = None

    @property
    def deletes(self) -> bool:
        """Whether a deletion takes effect."""
        return self.error is None or self.lost

    def arm(self, dms: FakeDms, connection: ConnectionArgument) -> None:
        """Let deletions of a connection end this way, past all retries of a client.

        Only the lost answer happens once: its retry finds the connection `deleting`, or gone.

        Args:
            dms: the fake.
            connection: a connection, or a pair of ARNs.

        Raises:
            UsageError: `connection` is neither.
        """
        if self.polls is not None:
            with dms.service.registry.lock:
                dms.service.lifecycle.deleting_polls[pair_of(connection)] = self.polls
        if self.error is not None:
            times = 1 if self.lost else None
            dms.fail(OPERATION, self.error, times=times, connection=connection, applied=self.lost)


def _delete_outcomes() -> tuple[Any, ...]:
    """The outcomes, each as a `pytest.param` with its name as the id."""
    outcomes = [
        DeleteOutcome("deleted"),
        DeleteOutcome("deleted-slowly", polls=SLOW_POLLS),
        *(DeleteOutcome(fault, error=fault) for fault in service_model.faults_of((OPERATION,))),
        DeleteOutcome("throttled", error="ThrottlingException"),
        *(DeleteOutcome(failure, error=failure) for failure in TRANSPORT_FAILURES),
        DeleteOutcome("lost-answer", error="read-timeout", lost=True),
    ]
    return tuple(pytest.param(outcome, id=outcome.name) for outcome in outcomes)


DELETE_OUTCOMES = _delete_outcomes()
"""For `@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)`."""
