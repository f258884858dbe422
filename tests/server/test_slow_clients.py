"""Slow clients do not delay other clients, and a stopped server keeps no resources."""

from __future__ import annotations

import gc
import logging
import resource
import socket
import threading
import time
import weakref
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING

import pytest
from support.raw_http import DESCRIBE, assert_still_answers, call, chunked, connect, read_answer

from pytest_dmsconn.server import application, http_channel
from pytest_dmsconn.server.http_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, FakeDms

MANY = 64


@pytest.mark.parametrize(
    "begun",
    [
        b"P",
        call(b"{}")[:40],
        call(b'{"EndpointArn": "a"}')[:-5],
        chunked(b"{}")[:-9],
        call(b"")[:-4].replace(b"Length: 0", b"Length: 9999999") + b"\r\n\r\n{",
        b"no HTTP\r\n",
    ],
    ids=["first byte", "head", "body", "chunk", "too large", "malformed"],
)
def test_many_slow_clients_do_not_delay_others(dmsconn_server: DmsServer, begun: bytes) -> None:
    with ExitStack() as opened:
        slow = [opened.enter_context(closing(connect(dmsconn_server.url))) for _ in range(MANY)]
        for client in slow:
            client.sendall(begun)
        before = threading.active_count()
        for _ in range(3):
            other = opened.enter_context(closing(connect(dmsconn_server.url)))
            other.settimeout(5)
            assert_still_answers(other)

        assert threading.active_count() <= before


@pytest.fixture
def server_with_a_short_deadline() -> Iterator[LoopbackServer]:
    """A server whose requests must arrive within 0.3 seconds."""
    server = LoopbackServer(application, seconds_to_arrive=0.3)
    server.start()
    yield server
    server.stop()


@pytest.mark.usefixtures("dmsconn")
@pytest.mark.parametrize("whole", [call(b" " * 10_000), chunked(b" " * 10_000)])
def test_a_request_has_a_deadline_as_a_whole(
    server_with_a_short_deadline: LoopbackServer, whole: bytes
) -> None:
    with closing(connect(server_with_a_short_deadline.url)) as client:
        for index in range(200):
            try:
                client.sendall(whole[index : index + 1])
            except OSError:
                break
            client.settimeout(0.02)
            try:
                if client.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                continue
        client.settimeout(10)
        answer = read_answer(client)

    assert answer.status == 408
    assert answer.error["__type"] == "RequestTimeoutException"


def test_a_client_that_expects_100_continue_gets_it(dmsconn_server: DmsServer) -> None:
    whole = call(b"{}", DESCRIBE, "Expect: 100-continue")
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(whole[:-2])
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        assert read_answer(client).status == 200
        assert_still_answers(client)


@pytest.mark.parametrize(
    ("length", "status"), [(b"0", 400), (b"9999999", 413)], ids=["no body", "too large"]
)
def test_no_100_continue_precedes_an_answer_that_needs_no_body(
    dmsconn_server: DmsServer, length: bytes, status: int
) -> None:
    head = call(b"", DESCRIBE, "Expect: 100-continue").replace(b"Length: 0", b"Length: " + length)
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(head)
        assert read_answer(client).status == status


@pytest.mark.slow
def test_clients_that_do_not_read_their_answers_do_not_delay_others(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_channel, "SECONDS_TO_SEND", 0.3)
    dmsconn.add_connections(100)
    with ExitStack() as opened:
        slow = [opened.enter_context(closing(connect(dmsconn_server.url))) for _ in range(4)]
        for client in slow:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(0)
            with suppress(BlockingIOError):
                client.sendall(call(b"{}", DESCRIBE) * 2_000)
        other = opened.enter_context(closing(connect(dmsconn_server.url)))
        assert_still_answers(other)
        time.sleep(1)
        for client in slow:
            client.settimeout(10)
            with suppress(ConnectionError):
                while client.recv(1 << 20):
                    pass
        assert_still_answers(other)


def test_a_client_that_sends_many_calls_at_once_does_not_delay_others(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    with closing(connect(dmsconn_server.url)) as many, closing(connect(dmsconn_server.url)) as one:
        with dmsconn.service.registry.lock:  # so that both arrive before the first answer
            many.sendall(call(b"{}", DESCRIBE) * 200)
            time.sleep(0.2)
            one.sendall(call(b"{}", DESCRIBE.replace("Connections", "Endpoints")))
        assert read_answer(one).status == 200
        answers = b""
        while answers.count(b"HTTP/1.1 200 OK") < 200:
            answers += many.recv(1 << 20)
    operations = [one.operation for one in dmsconn.calls]
    assert operations.index("DescribeEndpoints") < 10


@pytest.mark.usefixtures("dmsconn")
def test_a_stopped_server_is_no_longer_referenced() -> None:
    server = LoopbackServer(application)
    server.start()
    with closing(connect(server.url)) as client:
        assert_still_answers(client)
    inner = weakref.ref(server._server)
    server.stop()
    del server
    gc.collect()

    assert inner() is None


@pytest.mark.usefixtures("dmsconn")
def test_clients_wait_while_no_file_descriptor_is_free(caplog: pytest.LogCaptureFixture) -> None:
    server = LoopbackServer(application)
    server.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    clients = [socket.socket() for _ in range(8)]
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    try:
        used = max(client.fileno() for client in clients)
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + 3, hard))
        for client in clients:
            client.settimeout(10)
            client.connect(address)
        spent = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - spent < 0.3
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for client in clients:
        assert_still_answers(client)
        client.close()
    server.stop()

    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) <= 1
    assert not any(record.exc_info for record in warnings)
