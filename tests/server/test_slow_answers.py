"""The server answers other clients while it reads and adds a large seed."""

from __future__ import annotations

import itertools
import json
import threading
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from support.control_api import control_api
from support.raw_http import DESCRIBE, call, connect, read_answer

from pytest_dmsconn import mock_dms
from pytest_dmsconn.protocol.aws_json import encode
from pytest_dmsconn.server import http_channel, http_request
from pytest_dmsconn.server.http_server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms
    from pytest_dmsconn.protocol.aws_json import Request, Response

LARGE = 20_000
MANY = 20


def seed_of(count: int) -> dict[str, Any]:
    with mock_dms() as dms:
        dms.add_connections(count)
        return {"Connections": dms.dump()["Connections"]}


def as_request(seed: dict[str, Any], *headers: str) -> bytes:
    body = json.dumps(seed).encode()
    request = call(body, "", *headers, first_line="POST /_dmsconn/seed")
    return request.replace(b"application/x-amz-json-1.1", b"application/json")


@contextmanager
def running(thread: threading.Thread) -> Iterator[None]:
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_other_clients_can_read_the_state_while_a_large_seed_is_added(
    dmsconn_server: DmsServer, ask: Ask
) -> None:
    seed = seed_of(LARGE)
    answered = threading.Event()

    def post() -> None:
        with control_api(dmsconn_server.url) as ask_for_itself:
            assert ask_for_itself("POST", "seed", seed).status == HTTPStatus.OK
        answered.set()

    seen = set()
    with running(threading.Thread(target=post)):
        while not answered.is_set():
            seen.add(ask("GET", "state").content["connections_total"])

    assert seen - {0, LARGE}
    assert ask("GET", "state").content["connections_total"] == LARGE


