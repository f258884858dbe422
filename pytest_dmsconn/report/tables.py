"""Words for people: the tables of a report, and the messages of failed assertions."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.protocol.calls import Record
    from pytest_dmsconn.protocol.dispatch import FakeService

MOST_CONNECTIONS = 20
MOST_CALLS = 40
TERMINAL = 80
INDENT = GAP = 2
_ARN = re.compile(r"arn:[^\s,]*\w")
LONGEST_TEXT = 60


def report(service: FakeService) -> str:
    """The registry and the calls of a fake, as tables."""
    with service.registry.lock:
        parts = [connections_table(service), calls_table(service)]
        if service.blocked:
            parts.append(blocked_list(service))
        return "\n\n".join(parts)


def connections_table(service: FakeService) -> str:
    """One row a connection, those that calls named first; many untouched ones are counted."""
    touched = {id(record.connection) for record in service.records}
    known = known_connections(service)
    known.sort(key=lambda connection: (id(connection) not in touched, connection.number))
    if not known:
        return "Connections: none."
    shown = sorted(known[:MOST_CONNECTIONS], key=lambda connection: connection.number)
    elsewhere = any(connection.scope != service.scope for connection in known)
    header = ["endpoint", "replication instance", "status", "last failure message"]
    if elsewhere:
        header.extend(("region", "account"))
    rows = [header]
    for one in shown:
        row = [
            one.endpoint_identifier,
            one.replication_instance_identifier,
            str(one.status),
            _short(one.last_failure_message or ""),
        ]
        rows.append([*row, *one.scope] if elsewhere else row)
    lines = ["Connections:", *table(rows)]
    folded = known[MOST_CONNECTIONS:]
    if folded:
        counted = Counter(str(connection.status) for connection in folded)
        statuses = ", ".join(f"{number} {status}" for status, number in counted.most_common())
        lines.append(f"  ... and {len(folded)} more ({statuses})")
    return "\n".join(lines)


def known_connections(service: FakeService) -> list[Connection]:
    """The connections that exist, and those that are gone, each life once."""
    known = list(service.registry.connections.by_key.values())
    gone = {
        id(change.connection): change.connection
        for change in service.lifecycle.journal
        if change.status is Status.DELETED
    }
    return known + list(gone.values())


def blocked_list(service: FakeService) -> str:
    """The calls to AWS that were stopped."""
    return "\n".join(["Blocked calls to AWS:", *(f"  {call.what}" for call in service.blocked)])


def calls_table(service: FakeService) -> str:
    """The calls in order, with what they were about and how they ended.

    Calls that are alike are told once, with their numbers; a long run is folded in its middle.
    """
    if not service.records:
        return "Calls: none."
    told = (
        (one.call.operation, subject(service, one), outcome(service, one))
        for one in service.records
    )
    rows: list[tuple[str, str, str, str]] = []
    last = 0
    for words, alike in itertools.groupby(told):
        first, last = last + 1, last + len(list(alike))
        rows.append((str(first) if first == last else f"{first}-{last}", *words))
    heading = "Calls:"
    if any(_elsewhere(service, one) for one in service.records):
        heading = f"Calls ([...]: elsewhere than in {', '.join(service.scope)}):"
    if len(rows) <= MOST_CALLS:
        return "\n".join([heading, *_calls(rows)])
    half = MOST_CALLS // 2
    more = f"  ... {len(rows) - 2 * half} more ..."
    return "\n".join([heading, *_calls(rows[:half]), more, *_calls(rows[-half:])])


def _calls(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """How each call ended in a column where a terminal has room for it, else below the call."""
    beginnings = table(row[:3] for row in rows)
    beside = [
        len(beginning) + GAP
        for beginning, row in zip(beginnings, rows, strict=True)
        if len(beginning) + GAP + len(row[3]) <= TERMINAL
    ]
    lines: list[str] = []
    for beginning, (*_, about, ending) in zip(beginnings, rows, strict=True):
        room = TERMINAL - len(ending)
        if len(beginning) + GAP <= room:
            column = max(beside) if max(beside) <= room else len(beginning) + GAP
            lines.append(beginning.ljust(column) + ending)
        elif len(beginning) <= TERMINAL:
            lines += [beginning, *_below(ending)]
        else:
            lines += [beginning.removesuffix(about).rstrip(), *_below(about), *_below(ending)]
    return lines


def _below(text: str) -> list[str]:
    """Text in lines of its own, below what it belongs to."""
    indent = " " * 4 * INDENT
    return textwrap.wrap(
        text,
        TERMINAL,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def subject(service: FakeService, record: Record) -> str:
    """What a call is about, with identifiers in place of ARNs that are known."""
    call = record.call
    parameters = call.params
    named = [
        service.registry.name_of_arn(parameters[key])
        for key in ("EndpointArn", "ReplicationInstanceArn")
        if isinstance(parameters.get(key), str)
    ]
    words = [" @ ".join(named)] if named else []
    words += [_filter_words(service.registry, one) for one in _filters_of(parameters)]
    words += [f"{name}={parameters[name]}" for name in ("MaxRecords",) if name in parameters]
    if parameters.get("Marker"):
        words.append("next page")
    if call.attempt > 1:
        words.append(f"(attempt {call.attempt})")
    where = _elsewhere(service, record)
    if where:
        words.append(f"[{', '.join(where)}]")
    return " ".join(words)


def _elsewhere(service: FakeService, record: Record) -> list[str]:
    """The region and the account of a call, as far as they are not those of the fake."""
    return [one for one in (record.call.region, record.call.account_id) if one not in service.scope]


def outcome(service: FakeService, record: Record) -> str:
    """How a call ended."""
    call = record.call
    if call.error_code is None:
        return f"{call.status_code}{_answer_words(call.response or {})}"
    fault = record.fault
    words = call.error_code
    if call.response and (fault is None or fault.own_message):
        words += f": {_with_names(service.registry, str(call.response['message']))}"
    if fault is None:
        return words
    return f"{words} (injected{', though it took effect' if record.took_effect else ''})"


def _with_names(registry: Registry, text: str) -> str:
    return _ARN.sub(lambda match: registry.name_of_arn(match.group()), text)


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows with aligned columns, two spaces apart and two from the margin."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = " " * GAP
    return [(" " * INDENT + gap.join(map(str.ljust, row, widths))).rstrip() for row in rows]


def _filters_of(parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The filters of a call; none where a refused call has something else in their place."""
    filters = parameters.get("Filters")
    if isinstance(filters, list) and all(
        isinstance(one, dict) and isinstance(one.get("Values"), list) for one in filters
    ):
        return filters
    return []


def _filter_words(registry: Registry, given: Mapping[str, Any]) -> str:
    values = [registry.name_of_arn(str(value)) for value in given.get("Values") or ()]
    return f"{given.get('Name')}={','.join(values)}"


def _answer_words(response: Mapping[str, Any]) -> str:
    for key, value in response.items():
        if isinstance(value, list):
            more = ", more to come" if response.get("Marker") else ""
            noun = key.removesuffix("s") if len(value) == 1 else key
            return f", {len(value)} {noun}{more}"
        if isinstance(value, dict):
            return f", {value.get('Status') or value.get('ReplicationInstanceStatus')}"
    return ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
