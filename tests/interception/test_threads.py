"""Threads that seed, delete and list at once."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_dmsconn import Connection, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import FakeDms

PAIR = [
    {
        "EndpointArn": "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS",
        "ReplicationInstanceArn": "arn:aws:dms:us-east-1:123456789012:rep:NIGHTLY",
    }
]


@pytest.fixture
def _restless() -> Iterator[None]:
    """Switch threads so often that every race between them is likely."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all in threads of their own that start together; return what they returned."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def deletion_code(client: Any, arns: dict[str, str]) -> str:
    """The error code that a deletion ends in, or `ok`."""
    try:
        client.delete_connection(**arns)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


@pytest.mark.usefixtures("_restless")
def test_exactly_one_of_many_concurrent_deletions_takes_effect(dmsconn: FakeDms) -> None:
    threads = 8
    clients = [boto3.client("dms") for _ in range(threads)]
    for _ in range(10):
        arns = dmsconn.add_connection().arns

        outcomes = at_once(*(partial(deletion_code, client, arns) for client in clients))

        assert Counter(outcomes) == {"ok": 1, "InvalidResourceStateFault": threads - 1}
    assert sum(deletion.succeeded for deletion in dmsconn.deletions) == 10
    assert len(dmsconn.deletions) == 10 * threads


@pytest.mark.usefixtures("_restless")
@pytest.mark.dmsconn(deleting_polls=0)
def test_after_an_instant_deletion_concurrent_ones_find_no_connection(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()

    outcomes = at_once(*[partial(deletion_code, dms_client, connection.arns)] * 8)

    assert Counter(outcomes) == {"ok": 1, "ResourceNotFoundFault": 7}


@pytest.mark.usefixtures("_restless")
def test_threads_can_seed_at_once(dmsconn: FakeDms) -> None:
    def seed() -> list[Connection]:
        return [
            connection
            for _ in range(100)
            for connection in (dmsconn.add_connection(), *dmsconn.add_connections(2))
        ]

    seeded = [connection for part in at_once(*[seed] * 4) for connection in part]

    assert len(dmsconn.connections) == 1200
    assert set(dmsconn.connections) == set(seeded)
    assert len({connection.endpoint_identifier for connection in seeded}) == 1200
    numbers = [connection.number for connection in dmsconn.connections]
    assert numbers == sorted(numbers)


@pytest.mark.usefixtures("_restless")
def test_a_failed_seed_in_one_thread_undoes_nothing_of_another(dmsconn: FakeDms) -> None:
    def seed() -> list[Connection]:
        return [dmsconn.add_connection() for _ in range(200)]

    def mistake() -> list[Connection]:
        for _ in range(200):
            with pytest.raises(UsageError):
                dmsconn.load({"Connections": [*PAIR, *PAIR]})
        return []

    seeded, _ = at_once(seed, mistake)

    assert dmsconn.connections == tuple(seeded)
    assert len(dmsconn.endpoints) == 200


@pytest.mark.usefixtures("_restless")
def test_threads_can_seed_delete_and_list_at_once(dmsconn: FakeDms, dms_client: Any) -> None:
    stay = dmsconn.add_connections(60)
    go = dmsconn.add_connections(60)

    def delete() -> None:
        for connection in go:
            dms_client.delete_connection(**connection.arns)

    def listed() -> Iterator[set[str]]:
        paginator = dms_client.get_paginator("describe_connections")
        for _ in range(15):
            pages = paginator.paginate(PaginationConfig={"PageSize": 20})
            arns = [one["EndpointArn"] for page in pages for one in page["Connections"]]
            assert len(arns) == len(set(arns))
            yield set(arns)

    def look() -> bool:
        return all(connection.endpoint_arn in arns for arns in listed() for connection in stay)

    _, _, complete = at_once(delete, lambda: dmsconn.add_connections(50), look)

    assert complete
    dms_client.get_paginator("describe_connections").paginate().build_full_result()
    assert len(dmsconn.connections) == 110
    dmsconn.assert_only_deleted(*go)
