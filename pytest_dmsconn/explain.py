"""Words for people: the tables of a report, and the messages of failed assertions."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.connection import Connection, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_dmsconn.backend import Backend
    from pytest_dmsconn.calls import Call, Record
    from pytest_dmsconn.registry import Registry

MOST_CONNECTIONS = 20
MOST_CALLS = 40
LONGEST_TEXT = 60


def report(backend: Backend) -> str:
    """The registry and the calls of a fake, as tables."""
    with backend.registry.lock:
        return f"{connections_table(backend)}\n\n{calls_table(backend)}"


def connections_table(backend: Backend) -> str:
    """One row a connection, those that calls named first; many untouched ones are counted."""
    touched = {id(record.connection) for record in backend.records}
    known = [*backend.registry.connections.by_key.values(), *_gone(backend)]
    known.sort(key=lambda connection: (id(connection) not in touched, connection.number))
    if not known:
        return "Connections: none."
    shown = sorted(known[:MOST_CONNECTIONS], key=lambda connection: connection.number)
    several_scopes = len({connection.scope for connection in known}) > 1
    header = ["endpoint", "replication instance", "status", "last failure message"]
    if several_scopes:
        header.extend(("region", "account"))
    rows = [header]
    for one in shown:
        row = [
            one.endpoint_identifier,
            one.replication_instance_identifier,
            str(one.status),
            _short(one.last_failure_message or ""),
        ]
        rows.append([*row, *one.scope] if several_scopes else row)
    lines = ["Connections:", *table(rows)]
    folded = known[MOST_CONNECTIONS:]
    if folded:
        counted = Counter(str(connection.status) for connection in folded)
        statuses = ", ".join(f"{number} {status}" for status, number in counted.most_common())
        lines.append(f"  ... and {len(folded)} more ({statuses})")
    return "\n".join(lines)


def calls_table(backend: Backend) -> str:
    """The calls in order, with what they were about and how they ended; a long run is folded."""
    if not backend.records:
        return "Calls: none."
    rows = [
        [f"{number}", record.call.operation, subject(backend, record.call), outcome(record)]
        for number, record in enumerate(backend.records, start=1)
    ]
    lines = table(rows)
    if len(lines) > MOST_CALLS:
        half = MOST_CALLS // 2
        lines[half:-half] = [f"  ... {len(lines) - MOST_CALLS} calls more ..."]
    return "\n".join(["Calls:", *lines])


def subject(backend: Backend, call: Call) -> str:
    """What a call is about, with identifiers in place of ARNs that are known."""
    parameters = call.params
    named = [
        name_of_arn(backend.registry, parameters[key])
        for key in ("EndpointArn", "ReplicationInstanceArn")
        if isinstance(parameters.get(key), str)
    ]
    words = [" @ ".join(named)] if named else []
    words += [_filter_words(backend.registry, one) for one in parameters.get("Filters") or ()]
    if parameters.get("Marker"):
        words.append("next page")
    if call.attempt > 1:
        words.append(f"(attempt {call.attempt})")
    if call.region != backend.options.region or call.account_id != backend.options.account_id:
        words.append(f"[{call.region}, {call.account_id}]")
    return " ".join(words)


def outcome(record: Record) -> str:
    """How a call ended."""
    call = record.call
    if call.error_code is None:
        return f"{call.status_code}{_answer_words(call.response or {})}"
    message = (call.response or {}).get("message", "")
    return f"{call.error_code}: {_short(message)}" if message else call.error_code


def name_of_arn(registry: Registry, arn: str) -> str:
    """The identifier behind an ARN, or the ARN itself."""
    known = registry.endpoints.get(arn) or registry.replication_instances.get(arn)
    return known.identifier if known else arn


def name_of_pair(registry: Registry, pair: tuple[str, str]) -> str:
    """A short name for a pair of ARNs."""
    life = registry.last_life(pair)
    return life.name if life else " @ ".join(name_of_arn(registry, arn) for arn in pair)


def near_misses(backend: Backend, pair: tuple[str, str]) -> str:
    """Why there is no connection of a pair, and which are nearest to it."""
    registry = backend.registry
    endpoint_arn, instance_arn = pair
    lines = [
        "There is no connection between",
        f"  endpoint {endpoint_arn}",
        f"  and replication instance {instance_arn}.",
    ]
    last = registry.last_lives.get(pair)
    if last is not None:
        lines.append(f"There was one, {last.name}; it is deleted.")
    swapped = registry.connections.get((instance_arn, endpoint_arn))
    if swapped is not None:
        lines.append(f"The two ARNs are the wrong way round; {swapped.name} exists.")
    near = _nearest(registry, pair)
    if near:
        lines += ["Nearest:", *(f"  {one.name}  {' '.join(one.pair)}" for one in near)]
    return "\n".join(lines)


def _nearest(registry: Registry, pair: tuple[str, str]) -> list[Connection]:
    endpoint = registry.endpoints.get(str(pair[0]))
    instance = registry.replication_instances.get(str(pair[1]))
    sharing = [
        *(endpoint.connections if endpoint else ()),
        *(instance.connections if instance else ()),
    ]
    if not sharing:
        texts = {" ".join(known): known for known in registry.connections.by_key}
        close = difflib.get_close_matches(" ".join(map(str, pair)), texts, n=3, cutoff=0.8)
        sharing = [registry.connections.by_key[texts[text]] for text in close]
    return sharing[:3]


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows with aligned columns, two spaces apart and two from the margin."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [("  " + "  ".join(map(str.ljust, row, widths))).rstrip() for row in rows]


def _gone(backend: Backend) -> list[Connection]:
    """Connections that had been there and are gone, each life once."""
    gone = {
        id(change.connection): change.connection
        for change in backend.lifecycle.journal
        if change.status is Status.DELETED
    }
    return list(gone.values())


def _filter_words(registry: Registry, given: Mapping[str, Any]) -> str:
    values = [name_of_arn(registry, str(value)) for value in given.get("Values") or ()]
    return f"{given.get('Name')}={','.join(values)}"


def _answer_words(response: Mapping[str, Any]) -> str:
    for key, value in response.items():
        if isinstance(value, list):
            more = ", more to come" if response.get("Marker") else ""
            return f", {len(value)} {key}{more}"
        if isinstance(value, dict):
            return f", {value.get('Status') or value.get('ReplicationInstanceStatus')}"
    return ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
