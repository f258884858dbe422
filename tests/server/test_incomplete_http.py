"""Requests that are too large, incomplete or not HTTP get an error of AWS."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.raw_http import DESCRIBE, assert_still_answers, call, chunked, connect, read_answer

from pytest_dmsconn.server import application
from pytest_dmsconn.server.http_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer

MEBIBYTE = 1 << 20


@pytest.fixture
def connection(dmsconn_server: DmsServer) -> Iterator[socket.socket]:
    """A connection to the server, with nothing sent."""
    with closing(connect(dmsconn_server.url)) as opened:
        yield opened


# Too large


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


def test_a_client_that_sends_all_of_a_too_large_body_gets_the_refusal(
    connection: socket.socket,
) -> None:
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


def test_a_trailer_after_the_chunks_is_not_read_as_a_request(connection: socket.socket) -> None:
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
def test_a_too_large_head_is_refused(connection: socket.socket, head: bytes) -> None:
    connection.sendall(head)

    assert read_answer(connection).error["__type"] == "RequestEntityTooLargeException"


# Not HTTP, or incomplete


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
        b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST / HTTP/1.1\nHost: 127.0.0.1\n\n",
        b"POST / HTTP/1.1\r\nno header\r\n\r\n",
        b"POST / HTTP/1.1\r\n continued: nothing\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}}\r\n",
    ],
    ids=lambda request_bytes: ascii(request_bytes[:60]),
)
def test_bytes_that_are_not_http_get_an_error(
    connection: socket.socket, request_bytes: bytes
) -> None:
    connection.sendall(request_bytes)

    assert read_answer(connection).error["__type"] == "SerializationException"


@pytest.mark.parametrize(
    "cut", [5, 30, 120, -1], ids=["first line", "headers", "last header", "body"]
)
def test_a_request_that_ends_early_gets_an_error(connection: socket.socket, cut: int) -> None:
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
def test_an_incomplete_request_gets_an_error_at_its_deadline(half: bytes) -> None:
    server = LoopbackServer(application, seconds_to_arrive=0.01)
    server.start()
    with closing(connect(server.url)) as opened:
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
