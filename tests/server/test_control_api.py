"""`/_dmsconn/`: how a suite in another language seeds, reads, injects faults and resets."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from support.control_api import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms

LISTING = Path(__file__).parents[2] / "examples" / "cleanup" / "connections.json"


@pytest.fixture
def client(dmsconn_server: DmsServer) -> Iterator[Any]:
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        yield client


# Seeding


def test_it_is_seeded_with_what_the_aws_cli_prints(dmsconn: FakeDms, ask: Ask) -> None:
    listing = json.loads(LISTING.read_text(encoding="utf-8"))
    status, content = ask("POST", "seed", listing)

    assert status == 200
    assert content["connections"] == listing["Connections"]
    assert len(dmsconn.connections) == len(listing["Connections"])


def test_a_seed_may_be_larger_than_a_call(dmsconn: FakeDms, ask: Ask) -> None:
    connections = [
        {"EndpointArn": f"{ENDPOINT_ARN}{number}", "ReplicationInstanceArn": INSTANCE_ARN}
        for number in range(9_000)
    ]
    assert len(json.dumps(connections)) > 1 << 20

    assert ask("POST", "seed", {"Connections": connections}).status == 200
    assert len(dmsconn.connections) == 9_000


# Reading the state


def test_the_state_has_connections_calls_and_virtual_time(
    dmsconn: FakeDms, client: Any, ask: Ask
) -> None:
    connection = dmsconn.add_connection(status="failed")
    client.delete_connection(**connection.arns)
    dmsconn.advance(1.5)
    status, content = ask("GET", "state", content_type=None)

    assert status == 200
    assert content["connections"] == [connection.to_dict()]
    assert content["now"] == 1.5
    (call,) = content["calls"]
    assert call == {
        "operation": "DeleteConnection",
        "params": connection.arns,
        "region": "us-east-1",
        "account_id": "123456789012",
        "transport": "server",
        "attempt": 1,
        "status_code": 200,
        "response": {"Connection": connection.to_dict()},
        "error_code": None,
    }


def test_reading_the_state_does_not_count_as_a_description(dmsconn: FakeDms, ask: Ask) -> None:
    connection = dmsconn.add_connection(status="testing")
    for _ in range(3):
        ask("GET", "state")

    assert connection.status == "testing"
    assert dmsconn.calls == ()


def test_the_state_shows_times_as_they_were_sent(dmsconn: FakeDms, client: Any, ask: Ask) -> None:
    dmsconn.add_replication_instance(members={"InstanceCreateTime": "2026-01-02T03:04:05Z"})
    client.describe_replication_instances()

    (call,) = ask("GET", "state").content["calls"]
    assert call["response"]["ReplicationInstances"][0]["InstanceCreateTime"] == 1767323045


# Faults and time


def test_an_injected_error_is_met(dmsconn: FakeDms, client: Any, ask: Ask) -> None:
    connection = dmsconn.add_connection()
    fault = {
        "operation": "DeleteConnection",
        "error": "AccessDeniedException",
        "message": "not you",
        "times": 1,
        "after": 1,
        "connection": [connection.endpoint_arn, connection.replication_instance_arn],
        "applied": False,
    }
    assert ask("POST", "faults", fault) == (200, {})

    client.delete_connection(**connection.arns)
    with pytest.raises(ClientError, match=r"AccessDeniedException.*not you"):
        client.delete_connection(**connection.arns)
    assert [call.error_code for call in dmsconn.calls] == [None, "AccessDeniedException"]


def test_a_fault_may_last_until_the_end(dmsconn: FakeDms, client: Any, ask: Ask) -> None:
    assert (
        ask(
            "POST", "faults", {"operation": "*", "error": "connection-closed", "times": None}
        ).status
        == 200
    )

    for _ in range(2):
        with pytest.raises(ConnectionClosedError):
            client.describe_connections()
    assert {call.error_code for call in dmsconn.calls} == {"connection-closed"}


def test_an_unmet_fault_tells_where_it_came_from(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import json
        from urllib.request import Request, urlopen

        def test_it(dmsconn_server):
            fault = {"operation": "DeleteConnection", "error": "InternalFailure"}
            urlopen(Request(
                dmsconn_server.url + "/_dmsconn/faults",
                data=json.dumps(fault).encode(),
                headers={"Content-Type": "application/json"},
            )).close()
        """
    )
    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*armed at POST /_dmsconn/faults*"])


@pytest.mark.dmsconn(deleting_seconds=30)
def test_time_is_advanced(dmsconn: FakeDms, ask: Ask) -> None:
    leaving = dmsconn.add_connection(status="deleting")

    assert ask("POST", "advance", {"seconds": 29.5}) == (200, {"now": 29.5})
    assert leaving.status == "deleting"
    assert ask("POST", "advance", {"seconds": 1}) == (200, {"now": 30.5})
    assert leaving.status == "deleted"


# Resetting


@pytest.mark.parametrize("body", [{}, None], ids=["empty object", "no body"])
def test_a_reset_leaves_nothing(
    dmsconn: FakeDms, client: Any, ask: Ask, body: dict[str, Any] | None
) -> None:
    dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "InternalFailure")
    dmsconn.advance(5)
    client.describe_connections()

    assert ask("POST", "reset", body) == (200, {})
    empty = {
        "connections": [],
        "connections_total": 0,
        "calls": [],
        "calls_total": 0,
        "faults": [],
        "blocked": [],
        "now": 0,
    }
    assert ask("GET", "state") == (200, empty)


@pytest.mark.dmsconn(strict=False)
def test_the_state_names_blocked_calls(client: Any, ask: Ask) -> None:
    with pytest.raises(ClientError):
        client.describe_replication_tasks()

    (blocked,) = ask("GET", "state").content["blocked"]
    assert blocked.startswith("DescribeReplicationTasks to 127.0.0.1")
