"""The story of a test: connections at the start, calls and changes, connections at the end."""

from __future__ import annotations

import heapq
import itertools
import textwrap
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_dmsconn.dms.lifecycle import FAILURE_MESSAGE
from pytest_dmsconn.dms.status import Status
from pytest_dmsconn.report.events import BEGINNING, Position, Row, Timeline
from pytest_dmsconn.report.names import plural
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_LINES = 60
MAX_STATES = 12
"""The lines of a long list of connections, at the start and at the end."""
TERMINAL = 80
MAX_WHEN_WIDTH = len("10000-10000")
MAX_STATE_WIDTH, MAX_CALL_WIDTH = 52, 32
"""The largest width of the second column in rows of connections, and in rows of calls."""
UNBROKEN = "\N{NO-BREAK SPACE}"
MAX_REST_LENGTH = 240
MIN_ALIKE = 3
"""The smallest number of similar connections that share a line."""


class Candidate(NamedTuple):
    """A candidate for a row of the story."""

    rank: int
    """0 for the most important entries."""
    size: int
    """The number of its connections or calls."""
    kind: str
    """The noun for it in a row that counts omitted entries."""
    content: Any
    """The argument of the function that makes its row."""


def story(service: FakeService, since: Position = BEGINNING) -> str:
    """Return what happened to a fake since a position, in at most 60 lines."""
    with service.registry.lock:
        timeline = Timeline(service, since)
        start = _titled("start", _state_rows(timeline, "start"))
        end = _titled("end", _state_rows(timeline, "end"))
        if timeline.first_statuses.keys().isdisjoint(timeline.known):
            end = [Row("end", "as at the start", "")]
        room = MAX_LINES - 2 - sum(_height(row, MAX_STATE_WIDTH) for row in start + end)
        middle = _chosen(_happenings(timeline), timeline.row, room, MAX_CALL_WIDTH)
        middle = middle or [Row("", "no calls", "")]
    heading = f"Fake DMS in {service.scope.region}, account {service.scope.account_id}"
    before = [f"  ...    {plural(since.calls, 'call')} before this test"] if since.calls else []
    return "\n".join([heading, *before, *_laid_out(start, middle, end)])


def _titled(when: str, rows: Sequence[Row]) -> list[Row]:
    first, *others = rows or [Row("", "no connections", "")]
    return [first._replace(when=when), *others]


def _state_rows(timeline: Timeline, when: Literal["start", "end"]) -> list[Row]:
    """Rows for the connections that exist at the start or at the end."""

    def row(content: tuple[list[Connection], str]) -> Row:
        connections, words = content
        return Row("", timeline.resources_words(connections), words)

    return _chosen(list(_states(timeline, when)), row, MAX_STATES, MAX_STATE_WIDTH)


def _states(timeline: Timeline, when: Literal["start", "end"]) -> Iterator[Candidate]:
    """The connections at the start or the end; many similar neighbours share an entry."""
    states = ((_state(timeline, when, one), one) for one in timeline.known)
    existing = ((state, one) for state, one in states if state[0] not in {None, Status.DELETED})
    for (status, message, _, _, named), group in itertools.groupby(existing, key=itemgetter(0)):
        alike = [one for _, one in group]
        words = str(status) if message is None else f"{status}: {escaped(message, TERMINAL)}"
        for some in [[one] for one in alike] if len(alike) < MIN_ALIKE else [alike]:
            changed = any(one in timeline.first_statuses for one in some)
            rank = 0 if named else 1 if changed else 2
            yield Candidate(rank, len(some), str(status), (some, words))


def _state(
    timeline: Timeline, when: Literal["start", "end"], one: Connection
) -> tuple[str | None, str | None, Scope, bool, tuple[str, str] | None]:
    """The properties that similar connections share. The status is None before the creation."""
    changed = one in timeline.first_statuses
    past = changed and when == "start"
    status = timeline.first_statuses[one] if past else one.status
    known_message = past or one.last_failure_message == FAILURE_MESSAGE
    message = None if known_message else one.last_failure_message
    return status, message, one.scope, changed and not past, timeline.asserted_pair(one)


