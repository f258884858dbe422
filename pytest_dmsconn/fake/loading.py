"""Loading seeds from the output of the AWS CLI, and dumping the registry in the same form."""

from __future__ import annotations

import errno
import functools
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import seeding, seeds
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, Resource
from pytest_dmsconn.dms.rollback import Savepoint, all_or_nothing
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.fake.connection_arguments import ARN_MEMBERS
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from pytest_dmsconn.dms.registry import NamedT, Table
    from pytest_dmsconn.protocol.dispatch import FakeService

IGNORED = ("Marker", "ResponseMetadata")
CONNECTION_KEYWORDS = {
    "EndpointArn": "endpoint_arn",
    "ReplicationInstanceArn": "replication_instance_arn",
    "EndpointIdentifier": "endpoint_identifier",
    "ReplicationInstanceIdentifier": "replication_instance_identifier",
    "Status": "status",
    "LastFailureMessage": "last_failure_message",
}
SEED_KEYWORDS = (*CONNECTION_KEYWORDS.values(), "region", "account_id")


def load(service: FakeService, source: object) -> list[Connection]:
    """Seed from an answer of the three Describe operations; see `FakeDms.load`."""
    if isinstance(source, Mapping):
        return _load_answer(service, source, "the describe answer")
    if isinstance(source, (str, os.PathLike)):
        return _load_answer(service, _read(source), escaped(os.fspath(source)))
    # The content of a list or of bytes is not shown, because passwords may be in it.
    shown = _kind(source) if isinstance(source, (list, tuple, bytes)) else quoted(source)
    raise UsageError(
        f"{shown} is neither a path to a JSON file nor a mapping such as "
        '{"Connections": [...]}, as describe_connections returns it.'
    )


def seed(service: FakeService, source: object) -> None:
    """Seed from the option `seed`: a source of `load`, or a list of keyword mappings."""
    if isinstance(source, Sequence) and not isinstance(source, (str, bytes)):
        read = _read_each(source, "seed", functools.partial(_read_keywords, service))
        add = functools.partial(seeding.add_connection, service.lifecycle)
        all_or_nothing(service.lifecycle, lambda _: _each(read, "seed", add))
        return
    try:
        load(service, source)
    except UsageError as error:
        raise UsageError(f"seed: {error}") from None


def dump(service: FakeService) -> dict[str, Any]:
    """Return the registry as JSON values, which `load` can read."""
    registry = service.registry
    with registry.lock:
        tables: dict[str, Table[Any, Any]] = {
            "Connections": registry.connections,
            "Endpoints": registry.endpoints,
            "ReplicationInstances": registry.replication_instances,
        }
        return {
            key: [_plain(resource.to_dict()) for resource in table.by_key.values()]
            for key, table in tables.items()
        }


def _load_answer(service: FakeService, answer: object, name: str) -> list[Connection]:
    if not isinstance(answer, Mapping):
        msg = f"{name}: this is {_kind(answer)}, not an object such as " + '{"Connections": [...]}.'
        raise UsageError(msg)
    readers: dict[str, Callable[[Mapping[str, Any]], Any]] = {
        # Endpoints and instances first, so that connections find them with all their members.
        "Endpoints": functools.partial(_read_end, service, Endpoint),
        "ReplicationInstances": functools.partial(_read_end, service, ReplicationInstance),
        "Connections": functools.partial(_read_structure, service),
    }
    known = (*readers, *IGNORED)
    for key in answer:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise UsageError(
                f"{name}: {quoted(key)} is not part of a describe answer.{hint} "
                f"Known: {', '.join(readers)}."
            )
    if not any(key in answer for key in readers):
        raise UsageError(f"{name}: there is none of {', '.join(readers)} in it.")

    # Without the lock, so that calls are answered while a large file is checked.
    read = {
        key: _read_each(answer[key], f"{name}: {key}", reader)
        for key, reader in readers.items()
        if key in answer
    }
    del answer  # otherwise a large answer would stay in memory while its seeds are added

    def add_all(savepoint: Savepoint) -> Iterator[Resource]:
        lifecycle = service.lifecycle
        add_end = functools.partial(seeding.add_or_replace_named, lifecycle, savepoint)
        add_connection = functools.partial(seeding.add_connection, lifecycle)
        for key, entries in read.items():
            adder = add_connection if key == "Connections" else add_end
            yield from _each(entries, f"{name}: {key}", adder)

    added = all_or_nothing(service.lifecycle, add_all)
    return [resource for resource in added if isinstance(resource, Connection)]


