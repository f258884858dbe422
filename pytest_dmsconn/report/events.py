"""The history of a fake in order of time. Similar neighbours are one event."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pytest_dmsconn.dms.resources import Connection
from pytest_dmsconn.dms.status import Status
from pytest_dmsconn.protocol.routing import CONNECTION_OPERATIONS
from pytest_dmsconn.report import call_words
from pytest_dmsconn.report.names import connection_name, end_name, place, plural, seconds, span
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from pytest_dmsconn.dms.lifecycle import StatusChange
    from pytest_dmsconn.dms.resources import Resource
    from pytest_dmsconn.protocol.calls import BlockedCall, Record
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_GROUPS = 3
BETWEEN_CALLS = "~"


class Row(NamedTuple):
    """One row of a story, by columns."""

    when: str
    what: str
    rest: str


class Position(NamedTuple):
    """A moment in the history of a fake."""

    calls: int = 0
    changes: int = 0
    """The length of the journal."""
    blocked: int = 0

    @classmethod
    def of(cls, service: FakeService) -> Position:
        """The present moment."""
        return cls(len(service.records), len(service.lifecycle.journal), len(service.blocked))


BEGINNING = Position()


class Moment(NamedTuple):
    """One call, one change of a status between calls, or one blocked call."""

    key: Hashable
    """Equal for similar moments."""
    asserted: bool
    """Whether an assertion named its connection."""
    before: float
    """The virtual time of the previous moment."""
    now: float
    number: int = 0
    record: Record | None = None
    changes: Sequence[StatusChange] = ()
    blocked: BlockedCall | None = None


Event = list[Moment]
"""Similar moments in a row."""


class Timeline:
    """The events of a fake, and their descriptions."""

    def __init__(self, service: FakeService, since: Position = BEGINNING) -> None:
        """Read the history since a position."""
        self.service = service
        self.since = since
        self.changes: list[StatusChange] = service.lifecycle.journal[since.changes :]
        self.known: Sequence[Connection] = _known_connections(service)
        self.first_statuses: dict[Resource, str | None] = {}
        """The status before the first change of each resource that changed."""
        for change in self.changes:
            self.first_statuses.setdefault(change.resource, change.before)

    def asserted_pair(self, resource: Resource | None) -> tuple[str, str] | None:
        """The pair of a connection if an assertion named it."""
        if isinstance(resource, Connection) and resource.pair in self.service.asserted:
            return resource.pair
        return None

    def events(self) -> list[Event]:
        """The events in order of time."""
        return [list(alike) for _, alike in itertools.groupby(self._moments(), lambda one: one.key)]

    def _moments(self) -> Iterator[Moment]:
        by_call: dict[int, list[StatusChange]] = defaultdict(list)
        between: dict[int, list[StatusChange]] = defaultdict(list)
        blocked: dict[int, list[BlockedCall]] = defaultdict(list)
        for change in self.changes:
            (by_call if change.cause == "call" else between)[change.calls].append(change)
        for one in self.service.blocked[self.since.blocked :]:
            blocked[one.calls].append(one)
        now = self._now_before()
        for number in range(self.since.calls, len(self.service.records) + 1):
            if number > self.since.calls:
                moment = self._call(number, by_call.get(number, ()), now)
                now = moment.now
                yield moment
            for change in between.get(number, ()):
                yield self._between(change, now)
                now = change.now
            for one in blocked.get(number, ()):
                yield Moment(
                    ("blocked", one.what), asserted=False, before=now, now=now, blocked=one
                )

    def _now_before(self) -> float:
        """The virtual time at the position."""
        now = 0.0
        if self.since.calls:
            now = self.service.records[self.since.calls - 1].now
        if self.since.changes:
            now = max(now, self.service.lifecycle.journal[self.since.changes - 1].now)
        return now

    def _call(self, number: int, changes: Sequence[StatusChange], before: float) -> Moment:
        record = self.service.records[number - 1]
        call, connection = record.call, record.connection
        own: tuple[str | None, ...] = ()
        others: frozenset[str] = frozenset()
        if changes:
            mine = [change for change in changes if change.resource is connection]
            own = (mine[0].before, *(change.status for change in mine)) if mine else ()
            if len(mine) < len(changes):
                others = frozenset(one.status for one in changes if one.resource is not connection)
        pair = self.asserted_pair(connection)
        key = (
            call.operation,
            call.error_code,
            record.fault and (record.fault.error, record.fault.seconds, record.took_effect),
            own,
            others,
            call.listed,
            call.region,
            call.account_id,
            pair,
            tuple(call.params),
        )
        return Moment(key, pair is not None, before, record.now, number, record, changes)

    def _between(self, change: StatusChange, before: float) -> Moment:
        pair = self.asserted_pair(change.resource)
        time = change.now if change.cause == "time" else None
        key = (change.cause, time, change.before, change.status, pair)
        return Moment(key, pair is not None, before, change.now, changes=[change])

    def row(self, event: Event) -> Row:
        """Describe an event."""
        first, last = event[0], event[-1]
        many = f" ({len(event)})" if len(event) > 1 else ""
        if first.blocked is not None:
            return Row("", f"blocked call{many}", escaped(first.blocked.what))
        changes = [change for moment in event for change in moment.changes]
        if first.record is None:
            by = f"virtual time {seconds(last.now)}" if changes[0].cause == "time" else "the test"
            return Row(BETWEEN_CALLS, by, self._change_words(changes))
        when = str(first.number) if len(event) == 1 else f"{first.number}-{last.number}"
        return Row(when, f"{first.record.call.operation}{many}", self._call_words(event, changes))

    def _call_words(self, event: Event, changes: Sequence[StatusChange]) -> str:
        records = [moment.record for moment in (event[0], event[-1]) if moment.record]
        first, last = records
        about = span([call_words.subject(self.service, one) for one in records])
        ending = call_words.outcome_of_several(self.service, records)
        words = f"{about}: {ending}" if about else ending
        if len(event) == 1 and first.call.attempt > 1:
            words = f"{about} (attempt {first.call.attempt}): {ending}"
        words += self._elsewhere(first, event[0].number)
        subjects = {moment.record.connection for moment in event if moment.record}
        own = [one for one in event[0].changes if one.resource is first.connection]
        if own:
            words += f", {_chain(own)}"
        others = [one for one in changes if one.resource not in subjects]
        if others:
            words += f"; {self._change_words(others)}"
        if event[-1].now != event[0].before:
            times = [seconds(first.now), seconds(last.now)]
            words += f", at {' to '.join(dict.fromkeys(times))}"
        return words

    def _elsewhere(self, record: Record, number: int) -> str:
        """A hint if the scope of a call has no connections, but other scopes have some."""
        call = record.call
        scope = call_words.scope_of(call)
        if record.fault is not None or any(one.scope == scope for one in self.known):
            return ""
        registry = self.service.registry
        ends = registry.endpoints.in_scope(scope) or registry.replication_instances.in_scope(scope)
        if ends and call.operation not in CONNECTION_OPERATIONS:
            return ""
        elsewhere = Counter(one.scope for one in self._existing_before(number))
        if not elsewhere:
            return ""
        there = ", ".join(
            f"{count} in {place(self.service, one)}" for one, count in elsewhere.items()
        )
        here = f" in {place(self.service, scope)}; {there}"
        counted = call.operation == "DescribeConnections" and call.listed == 0
        return here if counted else f"; 0 Connections{here}"

    def _existing_before(self, number: int) -> Iterator[Connection]:
        """The connections that existed before a call, by its number."""
        journal = self.service.lifecycle.journal
        absent = {
            change.resource
            for change in journal
            if (change.before is None and change.calls >= number)
            or (change.status is Status.DELETED and change.calls < number)
        }
        return (one for one in self.known if one not in absent)

    def _change_words(self, changes: Sequence[StatusChange]) -> str:
        """Describe status changes, grouped by the statuses that resources went through."""
        lives: dict[Resource, list[StatusChange]] = defaultdict(list)
        for change in changes:
            lives[change.resource].append(change)
        groups: dict[tuple[bool, str], list[Resource]] = defaultdict(list)
        for resource, life in lives.items():
            groups[self.asserted_pair(resource) is None, _chain(life)].append(resource)
        ordered = sorted(groups.items(), key=lambda group: group[0][0])
        words = [
            f"{self.resources_words(resources)}: {chain}"
            for (_, chain), resources in ordered[:MAX_GROUPS]
        ]
        rest = sum(len(resources) for _, resources in ordered[MAX_GROUPS:])
        return "; ".join([*words, *([plural(rest, "other change")] if rest else [])])

    def resources_words(self, resources: Sequence[Resource]) -> str:
        """The first and the last name of resources, and their number."""
        names = [
            connection_name(self.service, one)
            if isinstance(one, Connection)
            else end_name(self.service, one)
            for one in (resources[0], resources[-1])
        ]
        many = f" ({len(resources)})" if len(resources) > 1 else ""
        return span(names) + many


def _known_connections(service: FakeService) -> list[Connection]:
    """The connections that exist and those that are gone, in order of creation."""
    gone = (
        change.resource
        for change in service.lifecycle.journal
        if change.status is Status.DELETED and isinstance(change.resource, Connection)
    )
    known = {*service.registry.connections.by_key.values(), *gone}
    return sorted(known, key=lambda connection: connection.number)


def _chain(changes: Sequence[StatusChange]) -> str:
    """The statuses of one resource, such as `failed -> deleting`."""
    before = changes[0].before
    return " -> ".join(["new" if before is None else before, *(one.status for one in changes)])
