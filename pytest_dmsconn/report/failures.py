"""Messages of failed assertions: first the difference, then the expectation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_dmsconn import report
from pytest_dmsconn.dms.resources import Connection
from pytest_dmsconn.dms.status import Status
from pytest_dmsconn.report.call_words import short_outcome
from pytest_dmsconn.report.events import Timeline
from pytest_dmsconn.report.names import arn_name, connection_name, listed, plural
from pytest_dmsconn.report.story import story
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.protocol.calls import Record
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_DETAILS = 6
MAX_ATTEMPTS = 3
MAX_NAMED = 3


def connections_failure(
    service: FakeService,
    operation: str,
    wrong: Sequence[tuple[str, Sequence[Connection | tuple[str, str]]]],
    expected: str,
    given: Sequence[Connection | tuple[str, str]],
) -> AssertionError:
    """Return the error of an assertion about connections.

    `wrong` has titles such as "Not deleted", each with its connections. `expected` is the title
    of the connections in `given`.
    """
    wrong = [(title, found) for title, found in wrong if found]
    different = [one for _, found in wrong for one in found]
    _remember(service, different)
    first = "; ".join(f"{title}: {_names(service, found)}" for title, found in wrong)
    lines = [first[0].upper() + first[1:]]
    calls = [
        (number, record)
        for number, record in enumerate(service.records, 1)
        if record.call.operation == operation
    ]
    lines += [_with_attempts(service, operation, calls, one) for one in different[:MAX_DETAILS]]
    if len(different) > MAX_DETAILS:
        lines.append(f"  ... and {len(different) - MAX_DETAILS} more")
    lines.append(f"{expected}: {_names(service, given)}" if given else f"{expected}.")
    return _error(service, lines)


def calls_failure(
    service: FakeService, wrong: str, records: Sequence[Record], expected: str
) -> AssertionError:
    """Return the error of an assertion about calls; `records` are the calls to show."""
    lines = [wrong]
    wanted = {id(one) for one in records}
    timeline = Timeline(service)
    events = [
        event for event in timeline.events() if any(id(moment.record) in wanted for moment in event)
    ]
    for event in events[:MAX_DETAILS]:
        when, what, rest = timeline.row(event)
        lines.append(f"  {when}  {what}  {escaped(rest)}")
    if len(events) > MAX_DETAILS:
        more = sum(len(event) for event in events[MAX_DETAILS:])
        lines.append(f"  ... and {plural(more, 'more call')}")
    return _error(service, [*lines, expected])


def called_words(records: Sequence[Record]) -> str:
    """The operations of calls, and how often each was called."""
    times = Counter(record.call.operation for record in records)
    shown = [f"{name} ({number})" for name, number in times.most_common(MAX_NAMED)]
    return listed(shown, len(times))


def name_of(service: FakeService, one: Connection | tuple[str, str]) -> str:
    """The name of a connection or of a pair of ARNs."""
    if isinstance(one, Connection):
        return connection_name(service, one)
    newest = service.registry.newest_connection(one)
    if newest is not None:
        return connection_name(service, newest)
    return " @ ".join(arn_name(service, arn) for arn in one)


def _names(service: FakeService, connections: Sequence[Connection | tuple[str, str]]) -> str:
    shown = [name_of(service, one) for one in connections[:MAX_NAMED]]
    return listed(shown, len(connections))


def _with_attempts(
    service: FakeService,
    operation: str,
    calls: Sequence[tuple[int, Record]],
    one: Connection | tuple[str, str],
) -> str:
    """A connection, its status, and the outcome of each of the operation's calls that named it."""
    newest = one if isinstance(one, Connection) else service.registry.newest_connection(one)
    status = newest.status if newest else "unknown to the fake"
    attempts = [(number, record) for number, record in calls if record.is_about(one)]
    if status is Status.DELETED and not any(record.took_effect for _, record in attempts):
        status = f"gone, but not by a {operation}"
    words = f"  {name_of(service, one)}: {status}"
    if not attempts:
        return f"{words}; no {operation} named it"
    shown = [f"call {number} {short_outcome(record)}" for number, record in attempts[:MAX_ATTEMPTS]]
    return f"{words}; {operation}: {listed(shown, len(attempts))}"


def _remember(service: FakeService, connections: Sequence[Connection | tuple[str, str]]) -> None:
    """Record connections that the story must show."""
    for one in connections[:MAX_NAMED]:
        service.asserted.add(one.pair if isinstance(one, Connection) else one)


def _error(service: FakeService, lines: Sequence[str]) -> AssertionError:
    text = "\n".join(lines)
    if not report.is_story_in_section:
        text += f"\n\n{story(service)}"
    return AssertionError(text)
