"""No operation on connections iterates over the registry: the reads of attributes are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import boto3
import pytest
from botocore.exceptions import ClientError
from support.describe_calls import by_endpoint, by_instance

from pytest_dmsconn import Connection, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable


class Walked(Exception):  # noqa: N818 - what happened
    """An operation iterated over all connections."""


class NeverWalked(dict[Any, Any]):
    """A dictionary that allows look-ups by key only."""

    def _refuse(self) -> NoReturn:
        raise Walked

    __iter__ = values = items = keys = copy = _refuse


class Reads:
    """Counts how often attributes of connections are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for name in ("endpoint", "replication_instance", "number", "status"):
            monkeypatch.setattr(Connection, name, self._counting(vars(Connection)[name]))

    def _counting(self, slot: Any) -> property:
        def read(connection: Connection) -> Any:
            self.count += 1
            return slot.__get__(connection)

        return property(read, slot.__set__)

    def during(self, act: Callable[[], object]) -> int:
        before = self.count
        act()
        return self.count - before


def reads_at(size: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many attributes of connections each operation reads, in a registry of some size."""
    with mock_dms() as dms, monkeypatch.context() as patches:
        # Half of them share an instance and half an endpoint, and one connects the two.
        instance, endpoint = dms.add_replication_instance(), dms.add_endpoint()
        crowded = dms.add_connection(endpoint.arn, instance.arn)
        connections = dms.add_connections(size // 2, replication_instance_arn=instance.arn)
        dms.add_connections(size // 2, endpoint_arn=endpoint.arn)
        middle, late = connections[size // 4], connections[-30]
        client = boto3.client("dms")
        marker = last_marker(client)
        of_both = [by_endpoint(crowded), by_instance(crowded)]
        table = dms.service.registry.connections
        patches.setattr(table, "by_key", NeverWalked(table.by_key))
        reads = Reads(patches)

        def describe(**request: Any) -> Callable[[], object]:
            return lambda: client.describe_connections(**request)

        return {
            "first page": reads.during(describe(MaxRecords=20)),
            "late page": reads.during(describe(MaxRecords=20, Marker=marker)),
            "late page of an endpoint": reads.during(
                describe(MaxRecords=20, Marker=marker, Filters=of_both[:1])
            ),
            "by endpoint": reads.during(describe(Filters=[by_endpoint(middle)])),
            "by both ends": reads.during(describe(Filters=of_both)),
            "test": reads.during(lambda: client.test_connection(**late.arns)),
            "delete": reads.during(lambda: client.delete_connection(**middle.arns)),
            "see it gone": reads.during(lambda: refused(client, Filters=[by_endpoint(middle)])),
            "delete an endpoint": reads.during(
                lambda: client.delete_endpoint(EndpointArn=connections[size // 3].endpoint_arn)
            ),
        }


def refused(client: Any, **request: Any) -> None:
    with pytest.raises(ClientError):
        client.describe_connections(**request)


def last_marker(client: Any) -> str:
    """The marker that the last page but one ends with."""
    pages = client.get_paginator("describe_connections").paginate(PaginationConfig={"PageSize": 20})
    markers: list[str] = [page["Marker"] for page in pages if "Marker" in page]
    return markers[-1]


def test_no_operation_on_connections_walks_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = reads_at(100, monkeypatch), reads_at(3000, monkeypatch)

    # A binary search reads a few connections more; an iteration would read thousands.
    assert {name: count for name, count in large.items() if count > small[name] + 40} == {}
    assert all(count < 400 for count in large.values())
