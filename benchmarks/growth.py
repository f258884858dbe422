"""Cost at different sizes of the registry: time of calls, and memory."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import moto

from benchmarks.calls import connect_in_moto, new_client
from benchmarks.measure import Comparison, compare, timed, traced_memory
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms

SMALL, LARGE = 100, 100_000
CALLS = 30
PAGE = 20


def delete(client: Any, dms: FakeDms) -> Callable[[], object]:
    """DeleteConnection of connections after the first quarter."""
    connections = iter(dms.connections[len(dms.connections) // 4 :])
    return lambda: client.delete_connection(**next(connections).arns)


def describe_by_arn(client: Any, dms: FakeDms) -> Callable[[], object]:
    """DescribeConnections filtered by the ARN of an endpoint in the middle."""
    middle = dms.connections[len(dms.connections) // 2]
    filters = [{"Name": "endpoint-arn", "Values": [middle.endpoint_arn]}]
    return lambda: client.describe_connections(Filters=filters)


def first_page(client: Any, _dms: FakeDms) -> Callable[[], object]:
    """DescribeConnections, the first 20."""
    return lambda: client.describe_connections(MaxRecords=PAGE)


def deep_page(client: Any, dms: FakeDms) -> Callable[[], object]:
    """DescribeConnections, a page of 20 from the middle, by its marker."""
    marker = ""
    paginator = client.get_paginator("describe_connections")
    read = 0
    for page in paginator.paginate(PaginationConfig={"PageSize": 100}):
        read += len(page["Connections"])
        marker = page.get("Marker", marker)
        if read >= len(dms.connections) // 2:
            break
    if not marker:
        marker = client.describe_connections(MaxRecords=PAGE)["Marker"]
    return lambda: client.describe_connections(MaxRecords=PAGE, Marker=marker)


CALLS_THAT_MUST_NOT_GROW = {
    "DeleteConnection": delete,
    "DescribeConnections by ARN": describe_by_arn,
    "first page of 20": first_page,
    "deep page of 20": deep_page,
}


def compare_sizes(
    prepare: Callable[[Any, FakeDms], Callable[[], object]], rounds: int
) -> Comparison:
    """A call at 100,000 connections, compared with the same call at 100."""
    client = new_client()
    with mock_dms() as large:
        large.add_connections(LARGE)
        work_at_large = prepare(client, large)
        gc.collect()
        gc.freeze()  # a call must not pay for collecting the registry

        def at_large() -> float:
            return timed(work_at_large, CALLS)

        def at_small() -> float:
            with mock_dms() as small:
                small.add_connections(SMALL)
                return timed(prepare(client, small), CALLS)

        try:
            return compare(at_large, at_small, rounds)
        finally:
            gc.unfreeze()


def memory_of_a_connection(size: int = LARGE) -> float:
    """The bytes of a seeded connection with its endpoint and instance."""
    with mock_dms() as dms:
        dms.add_connection()
        left, _ = traced_memory(lambda: dms.add_connections(size))
        return left / size


def memory_of_a_connection_in_moto(size: int) -> float:
    """The same in moto, where calls create them."""
    client = new_client()
    with moto.mock_aws():
        connect_in_moto(client, "first")
        left, _ = traced_memory(lambda: connect_many_in_moto(client, size))
        return left / size


def connect_many_in_moto(client: Any, size: int) -> None:
    """Create connections in moto, each with its own endpoint and instance."""
    for number in range(size):
        connect_in_moto(client, f"c{number}")


def seconds_of_calls(size: int) -> dict[str, float]:
    """The time of each call through the fake, at a registry size."""
    client = new_client()
    found = {}
    for name, prepare in CALLS_THAT_MUST_NOT_GROW.items():
        if prepare is deep_page and size <= PAGE:
            continue
        with mock_dms() as dms:
            dms.add_connections(size)
            work = prepare(client, dms)
            work()  # the first call of a client takes longer
            found[name] = timed(work, min(CALLS, size // 4 * 3))
    return found


def seconds_of_describe_in_moto(size: int) -> float:
    """The time of a DescribeConnections of 20 in moto, at a registry size."""
    client = new_client()
    with moto.mock_aws():
        connect_many_in_moto(client, size)
        return timed(lambda: client.describe_connections(MaxRecords=PAGE), 5)
