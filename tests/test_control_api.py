"""`/_dmsconn/`: how a suite in another language seeds, looks, injects faults and resets."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import DmsServer, FakeDms

JSON = "application/json"
LISTING = Path(__file__).parents[1] / "examples" / "cleanup" / "connections.json"
ENDPOINT_ARN = "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS"
INSTANCE_ARN = "arn:aws:dms:us-east-1:123456789012:rep:PRODUCTION"


class Answer(NamedTuple):
    status: int
    content: dict[str, Any]


@pytest.fixture
def ask(dmsconn_server: DmsServer) -> Iterator[Callable[..., Answer]]:
    """Send a request to the control API; return what comes back."""
    with closing(HTTPConnection(urlsplit(dmsconn_server.url).netloc)) as connection:

        def send(
            method: str, command: str, body: object = None, content_type: str | None = JSON
        ) -> Answer:
            content = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
            headers = {} if content_type is None else {"Content-Type": content_type}
            connection.request(method, f"/_dmsconn/{command}", content, headers)
            with connection.getresponse() as response:
                assert response.headers["Content-Type"] == JSON
                return Answer(response.status, json.load(response))

        yield send


@pytest.fixture
def client(dmsconn_server: DmsServer) -> Iterator[Any]:
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        yield client


# Seeding


def test_it_is_seeded_with_what_the_aws_cli_prints(
    dmsconn: FakeDms, ask: Callable[..., Answer]
) -> None:
    listing = json.loads(LISTING.read_text(encoding="utf-8"))
    status, content = ask("POST", "seed", listing)

    assert status == 200
    assert content["connections"] == listing["Connections"]
    assert len(dmsconn.connections) == len(listing["Connections"])


def test_a_seed_may_be_larger_than_a_call(dmsconn: FakeDms, ask: Callable[..., Answer]) -> None:
    connections = [
        {"EndpointArn": f"{ENDPOINT_ARN}{number}", "ReplicationInstanceArn": INSTANCE_ARN}
        for number in range(9_000)
    ]
    assert len(json.dumps(connections)) > 1 << 20

    assert ask("POST", "seed", {"Connections": connections}).status == 200
    assert len(dmsconn.connections) == 9_000


def test_a_bad_seed_changes_nothing_and_says_which_entry_is_bad(
    dmsconn: FakeDms, ask: Callable[..., Answer]
) -> None:
    good = {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}
    bad = {"EndpointArn": "orders", "ReplicationInstanceArn": INSTANCE_ARN}
    status, content = ask("POST", "seed", {"Connections": [good, bad]})

    assert status == 400
    assert "Connections[1]" in content["message"]
    assert dmsconn.connections == ()


def test_a_seed_that_nests_too_deeply_is_refused(ask: Callable[..., Answer]) -> None:
    nested = b'{"Endpoints": [{"EndpointArn": "%b", "MySQLSettings": ' % ENDPOINT_ARN.encode()
    body = nested + b"[" * 900 + b"]" * 900 + b"}]}"

    assert ask("POST", "seed", body).status == 400


# Looking


def test_the_state_has_connections_calls_and_virtual_time(
    dmsconn: FakeDms, client: Any, ask: Callable[..., Answer]
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


def test_looking_advances_nothing(dmsconn: FakeDms, ask: Callable[..., Answer]) -> None:
    connection = dmsconn.add_connection(status="testing")
    for _ in range(3):
        ask("GET", "state")

    assert connection.status == "testing"
    assert dmsconn.calls == ()


def test_the_state_shows_times_as_they_were_sent(
    dmsconn: FakeDms, client: Any, ask: Callable[..., Answer]
) -> None:
    dmsconn.add_replication_instance(members={"InstanceCreateTime": "2026-01-02T03:04:05Z"})
    client.describe_replication_instances()

    (call,) = ask("GET", "state").content["calls"]
    assert call["response"]["ReplicationInstances"][0]["InstanceCreateTime"] == 1767323045


# Faults and time


def test_an_injected_error_is_met(
    dmsconn: FakeDms, client: Any, ask: Callable[..., Answer]
) -> None:
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


def test_a_fault_may_last_until_the_end(
    dmsconn: FakeDms, client: Any, ask: Callable[..., Answer]
) -> None:
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


@pytest.mark.parametrize("failure", ["connect-timeout", "read-timeout", "endpoint-unreachable"])
def test_what_cannot_come_from_a_server_cannot_be_armed(
    ask: Callable[..., Answer], failure: str
) -> None:
    status, content = ask("POST", "faults", {"operation": "DeleteConnection", "error": failure})

    assert status == 400
    assert "connection-closed" in content["message"]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({}, "operation"),
        ({"operation": "DeleteConnection"}, "error"),
        ({"operation": "DropEverything", "error": "InternalFailure"}, "DropEverything"),
        ({"operation": ["*"], "error": "InternalFailure"}, "operation"),
        ({"operation": "DeleteConnection", "error": "Nonsense"}, "Nonsense"),
        ({"operation": "DeleteConnection", "error": {}}, "error"),
        ({"operation": "*", "error": "InternalFailure", "times": 0}, "times"),
        ({"operation": "*", "error": "InternalFailure", "times": "1"}, "times"),
        ({"operation": "*", "error": "InternalFailure", "after": None}, "after"),
        ({"operation": "*", "error": "InternalFailure", "message": 7}, "message"),
        ({"operation": "*", "error": "InternalFailure", "applied": 1}, "applied"),
        ({"operation": "*", "error": "InternalFailure", "connection": "a"}, "connection"),
        ({"operation": "*", "error": "InternalFailure", "connection": ["a"]}, "connection"),
        ({"operation": "*", "error": "InternalFailure", "connection": ["a", 1]}, "connection"),
        ({"operation": "*", "error": "InternalFailure", "tiems": 1}, "times"),
    ],
    ids=str,
)
def test_a_fault_that_cannot_be_is_refused(
    ask: Callable[..., Answer], fault: dict[str, Any], named: str
) -> None:
    status, content = ask("POST", "faults", fault)

    assert status == 400
    assert named in content["message"]


def test_an_unmet_fault_tells_where_it_came_from(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
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
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*armed at POST /_dmsconn/faults*"])


@pytest.mark.dmsconn(deleting_seconds=30)
def test_time_is_advanced(dmsconn: FakeDms, ask: Callable[..., Answer]) -> None:
    leaving = dmsconn.add_connection(status="deleting")

    assert ask("POST", "advance", {"seconds": 29.5}) == (200, {"now": 29.5})
    assert leaving.status == "deleting"
    assert ask("POST", "advance", {"seconds": 1}) == (200, {"now": 30.5})
    assert leaving.status == "deleted"


@pytest.mark.parametrize(
    "body",
    [{}, {"seconds": -1}, {"seconds": "1"}, {"seconds": None}, {"seconds": True}, {"minutes": 1}],
    ids=str,
)
def test_time_does_not_advance_by_what_is_no_time(
    dmsconn: FakeDms, ask: Callable[..., Answer], body: dict[str, Any]
) -> None:
    status, content = ask("POST", "advance", body)

    assert status == 400
    assert content["message"]
    assert dmsconn.now == 0


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000])
def test_time_does_not_advance_by_what_is_no_number(
    dmsconn: FakeDms, ask: Callable[..., Answer], number: bytes
) -> None:
    assert ask("POST", "advance", b'{"seconds": %b}' % number).status == 400
    assert dmsconn.now == 0


# Resetting


@pytest.mark.parametrize("body", [{}, None], ids=["empty object", "no body"])
def test_a_reset_leaves_nothing(
    dmsconn: FakeDms, client: Any, ask: Callable[..., Answer], body: dict[str, Any] | None
) -> None:
    dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "InternalFailure")
    dmsconn.advance(5)
    client.describe_connections()

    assert ask("POST", "reset", body) == (200, {})
    assert ask("GET", "state") == (200, {"connections": [], "calls": [], "now": 0})


# Misuse


@pytest.mark.parametrize("command", ["seed", "faults", "advance", "reset"])
@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"],
)
def test_a_post_of_another_content_type_is_refused(
    dmsconn: FakeDms, ask: Callable[..., Answer], command: str, content_type: str | None
) -> None:
    dmsconn.add_connection()
    status, content = ask("POST", command, {}, content_type)

    assert status == 400
    assert JSON in content["message"]
    assert dmsconn.connections


def test_the_content_type_may_name_its_charset(ask: Callable[..., Answer]) -> None:
    assert ask("POST", "reset", {}, "Application/JSON; charset=utf-8").status == 200


@pytest.mark.parametrize("command", ["state", "seed", "faults", "advance", "reset"])
def test_a_foreign_host_is_refused(
    dmsconn: FakeDms, dmsconn_server: DmsServer, command: str
) -> None:
    dmsconn.add_connection()
    with closing(HTTPConnection(urlsplit(dmsconn_server.url).netloc)) as connection:
        headers = {"Host": "rebound.example.com", "Content-Type": JSON}
        method = "GET" if command == "state" else "POST"
        connection.request(method, f"/_dmsconn/{command}", b"{}", headers)
        with connection.getresponse() as response:
            content = json.load(response)

    assert response.status == 403
    assert content["message"]
    assert "connections" not in content
    assert dmsconn.connections


@pytest.mark.parametrize("command", ["seed", "faults", "advance", "reset"])
@pytest.mark.parametrize(
    "body", [b"hello", b"\xff", b"[]", b"null", b'"seed.json"', b"[" * 100_000, b"{"]
)
def test_a_body_that_is_no_json_object_is_refused(
    ask: Callable[..., Answer], command: str, body: bytes
) -> None:
    status, content = ask("POST", command, body)

    assert status == 400
    assert "JSON" in content["message"]


@pytest.mark.parametrize("command", ["", "stat", "state/", "state/calls", "seed.json"])
def test_an_unknown_path_shows_those_that_there_are(
    ask: Callable[..., Answer], command: str
) -> None:
    status, content = ask("GET", command)

    assert status == 404
    assert "GET /_dmsconn/state" in content["message"]


@pytest.mark.parametrize(
    ("method", "command"),
    [("POST", "state"), ("GET", "seed"), ("GET", "reset"), ("DELETE", "state"), ("PUT", "seed")],
)
def test_a_wrong_method_is_refused(
    dmsconn: FakeDms, ask: Callable[..., Answer], method: str, command: str
) -> None:
    dmsconn.add_connection()
    status, content = ask(method, command, {})

    assert status == 405
    assert content["message"]
    assert dmsconn.connections


def test_a_browser_elsewhere_gets_no_leave_to_ask(ask: Callable[..., Answer]) -> None:
    assert ask("OPTIONS", "seed").status == 405
