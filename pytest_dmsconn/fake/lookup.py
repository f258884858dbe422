"""What a test reads of a fake: what exists, and one connection by its ends."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.identifiers import is_identifier
from pytest_dmsconn.errors import NoSuchConnectionError, UsageError
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance
    from pytest_dmsconn.protocol.dispatch import FakeService

MOST_SHOWN = 3
MOST_COMPARED = 300


class Lookup:
    """The part of `FakeDms` that tells what exists. Reading never advances a state."""

    service: FakeService

    def connection(
        self,
        endpoint_arn: str | None = None,
        replication_instance_arn: str | None = None,
        *,
        endpoint_identifier: str | None = None,
        replication_instance_identifier: str | None = None,
    ) -> Connection:
        """The one connection that exists, being deleted included, and fits all that is given.

        Args:
            endpoint_arn: the ARN of its endpoint.
            replication_instance_arn: the ARN of its replication instance.
            endpoint_identifier: the identifier of its endpoint.
            replication_instance_identifier: the identifier of its instance, in either case.

        Raises:
            KeyError: no connection or more than one fits; the message shows the nearest.
            UsageError: nothing is given, or something other than a string.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     orders = dms.add_connection(endpoint_identifier="orders")
            ...     assert dms.connection(endpoint_identifier="orders") is orders
        """
        wanted: dict[str, Any] = {
            "endpoint_arn": endpoint_arn,
            "replication_instance_arn": replication_instance_arn,
            "endpoint_identifier": endpoint_identifier,
            "replication_instance_identifier": replication_instance_identifier,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        for name, value in given.items():
            if not isinstance(value, str):
                msg = f"{name}={quoted(value)} is not allowed; it must be a string or None."
                raise UsageError(msg)
        if not given:
            raise UsageError(f"connection() needs at least one of {', '.join(wanted)}.")
        if replication_instance_identifier is not None:
            given["replication_instance_identifier"] = replication_instance_identifier.lower()
        registry = self.service.registry
        with registry.lock:
            found = [one for one in _candidates(registry, given) if _fits(one, given)]
            if len(found) == 1:
                return found[0]
            raise NoSuchConnectionError(_explain(registry, given, found))

    @property
    def connections(self) -> tuple[Connection, ...]:
        """What exists in all regions and accounts, being deleted included, in creation order."""
        with self.service.registry.lock:
            return tuple(self.service.registry.connections.by_key.values())

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints that exist, likewise."""
        with self.service.registry.lock:
            return tuple(self.service.registry.endpoints.by_key.values())

    @property
    def replication_instances(self) -> tuple[ReplicationInstance, ...]:
        """The replication instances that exist, likewise."""
        with self.service.registry.lock:
            return tuple(self.service.registry.replication_instances.by_key.values())


def _candidates(registry: Registry, given: Mapping[str, str]) -> Iterable[Connection]:
    """The connections among which those that fit are: as few as the ARNs can tell."""
    endpoint_arn = given.get("endpoint_arn")
    instance_arn = given.get("replication_instance_arn")
    if endpoint_arn is not None and instance_arn is not None:
        connection = registry.connections.get((endpoint_arn, instance_arn))
        return () if connection is None else (connection,)
    end = registry.endpoints.get(endpoint_arn or "") or registry.replication_instances.get(
        instance_arn or ""
    )
    return end.connections if end else registry.connections.by_key.values()


def _fits(connection: Connection, given: Mapping[str, str]) -> bool:
    return all(getattr(connection, name) == value for name, value in given.items())


def _explain(registry: Registry, given: Mapping[str, str], found: list[Connection]) -> str:
    """Why there is not one connection, and which are nearest."""
    words = [f"  {name}={quoted(value)}" for name, value in given.items()]
    if found:
        more = len(found) - MOST_SHOWN
        return "\n".join(
            [
                f"{len(found)} connections fit; give more of their ARNs and identifiers:",
                *words,
                "They are:",
                *map(_line, found[:MOST_SHOWN]),
                *([f"  ... and {more} more"] if more > 0 else []),
            ]
        )
    lines = ["There is no connection with", *words]
    pair = (given.get("endpoint_arn", ""), given.get("replication_instance_arn", ""))
    last = registry.last_lives.get(pair)
    if last is not None:
        lines.append(f"There was one, {last.name}; it is deleted.")
    if any(is_identifier(arn) for arn in pair):
        lines.append("Identifiers have keywords of their own: endpoint_identifier=...")
    swapped = registry.connections.get((pair[1], pair[0]))
    if swapped is not None:
        lines.append(f"The two ARNs are the wrong way round; {swapped.name} exists.")
    near = _nearest(registry, given)
    return "\n".join([*lines, *(["Nearest:", *map(_line, near)] if near else [])])


def _line(connection: Connection) -> str:
    return f"  {escaped(connection.name)}  {' '.join(map(escaped, connection.pair))}"


def _nearest(registry: Registry, given: Mapping[str, str]) -> list[Connection]:
    endpoint = registry.endpoints.get(given.get("endpoint_arn", ""))
    instance = registry.replication_instances.get(given.get("replication_instance_arn", ""))
    sharing = [
        *(endpoint.connections if endpoint else ()),
        *(instance.connections if instance else ()),
    ]
    if not sharing:
        by_text = {
            " ".join(str(getattr(one, name)) for name in given): one
            for one in registry.connections.by_key.values()
        }
        text = " ".join(value[:MOST_COMPARED] for value in given.values())
        close = difflib.get_close_matches(text, by_text, n=MOST_SHOWN, cutoff=0.6)
        sharing = [by_text[one] for one in close]
    return sharing[:MOST_SHOWN]
