"""All status changes, and the rules for when tests and deletions end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, Resource, change
from pytest_dmsconn.dms.status import AVAILABLE, Status
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.options import Options

# T6: the form of messages in public reports of failed tests.
FAILURE_MESSAGE = (
    "Test Endpoint failed: Application-Status: 1020912, "
    "Application-Message: Failed to connect Network error has occurred, "
    "Application-Detailed-Message: RetCode: SQL_ERROR SqlState: 08001 NativeError: 101 "
    "Message: [unixODBC]timeout expired"
)


Cause: TypeAlias = Literal["call", "time", "test"]
"""The cause of a status change: a call, virtual time, or the test itself."""


class Outcome(NamedTuple):
    """The status at the end of a test or a deletion."""

    status: Status
    last_failure_message: str | None = None


def make_outcome(result: str, message: str | None = None) -> Outcome:
    """The outcome for a result; a failed connection always has a message (T6)."""
    if result == Status.FAILED and message is None:
        message = FAILURE_MESSAGE
    return Outcome(Status(result), message)


@dataclass
class Transition:
    """A test or a deletion that has begun, and when it ends."""

    outcome: Outcome
    polls_left: int | None
    """The number of descriptions until the end, including the one that shows the end; or None."""
    due: float | None
    """The virtual second of the end; None if the number of descriptions decides."""

    def is_due(self, now: float) -> bool:
        """Whether it must end at that virtual second or earlier."""
        if self.due is not None:
            return self.due <= now
        return self.polls_left is not None and self.polls_left <= 0


class StatusChange(NamedTuple):
    """A status change, for the story of a test."""

    resource: Resource
    before: str | None
    """None if the connection was created."""
    status: str
    calls: int
    """The number of calls until then, including the call that caused the change."""
    cause: Cause
    now: float


@dataclass(eq=False)
class Lifecycle:
    """The rules of one fake. Callers hold the lock of the registry."""

    registry: Registry
    options: Options
    now: float = 0.0
    """Virtual seconds since the fake began."""
    changes: int = 0
    """Rises with every change. It stays equal during an endless wait."""
    journal: list[StatusChange] = field(default_factory=list)
    """The status changes in order. Seeds before the first call are not in it."""
    calls: int = 0
    """The number of calls, including the current one."""
    cause: Cause = "test"
    test_outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """For a pair, the outcome of its next TestConnection, if the user's test has set one."""
    deleting_polls: dict[tuple[str, str], int] = field(default_factory=dict)
    """For a pair, the number of polls of its next deletion, if the user's test has set one."""

    def begin_test(self, endpoint: Endpoint, instance: ReplicationInstance) -> Connection:
        """Begin a test, and create the connection if the pair has none (T1, D8)."""
        pair = (endpoint.arn, instance.arn)
        connection = self.registry.connections.get(pair)
        if connection is None:
            number = self.registry.next_number()
            connection = Connection(endpoint, instance, number, Status.TESTING)
            self.registry.add(connection)
            self._record_change(connection, None)
        else:
            self._change_status(connection, Status.TESTING)  # T1a
        outcome = self.test_outcomes.pop(pair, None)
        self._schedule(connection, outcome or make_outcome(self.options.test_result))
        return connection

    def begin_deletion(self, resource: Resource) -> None:
        """Begin a deletion; connections of an endpoint or instance are removed immediately (E1)."""
        self._remove_connections(resource)
        message = resource.last_failure_message if isinstance(resource, Connection) else None
        self._change_status(resource, Status.DELETING, message)
        self._schedule(resource, Outcome(Status.DELETED))

    def end_if_instant(self, resource: Resource) -> None:
        """End the test or deletion of the resource if it takes 0 polls or 0 seconds."""
        transition = self.registry.pending.get(resource)
        if transition is not None and transition.is_due(self.now):
            self._end(resource, transition.outcome)

    def record_seed(self, connection: Connection) -> None:
        """Record a seeded connection; the story lists those before the first call by itself."""
        if self.calls:
            self._record_change(connection, None)

    def schedule_end(self, resource: Resource) -> None:
        """Schedule the end of a `testing` or `deleting` status that a seed or a test has set.

        With 0 polls it ends at its first description, as with 1, so that it can be seen.
        """
        if isinstance(resource, Connection) and resource.status is Status.TESTING:
            self._schedule(resource, make_outcome(self.options.test_result))
        elif resource.status == Status.DELETING:
            self._schedule(resource, Outcome(Status.DELETED))

    def vanishes_when_described(self, resource: Resource) -> bool:
        """Whether the resource will be gone at its next description."""
        transition = self.registry.pending.get(resource)
        if transition is None or transition.outcome.status is not Status.DELETED:
            return False
        return transition.polls_left == 1 or transition.is_due(self.now)

    def count_poll(self, resource: Resource) -> bool:
        """Count a description of the resource; return whether it still exists."""
        transition = self.registry.pending.get(resource)
        if transition is None:
            return True
        if transition.polls_left is not None:
            transition.polls_left -= 1
            self.changes += 1
        if not transition.is_due(self.now):
            return True
        self._end(resource, transition.outcome)
        return transition.outcome.status is not Status.DELETED

    def advance(self, seconds: float) -> None:
        """Let virtual time pass, and end the tests and deletions that are due."""
        self.now += seconds
        due = [
            (transition.due, resource.number, resource, transition)
            for resource, transition in self.registry.pending.items()
            if transition.due is not None and transition.due <= self.now
        ]
        self.cause = "time"
        try:
            for _, _, resource, transition in sorted(due, key=lambda entry: entry[:2]):
                self._end(resource, transition.outcome)
        finally:
            self.cause = "test"

    def set_status(self, connection: Connection, status: Status, message: str | None) -> None:
        """Give a connection another status, without a call."""
        self.registry.pending.pop(connection, None)
        self._change_status(connection, *make_outcome(status, message))
        self.schedule_end(connection)

    def change_before_call(self, make_change: Callable[[], None]) -> None:
        """Make a change, and record it as a change by the test before the current call."""
        self.cause, self.calls = "test", self.calls - 1
        try:
            make_change()
        finally:
            self.cause, self.calls = "call", self.calls + 1

    def begin_endless_test(self, connection: Connection) -> None:
        """Begin a connection test that does not end until `set_status` is called."""
        self.set_status(connection, Status.TESTING, None)
        self.registry.pending.pop(connection)

    def set_available(self, instance: ReplicationInstance) -> None:
        """Make a replication instance available."""
        if instance.deleted:
            raise UsageError(
                f"The replication instance {quoted(instance.identifier)} is "
                f"{escaped(instance.status)}; only one that exists and is not being deleted "
                "can become available."
            )
        self._change_status(instance, AVAILABLE)

    def remove(self, resource: Resource) -> None:
        """Remove a resource at once, and its connections (E1)."""
        self._end(resource, Outcome(Status.DELETED))

    def _remove_connections(self, resource: Resource) -> None:
        if not isinstance(resource, Connection):
            for connection in tuple(resource.connections):
                self.remove(connection)

    def _schedule(self, resource: Resource, outcome: Outcome) -> None:
        options = self.options
        if outcome.status is Status.DELETED:
            seconds, polls = options.deleting_seconds, options.deleting_polls
            if isinstance(resource, Connection) and resource.pair in self.deleting_polls:
                seconds, polls = None, self.deleting_polls.pop(resource.pair)
        else:
            seconds, polls = options.testing_seconds, options.testing_polls
        if seconds is not None:
            transition = Transition(outcome, None, self.now + seconds)
        else:
            transition = Transition(outcome, polls, None)
        self.registry.pending[resource] = transition

    def _end(self, resource: Resource, outcome: Outcome) -> None:
        self.registry.pending.pop(resource, None)
        if outcome.status is Status.DELETED:
            self._remove_connections(resource)
            self.registry.remove(resource)
            if isinstance(resource, Connection):
                self.registry.last_connections[resource.pair] = resource
            else:
                self.registry.former_names[resource.arn] = resource.identifier
        self._change_status(resource, *outcome)

    def _change_status(self, resource: Resource, status: str, message: str | None = None) -> None:
        self.changes += 1
        if isinstance(resource, Connection):
            self._record_change(resource, status)
            change(resource, status=status, last_failure_message=message)
        else:
            if self.cause != "call":  # otherwise the answer of the call shows it
                self._record_change(resource, status)
            change(resource, status=status)

    def _record_change(self, resource: Resource, status: str | None) -> None:
        """Record a change to `status` before it is made; None for a new connection."""
        before = None if status is None else resource.status
        became = status or resource.status
        entry = StatusChange(resource, before, became, self.calls, self.cause, self.now)
        self.journal.append(entry)
