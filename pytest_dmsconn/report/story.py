"""The story of a test: a row a connection, a column a call, and below them the calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pytest_dmsconn.report import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_dmsconn.dms.lifecycle import StatusChange
    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.protocol.dispatch import FakeService

MOST_ROWS = 20
LONGEST_NAME = 40
SAME = "."
BETWEEN = "~"
TIME = "virtual time"
CHANGES, NO_CHANGES = "(changes)", "(no changes)"


class Column(NamedTuple):
    """One column of the timeline."""

    title: str
    now: float
    cells: list[str]

    @property
    def time(self) -> str:
        """The virtual time after it."""
        return f"{self.now:.1f}".removesuffix(".0") + " s"


def story(service: FakeService) -> str:
    """The timeline of the connections, the calls, and the calls to AWS that were blocked."""
    with service.registry.lock:
        parts = [_timeline(service), tables.calls_table(service)]
        if service.blocked:
            parts.append(tables.blocked_list(service))
    return "\n\n".join(parts)


def _timeline(service: FakeService) -> str:
    journal = service.lifecycle.journal
    known = tables.known_connections(service)
    if not known:
        return "Connections: none."
    interesting = {id(change.connection) for change in journal}
    interesting |= {id(record.connection) for record in service.records}
    known.sort(key=lambda connection: (id(connection) not in interesting, connection.number))
    shown = sorted(known[:MOST_ROWS], key=lambda connection: connection.number)
    heading = "Status of each connection after each call"
    if any(not change.by_call for change in journal):
        heading += f" ({BETWEEN}: changed between calls)"
    lines = [f"{heading}:", *_table(service, shown)]
    folded = known[MOST_ROWS:]
    if folded:
        counted = Counter(str(connection.status) for connection in folded)
        statuses = ", ".join(f"{number} {status}" for status, number in counted.most_common())
        lines += [f"  ... and {len(folded)} more ({statuses})"]
    return "\n".join(lines)


def _table(service: FakeService, shown: Sequence[Connection]) -> list[str]:
    """The columns in as many blocks as a terminal needs; the later ones show changes only."""
    names = _names(service, shown)
    columns = _columns(service, shown)
    times = any(column.now for column in columns)
    lines: list[str] = []
    for block in _folded(columns, max(len(line) for name in names for line in name)):
        rows: list[Sequence[str]] = []
        for name, *cells in zip(names, *(column.cells for column in block), strict=True):
            if lines and set(cells) <= {SAME, ""}:
                continue
            *beginning, end = name
            rows += [(line, *[""] * len(block)) for line in beginning]
            rows.append((end, *cells))
        corner = (CHANGES if rows else NO_CHANGES) if lines else ""
        if times:
            rows.insert(0, (TIME, *(column.time for column in block)))
        rows.insert(0, (corner, *(column.title for column in block)))
        lines += ["", *tables.table(rows)]
    return lines[1:]


def _names(service: FakeService, connections: Sequence[Connection]) -> list[list[str]]:
    """A name for each row, in two lines if it is long.

    With it go region and account, where not all connections are in those of the fake.
    """
    regions = {service.scope.region, *(connection.region for connection in connections)}
    accounts = {service.scope.account_id, *(connection.account_id for connection in connections)}
    names: list[list[str]] = []
    for one in connections:
        where = [one.region] * (len(regions) > 1) + [one.account_id] * (len(accounts) > 1)
        instance = f"@ {one.replication_instance_identifier}"
        if where:
            instance += f" [{', '.join(where)}]"
        name = f"{one.endpoint_identifier} {instance}"
        long = len(name) > LONGEST_NAME
        names.append([one.endpoint_identifier, f"  {instance}"] if long else [name])
    return names


def _columns(service: FakeService, shown: Sequence[Connection]) -> list[Column]:
    """The status at the start, then one column a call; calls that change nothing share one."""
    rows = {id(connection) for connection in shown}
    moments: dict[tuple[int, bool], list[StatusChange]] = defaultdict(list)
    for change in service.lifecycle.journal:
        if id(change.connection) in rows:
            moments[change.calls, not change.by_call].append(change)
    columns = [Column("start", 0, _statuses_at_start(service, shown))]
    told = 0
    for (call, between), changes in sorted(moments.items(), key=lambda moment: moment[0]):
        columns += _unchanged(service, told + 1, call if between else call - 1, columns[-1])
        title = BETWEEN if between else str(call)
        columns.append(Column(title, changes[-1].now, _cells(changes, shown, columns[-1])))
        told = call
    return columns + _unchanged(service, told + 1, len(service.records), columns[-1])


def _unchanged(service: FakeService, first: int, last: int, before: Column) -> list[Column]:
    """One column for all calls from `first` to `last`; none if there are no such calls."""
    if first > last:
        return []
    title = str(first) if first == last else f"{first}-{last}"
    return [Column(title, service.records[last - 1].now, [cell and SAME for cell in before.cells])]


def _statuses_at_start(service: FakeService, shown: Iterable[Connection]) -> list[str]:
    """The first statuses; none for a connection that came into being later."""
    first: dict[int, str] = {}
    for change in service.lifecycle.journal:
        first.setdefault(id(change.connection), str(change.before or ""))
    return [first.get(id(connection), str(connection.status)) for connection in shown]


def _cells(
    changes: Iterable[StatusChange], shown: Sequence[Connection], before: Column
) -> list[str]:
    latest = {id(change.connection): str(change.status) for change in changes}
    return [
        latest.get(id(connection), cell and SAME)
        for connection, cell in zip(shown, before.cells, strict=True)
    ]


def _folded(columns: Sequence[Column], name_width: int) -> list[list[Column]]:
    """The columns, cut into blocks that fit into a terminal."""
    blocks: list[list[Column]] = [[]]
    free = width = tables.TERMINAL - tables.INDENT - max(name_width, len(TIME))
    for column in columns:
        needed = tables.GAP + max(map(len, (column.title, column.time, *column.cells)))
        if blocks[-1] and needed > free:
            blocks.append([])
            free = width
        blocks[-1].append(column)
        free -= needed
    return blocks