def test_calls_are_answered_while_a_large_seed_is_added(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    first = dmsconn.add_connection(endpoint_identifier="first")
    seed = as_request({"Connections": seed_of(LARGE + 1)["Connections"][1:]})
    with closing(connect(dmsconn_server.url)) as slow, closing(connect(dmsconn_server.url)) as fast:
        slow.sendall(seed)
        while len(dmsconn.connections) <= 1:
            time.sleep(0)
        fast.sendall(call(json.dumps(first.arns).encode()))
        assert read_answer(fast).status == HTTPStatus.OK
        assert read_answer(slow).status == HTTPStatus.OK

    dmsconn.assert_only_deleted(first)
    assert ": new -> successful" in dmsconn.story().partition("DeleteConnection")[2]


def test_pipelined_requests_are_answered_in_order(dmsconn_server: DmsServer) -> None:
    seed, describe = as_request(seed_of(3)), call(b"{}", DESCRIBE)
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(b"".join([seed, describe, seed, call(b"{}", DESCRIBE, "Connection: close")]))
        with client.makefile("rb") as received:
            answers = received.read().split(b"HTTP/1.1 ")[1:]

    assert [one[:3] for one in answers] == [b"200", b"200", b"400", b"200"]
    assert [one.count(b'"Status": "successful"') for one in answers] == [3, 3, 0, 3]


def test_client_that_asks_to_close_gets_its_answer(dmsconn_server: DmsServer) -> None:
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(as_request(seed_of(3), "Connection: close"))

        assert read_answer(client).status == HTTPStatus.OK
        assert client.recv(1) == b""


def test_client_that_leaves_does_not_stop_its_seed(
    dmsconn: FakeDms, dmsconn_server: DmsServer, ask: Ask
) -> None:
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(as_request(seed_of(LARGE)))
        while not dmsconn.connections:
            time.sleep(0)

    while len(dmsconn.connections) < LARGE:
        time.sleep(0)
    assert ask("GET", "state").status == HTTPStatus.OK


def test_many_seeds_at_a_time_are_all_added(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    statuses = []
    names = itertools.count()

    def post() -> None:
        name = f"of-client-{next(names)}"
        arn = f"arn:aws:dms:us-east-1:123456789012:{{}}:{name.upper()}"
        seed = {
            "Connections": [
                {"EndpointArn": arn.format("endpoint"), "ReplicationInstanceArn": arn.format("rep")}
            ]
        }
        with control_api(dmsconn_server.url) as ask_for_itself:
            statuses.append(ask_for_itself("POST", "seed", seed).status)

    clients = [threading.Thread(target=post) for _ in range(MANY)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert statuses == [HTTPStatus.OK] * MANY
    assert len(dmsconn.connections) == MANY


class SlowApplication:
    """Delays each answer until the test allows it."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()

    def largest_body(self, _path: str) -> int:
        return 100

    def takes_long(self, path: str) -> bool:
        return path == "/slow"

    def answer(self, request: Request) -> Response:
        if self.takes_long(request.url[-5:]):
            self.began.set()
            assert self.may_end.wait(30)
        return encode({"url": request.url}, HTTPStatus.OK)


@contextmanager
def serving(
    application: SlowApplication, seconds_to_arrive: float = 10
) -> Iterator[LoopbackServer]:
    server = LoopbackServer(application, seconds_to_arrive=seconds_to_arrive)
    server.start()
    try:
        yield server
    finally:
        application.may_end.set()
        server.stop()


def test_no_deadline_applies_while_an_answer_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_channel, "SECONDS_KEPT_ALIVE", 0.05)
    application = SlowApplication()
    with serving(application) as server, closing(connect(server.url)) as slow:
        slow.sendall(call(b"", first_line="POST /slow"))
        assert application.began.wait(30)
        for _ in range(3):  # each longer than the server's pause between its checks
            with closing(connect(server.url)) as fast:
                time.sleep(0.15)
                assert fast.recv(1) == b""  # its deadline has passed
        application.may_end.set()

        assert read_answer(slow).status == HTTPStatus.OK


def test_connection_stays_open_after_a_seed(
    dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_channel, "SECONDS_TO_SEND", 0.1)
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(as_request(seed_of(3)))
        assert read_answer(client).status == HTTPStatus.OK
        time.sleep(0.4)
        client.sendall(call(b"{}", DESCRIBE))

        assert read_answer(client).status == HTTPStatus.OK


def test_request_behind_a_slow_one_has_its_time_to_arrive() -> None:
    application = SlowApplication()
    second = call(b"{}", "", "Connection: close")
    with (
        serving(application, seconds_to_arrive=0.3) as server,
        closing(connect(server.url)) as client,
    ):
        client.sendall(call(b"", first_line="POST /slow") + second[:-5])
        assert application.began.wait(30)
        time.sleep(0.6)
        application.may_end.set()
        client.sendall(second[-5:])
        with client.makefile("rb") as received:
            answers = received.read().split(b"HTTP/1.1 ")[1:]

    assert [one[:3] for one in answers] == [b"200", b"200"]


@pytest.mark.parametrize("path", ["/slow", "/fast"])
def test_connection_is_closed_after_an_error_in_the_server(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(http_channel, "SECONDS_TO_LINGER", 0.1)
    monkeypatch.setattr(http_request.AnswerTask, "_head", fail)
    application = SlowApplication()
    application.may_end.set()
    with serving(application) as server, closing(connect(server.url)) as client:
        client.sendall(call(b"", first_line=f"POST {path}"))
        assert client.recv(1) == b""

    assert "ZeroDivisionError" in caplog.text


def test_stopping_waits_for_an_answer_that_takes_long() -> None:
    application = SlowApplication()
    server = LoopbackServer(application)
    server.start()
    with closing(connect(server.url)) as slow:
        slow.sendall(call(b"", first_line="POST /slow"))
        assert application.began.wait(30)
        stopping = threading.Thread(target=server.stop)
        with running(stopping):
            assert slow.recv(1) == b""
            assert stopping.is_alive()
            application.may_end.set()

    assert not any(thread.is_alive() for thread in server._threads)
