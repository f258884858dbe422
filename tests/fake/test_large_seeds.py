"""A large seed is added in slices: other threads see it grow, and nothing of it if it fails."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from pytest_dmsconn import UsageError
from pytest_dmsconn.dms import rollback

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import Connection, FakeDms

LARGE = 20_000


@pytest.fixture
def in_between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something once, after the second entry of the next seed."""

    def register(act: Callable[[], object]) -> None:
        actions = iter([act])

        def between_slices() -> None:
            for action in actions:
                thread = threading.Thread(target=action)
                thread.start()
                thread.join()

        monkeypatch.setattr(rollback, "SLICE", 2)
        monkeypatch.setattr(rollback, "_let_other_threads_run", between_slices)

    return register


def structure(connection: Connection) -> dict[str, Any]:
    return {**connection.arns, "Status": "failed"}


def test_other_threads_read_while_a_large_seed_is_added(dmsconn: FakeDms) -> None:
    seen = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(len(dmsconn.connections))

    reader = threading.Thread(target=read)
    reader.start()
    dmsconn.add_connections(LARGE)
    done.set()
    reader.join()

    assert seen - {0, LARGE}


def test_calls_of_other_threads_take_effect_in_between(
    dmsconn: FakeDms, dms_client: Any, in_between: Callable[..., None]
) -> None:
    in_between(lambda: dms_client.delete_connection(**dmsconn.connections[0].arns))

    added = dmsconn.add_connections(5)

    assert [one.status for one in added] == ["deleting", *["successful"] * 4]
    dmsconn.assert_only_deleted(added[0])


def test_a_seed_that_fails_leaves_what_other_threads_added(
    dmsconn: FakeDms, in_between: Callable[..., None]
) -> None:
    existing = dmsconn.add_connection()
    new = "arn:aws:dms:us-east-1:123456789012:endpoint:NEW{}"
    instance = existing.replication_instance_arn
    entries = [
        {"EndpointArn": new.format(number), "ReplicationInstanceArn": instance}
        for number in range(3)
    ]
    in_between(lambda: dmsconn.add_connection(endpoint_identifier="of-another-thread"))

    with pytest.raises(UsageError, match=r"Connections\[3\]: A connection between"):
        dmsconn.load({"Connections": [*entries, structure(existing)]})

    assert [one.endpoint_identifier for one in dmsconn.connections] == [
        existing.endpoint_identifier,
        "of-another-thread",
    ]
    assert existing.replication_instance.connections == [existing]
    dmsconn.load({"Connections": entries})
    numbers = [one.number for one in dmsconn.connections]
    assert sorted({*numbers}) == numbers


def test_a_seed_that_fails_removes_what_was_connected_to_its_endpoints(
    dmsconn: FakeDms, dms_client: Any, in_between: Callable[..., None]
) -> None:
    existing = dmsconn.add_connection()

    def connect() -> None:
        added, instance = dmsconn.endpoints[1], dmsconn.replication_instances[2]
        dms_client.test_connection(EndpointArn=added.arn, ReplicationInstanceArn=instance.arn)
        dmsconn.add_connections(4, endpoint_arn=added.arn)

    in_between(connect)
    arn = "arn:aws:dms:us-east-1:123456789012:{}:NEW{}"
    entries = [
        {
            "EndpointArn": arn.format("endpoint", number),
            "ReplicationInstanceArn": arn.format("rep", number),
        }
        for number in range(2)
    ]

    with pytest.raises(UsageError, match=r"Connections\[2\]"):
        dmsconn.load({"Connections": [*entries, structure(existing)]})

    assert dmsconn.connections == (existing,)
    assert dmsconn.endpoints == (existing.endpoint,)
    assert {one.arn for one in dmsconn.replication_instances}.isdisjoint(
        entry["ReplicationInstanceArn"] for entry in entries
    )


def test_reset_in_between_leaves_nothing(dmsconn: FakeDms, in_between: Callable[..., None]) -> None:
    in_between(dmsconn.reset)

    dmsconn.add_connections(5)

    assert dmsconn.connections == ()


@pytest.mark.parametrize("change", ["delete", "remove"])
def test_a_seed_that_fails_keeps_what_other_threads_did_to_an_endpoint_that_it_replaced(
    dmsconn: FakeDms, dms_client: Any, in_between: Callable[..., None], change: str
) -> None:
    endpoint = dmsconn.add_endpoint("replaced")
    seed = {"EndpointArn": endpoint.arn, "EndpointIdentifier": "replaced", "EngineName": "s3"}
    contradiction = {"EndpointArn": dmsconn.add_endpoint("a").arn, "EndpointIdentifier": "b"}
    entries = [seed, {**seed, "EngineName": "oracle"}, contradiction]
    in_between(
        lambda: (
            dms_client.delete_endpoint(EndpointArn=endpoint.arn)
            if change == "delete"
            else dmsconn.remove_endpoint(endpoint)
        )
    )

    with pytest.raises(UsageError, match=r"Endpoints\[2\]"):
        dmsconn.load({"Endpoints": entries})

    assert endpoint.status == ("deleting" if change == "delete" else "deleted")
    if change == "delete":
        with pytest.raises(ClientError, match="No Endpoints found"):
            dms_client.describe_endpoints(Filters=[{"Name": "endpoint-id", "Values": ["replaced"]}])
    assert dmsconn.service.registry.pending == {}


def test_a_seed_uses_no_clock_that_a_test_replaces(
    dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    for name in ("sleep", "time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, refuse)

    assert len(dmsconn.add_connections(3000)) == 3000


def test_garbage_is_collected_after_seeds_that_overlap(
    dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(gc.enable)
    with monkeypatch.context() as patches:
        # A seed of another thread has paused the collection, and ends the pause just then.
        patches.setattr(gc, "isenabled", lambda: False)
        dmsconn.add_connections(3)

    assert gc.isenabled()