def _happenings(timeline: Timeline) -> list[Candidate]:
    """The calls, and the changes between them."""
    events = timeline.events()
    ends = {0, 1, len(events) - 2, len(events) - 1}
    return [
        Candidate(
            0 if number in ends or event[0].asserted else 1,
            len(event),
            event[0].record.call.operation if event[0].record else "other",
            event,
        )
        for number, event in enumerate(events)
    ]


def _chosen(
    entries: Sequence[Candidate], row_of: Callable[[Any], Row], room: int, widest: int
) -> list[Row]:
    """Rows for the most important entries, and a row for each range of omitted ones."""
    if len(entries) <= room:
        rows = [row_of(entry.content) for entry in entries]
        if sum(_height(row, widest) for row in rows) <= room:
            return rows
    newest = len(entries) - 1
    order = heapq.nsmallest(
        room,
        range(len(entries)),
        key=lambda index: (entries[index].rank, min(index, newest - index), index),
    )
    kept: dict[int, Row] = {}
    for index in order:
        kept[index] = row_of(entries[index].content)
        gaps = len(_gaps(sorted(kept), len(entries)))
        if sum(_height(row, widest) for row in kept.values()) + gaps > room:
            del kept[index]
            break
    rows_at: dict[int, Row] = dict(kept)
    for begin, end in _gaps(sorted(kept), len(entries)):
        left_out = entries[begin:end]
        row = row_of(left_out[0].content) if len(left_out) == 1 else None
        rows_at[begin] = row if row and _height(row, widest) == 1 else _gap_row(left_out, widest)
    return [rows_at[index] for index in sorted(rows_at)]


def _gaps(kept: Sequence[int], length: int) -> list[tuple[int, int]]:
    """The ranges of the indices that are not kept."""
    edges = [-1, *kept, length]
    return [
        (before + 1, after) for before, after in itertools.pairwise(edges) if before + 1 < after
    ]


def _gap_row(left_out: Sequence[Candidate], widest: int) -> Row:
    sizes: Counter[str] = Counter()
    for entry in left_out:
        sizes[entry.kind] += entry.size
    room = TERMINAL - len(_lines(Row("", "", "."), MAX_WHEN_WIDTH, widest)[0])
    kinds = [f"{number} {kind}" for kind, number in sizes.most_common()]
    words = ", ".join(kinds)
    while kinds and len(words) > room:
        kinds.pop()
        words = ", ".join([*kinds, "..."]) if kinds else ""
    return Row("", f"... {sum(sizes.values())} more", words)


def _height(row: Row, widest: int) -> int:
    """The largest number of lines that a row can have."""
    return len(_lines(row, MAX_WHEN_WIDTH, widest))


def _laid_out(start: Sequence[Row], middle: Sequence[Row], end: Sequence[Row]) -> list[str]:
    """The lines of all rows. Connections and calls have different column widths."""
    when_width = max(len(row.when) for row in (*start, *middle, *end))
    states, calls = (
        _what_width([*start, *end], MAX_STATE_WIDTH),
        _what_width(middle, MAX_CALL_WIDTH),
    )
    widths = [(start, states), (middle, calls), (end, states)]
    return [
        line for rows, width in widths for row in rows for line in _lines(row, when_width, width)
    ]


def _what_width(rows: Sequence[Row], widest: int) -> int:
    """The width of the second column: its widest cell that is within the limit."""
    return max((len(row.what) for row in rows if len(row.what) <= widest), default=0)


def _lines(row: Row, when_width: int, what_width: int) -> list[str]:
    """The lines of one row, wrapped at the width of a terminal."""
    when = f"  {row.when:<{when_width}}  "
    what = f"{row.what:<{what_width}}  "
    rest = escaped(row.rest, MAX_REST_LENGTH)
    line = f"{when}{what}{rest}".rstrip()
    if len(line) <= TERMINAL:
        return [line]
    below = " " * (len(when) + 4)
    for sign in ("->", "@"):
        rest = rest.replace(f" {sign} ", f"{UNBROKEN}{sign}{UNBROKEN}")
    if len(when + what + rest.partition(" ")[0]) <= TERMINAL:
        return _wrapped(rest, when + what, below)
    return [*_wrapped(row.what, when, below), *_wrapped(rest, below, below)]


def _wrapped(text: str, first: str, others: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        TERMINAL,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(UNBROKEN, " ") for line in lines]
