"""How resources change: tests and deletions begin, take a while, and end. The one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_dmsconn.dms.resources import Connection, change
from pytest_dmsconn.dms.status import AVAILABLE, Status
from pytest_dmsconn.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance, Resource
    from pytest_dmsconn.options import Options

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

# T6: the number and the words that public reports of failed tests show.
FAILURE_MESSAGE = (
    "Test Endpoint failed: Application-Status: 1020912, "
    "Application-Message: Failed to connect Network error has occurred, "
    "Application-Detailed-Message: RetCode: SQL_ERROR SqlState: 08001 NativeError: 101 "
    "Message: [unixODBC]timeout expired"
)


class Outcome(NamedTuple):
    """What a test or a deletion ends in."""

    status: Status
    last_failure_message: str | None = None


@dataclass(slots=True)
class Transition:
    """A test or a deletion under way: what it ends in, and after how much."""

    outcome: Outcome
    polls_left: int | None
    """Descriptions still to come, the one that reports the end included; None if time counts."""
    due: float | None
    """The virtual time at which it ends; None if descriptions count."""

    def is_due(self, now: float) -> bool:
        """Whether it ends by now."""
        if self.due is not None:
            return self.due <= now
        return self.polls_left is not None and self.polls_left <= 0


class StatusChange(NamedTuple):
    """One entry of the journal from which the story of a test is told."""

    connection: Connection
    before: Status | None
    """None where the connection came into being."""
    status: Status
    calls: int
    """How many calls had been answered or were being answered."""
    cause: Literal["call", "time", "test"]
    """What brought it about."""
    now: float
    """The virtual time."""


@dataclass(eq=False)
class Lifecycle:
    """All status changes, and the rules for when tests and deletions end.

    The registry's lock is held while a method runs.
    """

    registry: Registry
    options: Options
    now: float = 0.0
    """Virtual seconds since the fake began."""
    changes: int = 0
    """How many times anything has changed."""
    journal: list[StatusChange] = field(default_factory=list)
    """The changes of status, in order; what was seeded before the first call is not in it."""
    calls: int = 0
    """How many calls have been answered, the present one included."""
    in_call: bool = False
    """Whether a call is being answered."""
    in_advance: bool = False
    """Whether virtual time is passing."""
    test_outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """What the next TestConnection of a pair ends in, where a test has said so."""
    deleting_polls: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many polls the next deletion of a pair takes, where a test has said so."""

    def make_outcome(self, result: str, message: str | None = None) -> Outcome:
        """Status and message of a connection; a failed one always has a message (T6)."""
        if result == Status.FAILED and message is None:
            message = FAILURE_MESSAGE
        return Outcome(Status(result), message)

    def begin_test(self, endpoint: Endpoint, instance: ReplicationInstance) -> Connection:
        """A TestConnection begins; it makes the connection if there is none (T1, D8)."""
        pair = (endpoint.arn, instance.arn)
        connection = self.registry.connections.get(pair)
        if connection is None:
            number = self.registry.next_number()
            connection = Connection(endpoint, instance, number, Status.TESTING)
            self.registry.add(connection)
            self._note(connection, None)
        else:
            self._become(connection, Outcome(Status.TESTING))  # T1a
        outcome = self.test_outcomes.pop(pair, None)
        self._schedule(connection, outcome or self.make_outcome(self.options.test_result))
        return connection

    def begin_deletion(self, resource: Resource) -> None:
        """A deletion begins; an endpoint's or an instance's connections go at once (E1)."""
        self._drop_connections(resource)
        message = resource.last_failure_message if isinstance(resource, Connection) else None
        self._become(resource, Outcome(Status.DELETING, message))
        self._schedule(resource, Outcome(Status.DELETED))

    def end_if_instant(self, resource: Resource) -> None:
        """End at once what the options let take no polls or no time."""
        transition = self.registry.pending.get(resource)
        if transition is not None and transition.is_due(self.now):
            self._end(resource, transition)

    def record_seeded(self, connection: Connection) -> None:
        """A seeded connection is there from now on."""
        if self.calls:
            self._note(connection, None)
        self.begin_seeded(connection)

    def begin_seeded(self, resource: Resource) -> None:
        """Let a seeded `testing` or `deleting` progress as if it had been reached by a call.

        With 0 polls it ends at its first description, as with 1: a seed is never over before
        anybody has seen it.
        """
        if isinstance(resource, Connection) and resource.status is Status.TESTING:
            self._schedule(resource, self.make_outcome(self.options.test_result), at_least=1)
        elif resource.status == Status.DELETING:
            self._schedule(resource, Outcome(Status.DELETED), at_least=1)

    def vanishes_when_described(self, resource: Resource) -> bool:
        """Whether the next description will find the resource gone."""
        transition = self.registry.pending.get(resource)
        if transition is None or transition.outcome.status is not Status.DELETED:
            return False
        return transition.polls_left == 1 or transition.is_due(self.now)

    def describe(self, resource: Resource) -> bool:
        """A description reaches the resource; return whether there still is one to show."""
        transition = self.registry.pending.get(resource)
        if transition is None:
            return True
        if transition.polls_left is not None:
            transition.polls_left -= 1
            self.changes += 1
        if not transition.is_due(self.now):
            return True
        self._end(resource, transition)
        return transition.outcome.status is not Status.DELETED

    def advance(self, seconds: float) -> None:
        """Let virtual time pass, and end what is due by then."""
        self.now += seconds
        due = [
            (transition.due, resource.number, resource, transition)
            for resource, transition in self.registry.pending.items()
            if transition.due is not None and transition.due <= self.now
        ]
        self.in_advance = True
        try:
            for _, _, resource, transition in sorted(due, key=lambda entry: entry[:2]):
                self._end(resource, transition)
        finally:
            self.in_advance = False

    def set_status(self, connection: Connection, status: Status, message: str | None) -> None:
        """The world changes under the code: give a connection another status."""
        self.registry.pending.pop(connection, None)
        self._become(connection, self.make_outcome(status, message))
        self.begin_seeded(connection)

    def change_before_call(self, make_change: Callable[[], None]) -> None:
        """Make a change that the present call finds, and date it before the call."""
        self.in_call, self.calls = False, self.calls - 1
        try:
            make_change()
        finally:
            self.in_call, self.calls = True, self.calls + 1

    def test_without_end(self, connection: Connection) -> None:
        """Put a connection under a test that ends only if its status is set."""
        self.set_status(connection, Status.TESTING, None)
        self.registry.pending.pop(connection)

    def set_available(self, instance: ReplicationInstance) -> None:
        """Creating or modifying a replication instance has ended."""
        with self.registry.lock:
            if instance.deleted:
                msg = (
                    f"The replication instance {instance.identifier!r} is {instance.status}; "
                    "only one that exists and is not being deleted can become available."
                )
                raise UsageError(msg)
            self.changes += 1
            change(instance, status=AVAILABLE)

    def remove(self, resource: Resource) -> None:
        """A resource is gone at once, and its connections with it (E1)."""
        self._end(resource, Transition(Outcome(Status.DELETED), None, None))

    def _drop_connections(self, resource: Resource) -> None:
        if not isinstance(resource, Connection):
            for connection in tuple(resource.connections):
                self.remove(connection)

    def _schedule(self, resource: Resource, outcome: Outcome, at_least: int = 0) -> None:
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
            transition = Transition(outcome, max(polls, at_least), None)
        self.registry.pending[resource] = transition

    def _end(self, resource: Resource, transition: Transition) -> None:
        self.registry.pending.pop(resource, None)
        if transition.outcome.status is Status.DELETED:
            self._drop_connections(resource)
            self.registry.remove(resource)
            if isinstance(resource, Connection):
                self.registry.last_lives[resource.pair] = resource
            else:
                self.registry.former_names[resource.arn] = resource.identifier
        self._become(resource, transition.outcome)

    def _become(self, resource: Resource, outcome: Outcome) -> None:
        self.changes += 1
        if isinstance(resource, Connection):
            message = outcome.last_failure_message
            self._note(resource, outcome.status)
            change(resource, status=outcome.status, last_failure_message=message)
        else:
            change(resource, status=outcome.status)

    def _note(self, connection: Connection, status: Status | None) -> None:
        """Write down a change to `status`, before it is made; None where it came into being."""
        before = None if status is None else connection.status
        became = status or connection.status
        cause: Literal["call", "time", "test"] = "time" if self.in_advance else "test"
        if self.in_call:
            cause = "call"
        entry = StatusChange(connection, before, became, self.calls, cause, self.now)
        self.journal.append(entry)
