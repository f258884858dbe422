"""`dmsconn_server` in a session of pytest, and which fake it answers for."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from socket import create_connection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from support.raw_http import DESCRIBE, call, connect

from pytest_dmsconn import mock_dms
from pytest_dmsconn.server.dms_server import start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, FakeDms


@pytest.fixture
def client(dmsconn_server: DmsServer) -> Iterator[Any]:
    """A client of this process that goes through the server."""
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        yield client


def address_of(url: str) -> tuple[str, int]:
    host, _, port = urlsplit(url).netloc.partition(":")
    return host, int(port)


def post(server: DmsServer, operation: str, connection: HTTPConnection | None = None) -> int:
    """Call an operation without parameters by hand; return the HTTP status."""
    address = urlsplit(server.url).netloc
    used = connection or HTTPConnection(address)
    headers = {"X-Amz-Target": f"AmazonDMSv20160101.{operation}"}
    used.request("POST", "/", b"{}", headers)
    with used.getresponse() as response:
        response.read()
        status = response.status
    if connection is None:
        used.close()
    return status


# Many clients


def test_a_connection_is_kept_open_between_calls(dmsconn_server: DmsServer) -> None:
    with closing(HTTPConnection(urlsplit(dmsconn_server.url).netloc)) as connection:
        assert post(dmsconn_server, "DescribeConnections", connection) == 200
        kept = connection.sock
        assert post(dmsconn_server, "DescribeConnections", connection) == 200

        assert connection.sock is kept


def test_many_clients_at_once_each_delete_their_own(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    connections = dmsconn.add_connections(40)
    clients = [boto3.client("dms", **dmsconn_server.client_kwargs) for _ in range(8)]

    def delete(index: int) -> None:
        clients[index % 8].delete_connection(**connections[index].arns)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(delete, range(40)))
    for client in clients:
        client.close()

    dmsconn.assert_only_deleted(*connections)


def test_clients_that_send_nothing_do_not_delay_others(dmsconn_server: DmsServer) -> None:
    with ExitStack() as connected:
        for _ in range(50):
            connected.enter_context(closing(create_connection(address_of(dmsconn_server.url))))

        assert post(dmsconn_server, "DescribeConnections") == 200


def test_clients_between_two_calls_do_not_delay_others(dmsconn_server: DmsServer) -> None:
    with ExitStack() as connected:
        for _ in range(50):
            client = HTTPConnection(urlsplit(dmsconn_server.url).netloc, timeout=20)
            connected.enter_context(closing(client))
            assert post(dmsconn_server, "DescribeConnections", client) == 200


def test_requests_that_are_sent_at_once_are_answered_one_after_the_other(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    gone = dmsconn.add_connection()
    delete = call(json.dumps(gone.arns).encode())
    with closing(connect(dmsconn_server.url)) as connection:
        connection.sendall(
            call(b"{}", DESCRIBE) + delete + call(b"{}", DESCRIBE, "Connection: close")
        )
        answered = b"".join(iter(lambda: connection.recv(1 << 16), b""))

    assert answered.count(b"HTTP/1.1 200 OK") == 3
    assert [call.operation for call in dmsconn.calls] == [
        "DescribeConnections",
        "DeleteConnection",
        "DescribeConnections",
    ]


# For which fake


def test_the_newest_active_fake_answers(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.add_connection()
    with mock_dms() as inner:
        inner.add_connections(2)
        assert len(client.describe_connections()["Connections"]) == 2
    assert len(client.describe_connections()["Connections"]) == 1


def test_after_a_reset_the_server_answers_from_the_empty_fake(
    dmsconn: FakeDms, client: Any
) -> None:
    dmsconn.add_connection()
    client.describe_connections()
    dmsconn.reset()

    assert client.describe_connections()["Connections"] == []
    assert len(dmsconn.calls) == 1


def test_while_no_fake_is_active_the_service_is_unavailable() -> None:
    server = start_server()
    try:
        with closing(HTTPConnection(urlsplit(server.url).netloc)) as connection:
            for method, path in (("POST", "/"), ("GET", "/_dmsconn/state")):
                connection.request(method, path)
                with connection.getresponse() as response:
                    assert response.status == 503
                    assert "No fake of DMS is active" in json.load(response)["message"]
    finally:
        server.stop()


def test_a_server_that_was_stopped_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    server = start_server()
    assert set(threading.enumerate()) - before
    server.stop()

    assert not set(threading.enumerate()) - before


def test_a_server_stops_though_a_client_never_pauses() -> None:
    before = set(threading.enumerate())
    server = start_server()
    answered = threading.Event()

    def ask() -> None:
        with closing(HTTPConnection(urlsplit(server.url).netloc)) as connection:
            try:
                while True:
                    connection.request("GET", "/")
                    connection.getresponse().read()
                    answered.set()
            except (OSError, HTTPException):
                pass  # it has stopped

    client = threading.Thread(target=ask)
    client.start()
    assert answered.wait(10)
    server.stop()
    client.join(10)

    assert not set(threading.enumerate()) - before


# In pytest


def test_it_is_started_once_in_a_session(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import socket
        import pytest
        from pathlib import Path

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(dmsconn_server, number):
            with Path("urls").open("a") as urls:
                urls.write(dmsconn_server.url + "\\n")
        """
    )
    suite.runpytest().assert_outcomes(passed=2)

    first, second = (suite.path / "urls").read_text().split()
    assert first == second
    with pytest.raises(ConnectionRefusedError):
        create_connection(address_of(first))


@pytest.mark.slow
def test_parallel_workers_have_one_each(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import boto3
        from contextlib import closing
        from pathlib import Path

        def test_it(dmsconn, dmsconn_server, worker_id):
            with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
                client.describe_connections()
            assert len(dmsconn.calls) == 1
            Path(worker_id).write_text(dmsconn_server.url)
        """
    )
    result = suite.runpytest("-n", "2", "--dist", "each", "-p", "xdist")

    result.assert_outcomes(passed=2)
    urls = {(suite.path / worker).read_text() for worker in ("gw0", "gw1")}
    assert len(urls) == 2


@pytest.mark.slow
def test_without_the_extra_it_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['waitress'] = None")
    pytester.makepyfile("def test_it(dmsconn_server): pass")
    result = pytester.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*UsageError: The server needs waitress: pip install 'pytest-dmsconn?server?'"]
    )
