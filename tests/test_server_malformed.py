"""Whatever arrives at the server is answered with a well-formed error of AWS."""

from __future__ import annotations

import json
import socket
import uuid
from contextlib import closing
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from pytest_dmsconn.http_server import LoopbackServer
from pytest_dmsconn.transports import server as application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, FakeDms

DELETE = "AmazonDMSv20160101.DeleteConnection"
DESCRIBE = "AmazonDMSv20160101.DescribeConnections"
MEBIBYTE = 1 << 20


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The body, after a look at what every error of AWS has."""
        content: dict[str, Any] = json.loads(self.body)
        assert self.headers["content-type"] == "application/x-amz-json-1.1"
        assert uuid.UUID(self.headers["x-amzn-requestid"])
        assert set(content) == {"__type", "message"}
        assert content["message"]
        assert 400 <= self.status != 500
        return content


def connect(url: str) -> socket.socket:
    host, _, port = urlsplit(url).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def read_answer(connection: socket.socket, method: str = "POST") -> Answer:
    response = HTTPResponse(connection, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, headers, response.read())
    response.close()
    return answer


@pytest.fixture
def connection(dmsconn_server: DmsServer) -> Iterator[socket.socket]:
    """A connection to the server, with nothing sent."""
    address = urlsplit(dmsconn_server.url)
    with closing(
        socket.create_connection((address.hostname, int(address.port or 0)), timeout=30)
    ) as opened:
        yield opened


def call(body: bytes, target: str = DELETE, *headers: str, first_line: str = "POST /") -> bytes:
    """A whole request."""
    lines = [
        f"{first_line} HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Amz-Target: {target}",
        "Content-Type: application/x-amz-json-1.1",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*chunks: bytes) -> bytes:
    """A whole request whose length is not known beforehand."""
    head = (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
        b"X-Amz-Target: " + DESCRIBE.encode() + b"\r\n\r\n"
    )
    pieces = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return b"".join([head, *pieces, b"0\r\n\r\n"])


def assert_still_answers(connection: socket.socket) -> None:
    connection.sendall(call(b"{}", DESCRIBE))
    assert read_answer(connection).status == 200


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
def test_a_body_that_is_no_json_object(connection: socket.socket, body: bytes) -> None:
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
def test_a_parameter_that_is_missing_or_mistyped(
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
def test_filters_of_the_wrong_shape(connection: socket.socket, filters: object) -> None:
    connection.sendall(call(json.dumps({"Filters": filters}).encode(), DESCRIBE))

    assert read_answer(connection).error["__type"] == "InvalidParameterValueException"


@pytest.mark.parametrize("depth", [50, 300, 900, 3_000])
def test_deep_nesting(connection: socket.socket, dmsconn: FakeDms, depth: int) -> None:
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
def test_an_unknown_target(connection: socket.socket, target: str, dmsconn: FakeDms) -> None:
    connection.sendall(call(b"{}").replace(DELETE.encode(), target.encode("latin-1")))
    answer = read_answer(connection)

    assert answer.status == 400
    assert answer.error["__type"] == "UnknownOperationException"
    assert not dmsconn.backend.blocked


def test_a_missing_target(connection: socket.socket) -> None:
    connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")

    assert read_answer(connection).error["__type"] == "UnknownOperationException"


@pytest.mark.parametrize(
    "first_line",
    ["GET /", "PUT /", "DELETE /", "PATCH /", "OPTIONS /", "FROB /", "POST /elsewhere", "POST //"],
)
def test_a_wrong_method_or_path(connection: socket.socket, first_line: str) -> None:
    connection.sendall(call(b"{}", first_line=first_line))

    assert read_answer(connection).error["__type"] == "UnknownOperationException"
    assert_still_answers(connection)


def test_a_head_request_gets_no_body(connection: socket.socket) -> None:
    connection.sendall(call(b"", first_line="HEAD /"))

    assert read_answer(connection, "HEAD").status == 400
    assert_still_answers(connection)


# Too much


def test_a_body_of_a_mebibyte_is_read(connection: socket.socket) -> None:
    body = b'{"Marker": ""'.ljust(MEBIBYTE - 1) + b"}"
    connection.sendall(call(body, DESCRIBE))

    assert read_answer(connection).status == 200


@pytest.mark.parametrize("size", [MEBIBYTE + 1, 10 * MEBIBYTE, 100 * MEBIBYTE])
def test_a_body_of_more_than_a_mebibyte_is_refused(connection: socket.socket, size: int) -> None:
    head, _, _ = call(b"").partition(b"Content-Length: 0\r\n")
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % size)
    answer = read_answer(connection)

    assert answer.status == 413
    assert answer.error["__type"] == "RequestEntityTooLargeException"
    assert answer.headers["connection"] == "close"


def test_who_sends_too_large_a_body_to_its_end_sees_the_refusal(connection: socket.socket) -> None:
    connection.sendall(call(b" " * (10 * MEBIBYTE)))

    assert read_answer(connection).status == 413


def test_too_large_a_body_of_unknown_length_is_refused(connection: socket.socket) -> None:
    connection.sendall(chunked(*[b" " * 65_536] * 17))
    answer = read_answer(connection)

    assert answer.status == 413
    assert answer.error["__type"] == "RequestEntityTooLargeException"


def test_a_chunk_that_claims_to_be_huge_is_refused(connection: socket.socket) -> None:
    connection.sendall(chunked().replace(b"0\r\n\r\n", b"fffffffffff\r\n"))

    assert read_answer(connection).status == 413


def test_a_body_in_chunks_is_read(connection: socket.socket) -> None:
    connection.sendall(chunked(b'{"MaxRec', b'ords": 20}'))
    assert read_answer(connection).status == 200
    assert_still_answers(connection)


def test_what_trails_the_chunks_is_not_taken_for_a_request(connection: socket.socket) -> None:
    trailer = b"0\r\nX-Checksum: abc\r\n\r\n"
    connection.sendall(chunked(b"{}").replace(b"0\r\n\r\n", trailer))
    assert read_answer(connection).status == 200
    assert_still_answers(connection)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Many: a\r\n" * 10_000 + b"\r\n",
    ],
    ids=["address", "header", "headers"],
)
def test_too_large_a_head(connection: socket.socket, head: bytes) -> None:
    connection.sendall(head)

    assert read_answer(connection).error["__type"] == "RequestEntityTooLargeException"


# No HTTP, or half of it


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n",
        b"\xff\xff\xff\xff\r\n",
        b"POST /\r\n\r\n",
        b"post / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / HTTP/x.y\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / SMTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST //[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / HTTP/1.1\nHost: 127.0.0.1\n\n",
        b"POST / HTTP/1.1\r\nno header\r\n\r\n",
        b"POST / HTTP/1.1\r\n continued: nothing\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}}\r\n",
    ],
    ids=lambda request_bytes: ascii(request_bytes[:60]),
)
def test_what_is_no_http(connection: socket.socket, request_bytes: bytes) -> None:
    connection.sendall(request_bytes)

    assert read_answer(connection).error["__type"] == "SerializationException"


@pytest.mark.parametrize(
    "cut", [5, 30, 120, -1], ids=["first line", "headers", "last header", "body"]
)
def test_half_a_request_and_then_no_more(connection: socket.socket, cut: int) -> None:
    connection.sendall(call(b'{"EndpointArn": "a"}')[:cut])
    connection.shutdown(socket.SHUT_WR)

    assert read_answer(connection).error["__type"] == "SerializationException"


@pytest.mark.parametrize(
    "half",
    [
        call(b"")[:20],
        call(b'{"EndpointArn": "a"}')[:-1],
        chunked(b"{}")[:-9],
    ],
    ids=["head", "body", "chunk"],
)
@pytest.mark.usefixtures("dmsconn")
def test_half_a_request_and_then_silence(half: bytes) -> None:
    server = LoopbackServer(application, seconds_to_arrive=0.01)
    server.start()
    address = urlsplit(server.url)
    with closing(
        socket.create_connection((address.hostname, int(address.port or 0)), timeout=30)
    ) as opened:
        opened.sendall(half)
        answer = read_answer(opened)
    server.stop()

    assert answer.status == 408
    assert answer.error["__type"] == "RequestTimeoutException"


@pytest.mark.parametrize("sent", [b"", b"POST", call(b"{}")[:-1], call(b"{}", DESCRIBE)])
@pytest.mark.usefixtures("dmsconn")
def test_a_client_that_hangs_up_does_no_harm(sent: bytes) -> None:
    server = LoopbackServer(application)
    server.start()
    for _ in range(40):
        hasty = connect(server.url)
        # Without a wait for what was sent: the other side finds the connection reset.
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        hasty.sendall(sent)
        hasty.close()
    with closing(connect(server.url)) as patient:
        assert_still_answers(patient)
    server.stop()


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
