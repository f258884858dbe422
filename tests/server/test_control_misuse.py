"""Requests that `/_dmsconn/` refuses, and the errors that it sends."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support.control_api import ENDPOINT_ARN, INSTANCE_ARN, JSON

if TYPE_CHECKING:
    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms


# Impossible values


def test_a_bad_seed_changes_nothing_and_says_which_entry_is_bad(dmsconn: FakeDms, ask: Ask) -> None:
    good = {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}
    bad = {"EndpointArn": "orders", "ReplicationInstanceArn": INSTANCE_ARN}
    status, content = ask("POST", "seed", {"Connections": [good, bad]})

    assert status == 400
    assert "Connections[1]" in content["message"]
    assert dmsconn.connections == ()


def test_a_seed_that_nests_too_deeply_is_refused(ask: Ask) -> None:
    nested = b'{"Endpoints": [{"EndpointArn": "%b", "MySQLSettings": ' % ENDPOINT_ARN.encode()
    body = nested + b"[" * 900 + b"]" * 900 + b"}]}"

    assert ask("POST", "seed", body).status == 400


@pytest.mark.parametrize("failure", ["connect-timeout", "read-timeout", "endpoint-unreachable"])
def test_a_failure_that_a_server_cannot_cause_cannot_be_armed(ask: Ask, failure: str) -> None:
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
def test_an_invalid_fault_is_refused(ask: Ask, fault: dict[str, Any], named: str) -> None:
    status, content = ask("POST", "faults", fault)

    assert status == 400
    assert named in content["message"]


@pytest.mark.parametrize(
    "body",
    [{}, {"seconds": -1}, {"seconds": "1"}, {"seconds": None}, {"seconds": True}, {"minutes": 1}],
    ids=str,
)
def test_time_does_not_advance_by_an_invalid_value(
    dmsconn: FakeDms, ask: Ask, body: dict[str, Any]
) -> None:
    status, content = ask("POST", "advance", body)

    assert status == 400
    assert content["message"]
    assert dmsconn.now == 0


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000])
def test_time_does_not_advance_by_a_number_that_is_not_finite(
    dmsconn: FakeDms, ask: Ask, number: bytes
) -> None:
    assert ask("POST", "advance", b'{"seconds": %b}' % number).status == 400
    assert dmsconn.now == 0


# Requests that are not allowed


@pytest.mark.parametrize("command", ["seed", "faults", "advance", "reset"])
@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"],
)
def test_a_post_of_another_content_type_is_refused(
    dmsconn: FakeDms, ask: Ask, command: str, content_type: str | None
) -> None:
    dmsconn.add_connection()
    status, content = ask("POST", command, {}, content_type)

    assert status == 400
    assert JSON in content["message"]
    assert dmsconn.connections


def test_the_content_type_may_name_its_charset(ask: Ask) -> None:
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
def test_a_body_that_is_no_json_object_is_refused(ask: Ask, command: str, body: bytes) -> None:
    status, content = ask("POST", command, body)

    assert status == 400
    assert "JSON" in content["message"]


@pytest.mark.parametrize("command", ["stat", "state/", "state/calls", "seed.json"])
def test_the_error_for_an_unknown_path_lists_the_paths(ask: Ask, command: str) -> None:
    status, content = ask("GET", command)

    assert status == 404
    assert "GET /_dmsconn/state" in content["message"]


@pytest.mark.parametrize(
    ("method", "command"),
    [("POST", "state"), ("GET", "seed"), ("GET", "reset"), ("DELETE", "state"), ("PUT", "seed")],
)
def test_a_wrong_method_is_refused(dmsconn: FakeDms, ask: Ask, method: str, command: str) -> None:
    dmsconn.add_connection()
    status, content = ask(method, command, {})

    assert status == 405
    assert content["message"]
    assert dmsconn.connections


def test_a_cors_preflight_request_is_refused(ask: Ask) -> None:
    assert ask("OPTIONS", "seed").status == 405


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("times", "2", "times must be a whole number or null, not '2'."),
        ("times", True, "times must be a whole number or null, not True."),
        ("applied", "yes", "applied must be true or false, not 'yes'."),
        ("message", 5, "message must be a string or null, not 5."),
        ("connection", {"a": 1}, "connection must be an array or null, not {'a': 1}."),
    ],
)
def test_a_member_of_the_wrong_type_names_the_right_one(
    dmsconn: FakeDms, ask: Ask, member: str, value: object, message: str
) -> None:
    fault = {"operation": "DeleteConnection", "error": "ThrottlingException", member: value}

    assert ask("POST", "faults", fault) == (400, {"message": message})
    assert not dmsconn.calls
