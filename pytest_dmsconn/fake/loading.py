"""Seeding from what the AWS CLI prints, and writing it down again."""

from __future__ import annotations

import errno
import functools
import json
import os
import stat
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import seeds
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.dms.rollback import all_or_nothing
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn.dms.registry import Table
    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.dms.rollback import Savepoint
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

IGNORED = ("Marker", "ResponseMetadata")
CONNECTION_KEYWORDS = {
    "EndpointArn": "endpoint_arn",
    "ReplicationInstanceArn": "replication_instance_arn",
    "EndpointIdentifier": "endpoint_identifier",
    "ReplicationInstanceIdentifier": "replication_instance_identifier",
    "Status": "status",
    "LastFailureMessage": "last_failure_message",
}
REQUIRED_OF_CONNECTION = ("EndpointArn", "ReplicationInstanceArn")
SEED_KEYWORDS = (*CONNECTION_KEYWORDS.values(), "region", "account_id")


def load(service: FakeService, source: object) -> list[Connection]:
    """Seed from an answer of the three Describe operations; see `FakeDms.load`."""
    if isinstance(source, Mapping):
        return _load_answer(service, source, "the mapping")
    if isinstance(source, (str, os.PathLike)):
        return _load_answer(service, _read(source), escaped(os.fspath(source)))
    msg = (
        f"{quoted(source)} is neither a path to a JSON file nor a mapping such as "
        '{"Connections": [...]}, as describe_connections answers it.'
    )
    raise UsageError(msg)


def seed(service: FakeService, source: object) -> None:
    """Carry out the option `seed`: what `load` takes, or a list of keyword mappings."""
    if isinstance(source, Sequence) and not isinstance(source, (str, bytes)):
        all_or_nothing(
            service.lifecycle,
            lambda _: _each(source, "seed", lambda entry: _add_by_keywords(service, entry)),
        )
        return
    try:
        load(service, source)
    except UsageError as error:
        msg = f"seed: {error}"
        raise UsageError(msg) from None


def dump(service: FakeService) -> dict[str, Any]:
    """Write the registry down so that `load` restores it, in values that JSON can carry."""
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
    loaders: dict[str, Callable[[Savepoint, Mapping[str, Any]], Any]] = {
        # The two ends first: a connection then finds them with all their members.
        "Endpoints": lambda savepoint, entry: _add_end(service, savepoint, Endpoint, entry),
        "ReplicationInstances": lambda savepoint, entry: _add_end(
            service, savepoint, ReplicationInstance, entry
        ),
        "Connections": lambda _, entry: _add_structure(service, entry),
    }
    known = (*loaders, *IGNORED)
    for key in answer:
        if key not in known:
            hint = did_you_mean(str(key), known)
            msg = (
                f"{name}: {quoted(key)} is not part of a describe answer.{hint} "
                f"Known: {', '.join(loaders)}."
            )
            raise UsageError(msg)
    if not any(key in answer for key in loaders):
        msg = f"{name}: there is none of {', '.join(loaders)} in it."
        raise UsageError(msg)

    def load_all(savepoint: Savepoint) -> dict[str, list[Any]]:
        return {
            key: _each(answer[key], f"{name}: {key}", functools.partial(loader, savepoint))
            for key, loader in loaders.items()
            if key in answer
        }

    loaded = all_or_nothing(service.lifecycle, load_all)
    connections: list[Connection] = loaded.get("Connections", [])
    return connections


def _each(entries: object, place: str, loader: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    """Load every entry of a list; an error names the entry it is about."""
    if not isinstance(entries, Sequence) or isinstance(entries, (str, bytes)):
        msg = f"{place} is {_kind(entries)}, not a list."
        raise UsageError(msg)
    loaded = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            msg = f"{place}[{index}] is {_kind(entry)}, not an object."
            raise UsageError(msg)
        try:
            loaded.append(loader(entry))
        except UsageError as error:
            msg = f"{place}[{index}]: {error}"
            raise UsageError(msg) from None
    return loaded


def _add_end(
    service: FakeService,
    savepoint: Savepoint,
    kind: type[Endpoint | ReplicationInstance],
    structure: Mapping[str, Any],
) -> None:
    """Seed an endpoint or an instance from AWS's structure, or replace the state of one."""
    members = dict(structure)
    arn = members.pop(kind.ARN_MEMBER, None)
    if arn is None:
        msg = f"{kind.ARN_MEMBER} is missing."
        raise UsageError(msg)
    identifier = members.pop(kind.IDENTIFIER_MEMBER, None)
    seed: seeds.NamedSeed[Any] = seeds.read_named(
        service.scope, kind, arn=arn, identifier=identifier, members=members, nulls=True
    )
    seeds.add_or_replace_named(service.lifecycle, savepoint, seed)


def _add_structure(service: FakeService, structure: Mapping[str, Any]) -> Connection:
    """Seed a connection from AWS's structure. A null counts as absent, as botocore reads it."""
    keywords = {}
    for member, value in structure.items():
        if member not in CONNECTION_KEYWORDS:
            hint = did_you_mean(str(member), CONNECTION_KEYWORDS)
            msg = f"{quoted(member)} is not a member of AWS's Connection structure.{hint}"
            raise UsageError(msg)
        if value is not None:
            keywords[CONNECTION_KEYWORDS[member]] = value
    for member in REQUIRED_OF_CONNECTION:
        if structure.get(member) is None:
            msg = f"{member} is missing."
            raise UsageError(msg)
    return seeds.add_connection(service.lifecycle, seeds.read_connection(service.scope, **keywords))


def _add_by_keywords(service: FakeService, keywords: Mapping[str, Any]) -> Connection:
    """Seed a connection from keywords of `add_connection`."""
    for keyword in keywords:
        if keyword not in SEED_KEYWORDS:
            hint = did_you_mean(str(keyword), SEED_KEYWORDS)
            msg = f"{quoted(keyword)} is not a keyword of add_connection.{hint}"
            raise UsageError(msg)
    return seeds.add_connection(service.lifecycle, seeds.read_connection(service.scope, **keywords))


def _read(path: str | os.PathLike[str]) -> Any:
    name = escaped(os.fspath(path))
    try:
        # Bytes, because PowerShell redirects the CLI's output to UTF-16, which json recognises.
        return json.loads(_bytes_of(Path(path)))
    except OSError as error:
        msg = f"{name}: cannot be read ({error.strerror}), from {_working_directory()}."
        raise UsageError(msg) from None
    except (ValueError, RecursionError) as error:
        msg = f"{name}: this is not JSON ({escaped(error)})."
        raise UsageError(msg) from None


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
