"""The part of `FakeDms` that returns resources, calls and the story."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pytest_dmsconn.arguments import check_text
from pytest_dmsconn.dms.arns import ResourceType
from pytest_dmsconn.dms.identifiers import are_equal, is_identifier
from pytest_dmsconn.errors import NoSuchConnectionError, UsageError
from pytest_dmsconn.protocol.dispatch import FakeService, check_operation
from pytest_dmsconn.report.story import story
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance
    from pytest_dmsconn.protocol.calls import Call, Deletion
    from pytest_dmsconn.protocol.routing import OperationName

MAX_SHOWN = 3
MAX_COMPARED = 300


class Inspection:
    """The methods of `FakeDms` that return resources, calls and the story. They change nothing."""

    service: FakeService

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections that exist in all regions and accounts, in creation order.

        A connection that is being deleted still exists.
        """
        with self.service.registry.lock:
            return tuple(self.service.registry.connections.by_key.values())

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints that exist in all regions and accounts, in creation order."""
        with self.service.registry.lock:
            return tuple(self.service.registry.endpoints.by_key.values())

    @property
    def replication_instances(self) -> tuple[ReplicationInstance, ...]:
        """The replication instances that exist in all regions and accounts, in creation order."""
        with self.service.registry.lock:
            return tuple(self.service.registry.replication_instances.by_key.values())

    def connection(
        self,
        endpoint_arn: str | None = None,
        replication_instance_arn: str | None = None,
        *,
        endpoint_identifier: str | None = None,
        replication_instance_identifier: str | None = None,
    ) -> Connection:
        """Return the one connection that exists and has the given ARNs and identifiers.

        A connection that is being deleted still exists.

        Args:
            endpoint_arn: the ARN of its endpoint.
            replication_instance_arn: the ARN of its replication instance.
            endpoint_identifier: the identifier of its endpoint.
            replication_instance_identifier: the identifier of its instance, in any letter case.

        Raises:
            KeyError: none or several connections match; the message shows the nearest.
            UsageError: nothing is given, or something other than a string.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     orders = dms.add_connection(endpoint_identifier="orders")
            ...     assert dms.connection(endpoint_identifier="orders") is orders
        """
        wanted = {
            "endpoint_arn": endpoint_arn,
            "replication_instance_arn": replication_instance_arn,
            "endpoint_identifier": endpoint_identifier,
            "replication_instance_identifier": replication_instance_identifier,
        }
        for name, value in wanted.items():
            check_text(name, value)
        given = {name: value for name, value in wanted.items() if value is not None}
        if not given:
            raise UsageError(f"connection() needs at least one of {', '.join(wanted)}.")
        registry = self.service.registry
        with registry.lock:
            found = [
                one
                for one in _of_given_ends(registry, given) or registry.connections.by_key.values()
                if _fits(one, given)
            ]
            if len(found) == 1:
                return found[0]
            raise NoSuchConnectionError(_explain(registry, given, found))

    @property
    def calls(self) -> tuple[Call, ...]:
        """All attempts that reached the fake, retries included, in order."""
        with self.service.registry.lock:
            return tuple(record.call for record in self.service.records)

    def calls_to(self, operation: OperationName) -> tuple[Call, ...]:
        """Return the attempts to call one operation, in order.

        Raises:
            UsageError: the fake does not answer that operation.
        """
        check_operation(operation)
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def deletions(self) -> tuple[Deletion, ...]:
        """The attempts to call DeleteConnection, in order."""
        with self.service.registry.lock:
            found = (record.deletion for record in self.service.records)
            return tuple(deletion for deletion in found if deletion is not None)

    def story(self) -> str:
        """Return what happened in order of time, as the report of a failed test shows it.

        It has at most 60 lines: what existed at the start, each call and its outcome, what the
        test or virtual time changed between calls, and what exists at the end. Similar consecutive
        events share an entry.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     stale = dms.add_connection(status="failed")
            ...     answer = boto3.client("dms").delete_connection(**stale.arns)
            ...     print(dms.story())
            Fake DMS in us-east-1, account 123456789012
              start  endpoint-1 @ instance-1  failed
              1      DeleteConnection  endpoint-1 @ instance-1: 200, failed -> deleting
              end    endpoint-1 @ instance-1  deleting
        """
        return story(self.service)


def _fits(connection: Connection, given: Mapping[str, str]) -> bool:
    """Whether a connection has the given ARNs and identifiers."""
    return all(
        are_equal(ResourceType.REPLICATION_INSTANCE, getattr(connection, name), value)
        if name == "replication_instance_identifier"
        else getattr(connection, name) == value
        for name, value in given.items()
    )


def _of_given_ends(registry: Registry, given: Mapping[str, str]) -> list[Connection]:
    """The connections of the endpoint and of the instance whose ARNs are given."""
    endpoint = registry.endpoints.get(given.get("endpoint_arn", ""))
    instance = registry.replication_instances.get(given.get("replication_instance_arn", ""))
    ends = [end for end in (endpoint, instance) if end is not None]
    return list(dict.fromkeys(connection for end in ends for connection in end.connections))


def _explain(registry: Registry, given: Mapping[str, str], found: list[Connection]) -> str:
    """The message for no match, or for several matches, with the nearest connections."""
    words = [f"  {name}={quoted(value)}" for name, value in given.items()]
    if found:
        more = len(found) - MAX_SHOWN
        return "\n".join(
            [
                f"{len(found)} connections fit; give more of their ARNs and identifiers:",
                *words,
                "They are:",
                *map(_line, found[:MAX_SHOWN]),
                *([f"  ... and {more} more"] if more > 0 else []),
            ]
        )
    lines = ["There is no connection with", *words]
    pair = (given.get("endpoint_arn", ""), given.get("replication_instance_arn", ""))
    last = registry.last_connections.get(pair)
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
    sharing = _of_given_ends(registry, given)
    if not sharing:
        by_text = {
            " ".join(str(getattr(one, name)) for name in given): one
            for one in registry.connections.by_key.values()
        }
        text = " ".join(value[:MAX_COMPARED] for value in given.values())
        close = difflib.get_close_matches(text, by_text, n=MAX_SHOWN, cutoff=0.6)
        sharing = [by_text[one] for one in close]
    return sharing[:MAX_SHOWN]
