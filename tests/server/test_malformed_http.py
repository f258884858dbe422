"""The server answers every malformed call with a well-formed error of AWS."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.raw_http import DELETE, DESCRIBE, assert_still_answers, call, connect, read_answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, FakeDms


@pytest.fixture
def connection(dmsconn_server: DmsServer) -> Iterator[socket.socket]:
    """A connection to the server, with nothing sent."""
    with closing(connect(dmsconn_server.url)) as opened:
        yield opened


# What is in a call


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"{",
        b"{'EndpointArn': 1}",
        b'{"EndpointArn": NaN}',
        b"\xff\xfe",
        b'{"EndpointArn": "\xe4"}',
        b"\xef\xbb\xbf{}",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b"<xml/>",
    ],
    ids=lambda body: ascii(body[:12]),
)
def test_a_body_that_is_not_a_json_object_gets_an_error(
    connection: socket.socket, body: bytes
) -> None:
    connection.sendall(call(body))
    answer = read_answer(connection)

    assert answer.status == 400
    assert answer.error["__type"] == "SerializationException"
    assert_still_answers(connection)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "EndpointArn"),
        ({"EndpointArn": "a"}, "ReplicationInstanceArn"),
        ({"EndpointArn": None, "ReplicationInstanceArn": "b"}, "EndpointArn"),
        ({"EndpointArn": 7, "ReplicationInstanceArn": "b"}, "EndpointArn"),
        ({"EndpointArn": "a", "ReplicationInstanceArn": ["b"]}, "ReplicationInstanceArn"),
        ({"EndpointArn": {"a": {}}, "ReplicationInstanceArn": "b"}, "EndpointArn"),
        ({"EndpointArn": "not an ARN", "ReplicationInstanceArn": "b"}, "EndpointArn"),
    ],
    ids=str,
)
def test_a_parameter_that_is_missing_or_of_the_wrong_type_is_named(
    connection: socket.socket, body: dict[str, Any], named: str
) -> None:
    connection.sendall(call(json.dumps(body).encode()))
    answer = read_answer(connection)

    assert answer.status == 400
    assert answer.error["__type"] == "InvalidParameterValueException"
    assert named in answer.error["message"]


@pytest.mark.parametrize(
    "filters",
    ["text", {}, ["text"], [None], [[]], [{"Name": 1}], [{"Name": "endpoint-arn", "Values": "x"}]],
    ids=str,
)
def test_filters_of_the_wrong_shape_are_refused(connection: socket.socket, filters: object) -> None:
    connection.sendall(call(json.dumps({"Filters": filters}).encode(), DESCRIBE))

    assert read_answer(connection).error["__type"] == "InvalidParameterValueException"


@pytest.mark.parametrize("depth", [50, 300, 900, 3_000])
def test_deep_nesting_does_not_break_the_server(
    connection: socket.socket, dmsconn: FakeDms, depth: int
) -> None:
    nested = "[" * depth + "]" * depth
    for body in (f'{{"Filters": {nested}}}', f'{{"Unknown": {nested}}}'):
        connection.sendall(call(body.encode(), DESCRIBE))
        answer = read_answer(connection)
        assert answer.status == 200 or answer.error
    connection.sendall(b"GET /_dmsconn/state HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert read_answer(connection).status == 200
    assert dmsconn.story()


@pytest.mark.parametrize(
    "target",
    [
        "",
        "DeleteConnection",
        "AmazonDMSv20160101",
        "AmazonDMSv20160101.",
        "AmazonDMSv20160101.deleteconnection",
        "AmazonDMSv20160101.DropEverything",
        "AmazonDMSv20990101.DeleteConnection",
        "DynamoDB_20120810.ListTables",
        "\xe4\xff",
    ],
)
def test_an_unknown_target_is_refused(
    connection: socket.socket, target: str, dmsconn: FakeDms
) -> None:
    connection.sendall(call(b"{}").replace(DELETE.encode(), target.encode("latin-1")))
    answer = read_answer(connection)

    assert answer.status == 400
    assert answer.error["__type"] == "UnknownOperationException"
    assert not dmsconn.service.blocked


def test_a_missing_target_is_refused(connection: socket.socket) -> None:
    connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")

    assert read_answer(connection).error["__type"] == "UnknownOperationException"


@pytest.mark.parametrize(
    "first_line",
    [
        "GET /",
        "PUT /",
        "DELETE /",
        "PATCH /",
        "OPTIONS /",
        "FROB /",
        "POST /elsewhere",
        "POST //",
        "POST //[",
    ],
)
def test_a_wrong_method_or_path_is_refused(connection: socket.socket, first_line: str) -> None:
    connection.sendall(call(b"{}", first_line=first_line))

    assert read_answer(connection).error["__type"] == "UnknownOperationException"
    assert_still_answers(connection)


def test_a_head_request_gets_no_body(connection: socket.socket) -> None:
    connection.sendall(call(b"", first_line="HEAD /"))

    assert read_answer(connection, "HEAD").status == 400
    assert_still_answers(connection)


# From elsewhere


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "example.com:80",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "127.0.0.1@example.com",
        "example.com@127.0.0.1",
        "192.168.0.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "dms.us-east-1.amazonaws.com",
        "[::1",
        "",
    ],
)
def test_a_foreign_host_is_refused(connection: socket.socket, host: str, dmsconn: FakeDms) -> None:
    request = call(b"{}", DESCRIBE).replace(b"Host: 127.0.0.1", f"Host: {host}".encode())
    connection.sendall(request)
    answer = read_answer(connection)

    assert answer.status == 403
    assert answer.error["__type"] == "AccessDeniedException"
    assert not dmsconn.calls


def test_a_missing_host_is_refused(connection: socket.socket) -> None:
    connection.sendall(call(b"{}", DESCRIBE).replace(b"Host: 127.0.0.1\r\n", b""))

    assert read_answer(connection).status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:1234", "[::1]:80"])
def test_loopback_has_many_names(connection: socket.socket, host: str) -> None:
    request = call(b"{}", DESCRIBE).replace(b"Host: 127.0.0.1", f"Host: {host}".encode())
    connection.sendall(request)

    assert read_answer(connection).status == 200
