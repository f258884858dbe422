"""The time of a report, and the memory of a recorded call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.calls import new_client
from benchmarks.measure import compare, cpu_seconds, traced_memory
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import FakeDms

FEW, MANY = 1_000, 10_000
PAGE = 100
CALLS = 100
ROUNDS = 3

Report = Callable[["FakeDms"], object]


def write_story(dms: FakeDms) -> object:
    """Write the story of the test."""
    return dms.story()


def fail(dms: FakeDms) -> object:
    """Fail an assertion for half of the connections."""
    try:
        dms.assert_not_deleted(*dms.connections)
    except AssertionError as error:
        return error
    raise RuntimeError


REPORTS: dict[str, Report] = {"`story()`": write_story, "a failing assertion": fail}


@contextmanager
def _large_test(size: int) -> Iterator[FakeDms]:
    """A fake with `size` connections and `size` calls, each different from the next."""
    client = new_client()
    with mock_dms() as dms:
        for connection in dms.add_connections(size)[: size // 2]:
            client.delete_connection(**connection.arns)
            client.describe_endpoints(
                Filters=[{"Name": "endpoint-arn", "Values": [connection.endpoint_arn]}]
            )
        yield dms


def seconds(report: Report) -> float:
    """The CPU time of a report at 10,000 connections and 10,000 calls."""
    with _large_test(MANY) as dms:
        return min(cpu_seconds(lambda: report(dms)) for _ in range(ROUNDS))


def growth(report: Report) -> float:
    """The time of a report at 10,000 connections and calls, divided by that at 1,000."""
    with _large_test(MANY) as many, _large_test(FEW) as few:
        return compare(
            lambda: cpu_seconds(lambda: report(many)),
            lambda: cpu_seconds(lambda: report(few)),
            ROUNDS,
        ).ratio


def beside_dictionaries(report: Report) -> float:
    """The time of a report, divided by that of a report from plain dictionaries."""
    with _large_test(MANY) as dms:
        calls = [call.to_dict() for call in dms.calls]
        connections = [connection.to_dict() for connection in dms.connections]
        return compare(
            lambda: cpu_seconds(lambda: report(dms)),
            lambda: cpu_seconds(lambda: _plain_report(calls, connections)),
            ROUNDS,
        ).ratio


def _plain_report(calls: list[dict[str, Any]], connections: list[dict[str, Any]]) -> object:
    """A line for each call, and for each connection with its status and its deletions."""
    deletions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    lines = []
    for number, call in enumerate(calls, 1):
        ending = call["error_code"] or call["status_code"]
        lines.append(f"{number}  {call['operation']}  {call['params']}: {ending}")
        if call["operation"] == "DeleteConnection":
            deletions[call["params"]["EndpointArn"]].append(call)
    for one in connections:
        names = f"{one['EndpointIdentifier']} @ {one['ReplicationInstanceIdentifier']}"
        found = deletions.get(one["EndpointArn"], ())
        lines.append(f"{names}  {one['Status']}: {[call['status_code'] for call in found]}")
    return "\n".join(lines)


def memory_of_a_recorded_page() -> float:
    """The bytes of a recorded DescribeConnections of 100 connections."""
    client = new_client()
    with mock_dms() as dms:
        dms.add_connections(PAGE)
        client.describe_connections()

        def describe() -> None:
            for _ in range(CALLS):
                client.describe_connections()

        left, _ = traced_memory(describe)
        return left / CALLS