def _read_each(
    entries: object, place: str, reader: Callable[[Mapping[str, Any]], Any]
) -> list[Any]:
    """Check each entry of a list."""
    if not isinstance(entries, Sequence) or isinstance(entries, (str, bytes)):
        raise UsageError(f"{place} is {_kind(entries)}, not a list.")
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise UsageError(f"{place}[{index}] is {_kind(entry)}, not an object.")
    return list(_each(entries, place, reader))


def _each(entries: Sequence[Any], place: str, act: Callable[[Any], Any]) -> Iterator[Any]:
    """The result of `act` for each entry; the message of an error names the entry."""
    index = 0
    try:
        for index, entry in enumerate(entries):  # noqa: B007 - used if one fails
            yield act(entry)
    except UsageError as error:
        raise UsageError(f"{place}[{index}]: {error}") from None


def _read_end(
    service: FakeService, kind: type[NamedT], structure: Mapping[str, Any]
) -> seeds.NamedSeed[NamedT]:
    """Check AWS's structure of an endpoint or an instance."""
    members = dict(structure)
    arn = members.pop(kind.ARN_MEMBER, None)
    if arn is None:
        raise UsageError(f"{kind.ARN_MEMBER} is missing.")
    identifier = members.pop(kind.IDENTIFIER_MEMBER, None)
    return seeds.read_named(
        service.scope, kind, arn=arn, identifier=identifier, members=members, nulls=True
    )


def _read_structure(service: FakeService, structure: Mapping[str, Any]) -> seeds.ConnectionSeed:
    """Check AWS's structure of a connection. A null member counts as absent, as in botocore."""
    keywords = {}
    for member, value in structure.items():
        if member not in CONNECTION_KEYWORDS:
            hint = did_you_mean(str(member), CONNECTION_KEYWORDS)
            msg = f"{quoted(member)} is not a member of AWS's Connection structure.{hint}"
            raise UsageError(msg)
        if value is not None:
            keywords[CONNECTION_KEYWORDS[member]] = value
    for member in ARN_MEMBERS:
        if structure.get(member) is None:
            raise UsageError(f"{member} is missing.")
    return seeds.read_connection(service.scope, **keywords)


def _read_keywords(service: FakeService, keywords: Mapping[str, Any]) -> seeds.ConnectionSeed:
    """Check the keywords of `add_connection`."""
    for keyword in keywords:
        if keyword not in SEED_KEYWORDS:
            hint = did_you_mean(str(keyword), SEED_KEYWORDS)
            raise UsageError(f"{quoted(keyword)} is not a keyword of add_connection.{hint}")
    return seeds.read_connection(service.scope, **keywords)


def _read(path: str | os.PathLike[str]) -> Any:
    name = escaped(os.fspath(path))
    try:
        content = _bytes_of(Path(path))
    except (OSError, ValueError) as error:
        # A null byte or a surrogate in the path raises ValueError.
        reason = getattr(error, "strerror", None) or escaped(error)
        msg = f"{name}: cannot be read ({reason}), from {_working_directory()}."
        raise UsageError(msg) from None
    except MemoryError:
        raise UsageError(f"{name}: the file does not fit into memory.") from None
    try:
        # Bytes, because PowerShell redirects the CLI's output to UTF-16, which json recognises.
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: this is not JSON ({escaped(error)}).") from None


def _bytes_of(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may have no end
        raise OSError(errno.EINVAL, "not a regular file")
    return path.read_bytes()


def _working_directory() -> str:
    try:
        return escaped(Path.cwd())
    except OSError:
        return "a working directory that was deleted"


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
