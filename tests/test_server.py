"""`dmsconn_server`: the same fake over real HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from socket import create_connection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from pytest_dmsconn import DmsServer, FakeDms, mock_dms
from pytest_dmsconn.serving import start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

DELETE_FAILED = """
import boto3
client = boto3.client("dms")
for connection in client.describe_connections()["Connections"]:
    if connection["Status"] == "failed":
        client.delete_connection(
            EndpointArn=connection["EndpointArn"],
            ReplicationInstanceArn=connection["ReplicationInstanceArn"],
        )
"""
"""A program of its own, which knows nothing of the fake."""


@pytest.fixture
def client(dmsconn_server: DmsServer) -> Iterator[Any]:
    """A client of this process that goes through the server."""
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        yield client


def run_program(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", DELETE_FAILED]
    subprocess.run(command, env=environment, check=True)


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


# From another process


def test_a_program_in_another_process_deletes_what_the_test_has_seeded(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")
    dmsconn.add_connection()

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)
    assert {call.transport for call in dmsconn.calls} == {"server"}


@pytest.mark.dmsconn(region="eu-central-1")
def test_another_process_finds_the_region_in_its_environment(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)
    assert dmsconn.calls[0].region == "eu-central-1"


def test_the_environment_may_be_laid_over_that_of_this_process(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")

    run_program({**os.environ, **dmsconn_server.env})

    dmsconn.assert_only_deleted(stale)


def test_a_proxy_is_not_asked_for_loopback(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = dmsconn.add_connection(status="failed")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)


def test_a_client_of_this_process_does_not_ask_a_proxy_either(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert client.describe_connections()["Connections"] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("internal.example, 127.0.0.1", "internal.example,127.0.0.1,localhost"),
        ("*", "*"),
    ],
)
def test_what_is_kept_from_a_proxy_already_is_kept_from_it_still(
    dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    monkeypatch.setenv("no_proxy", before)

    assert dmsconn_server.env["NO_PROXY"] == after
    assert dmsconn_server.env["no_proxy"] == after


def test_what_the_test_sets_in_its_own_environment_holds_for_the_child_as_well(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dmsconn.add_connection(account_id="210987654321", status="failed")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210987654321")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(elsewhere)


# From this process


def test_a_client_of_this_process_goes_through_it_and_its_calls_say_so(
    dmsconn: FakeDms, client: Any
) -> None:
    connection = dmsconn.add_connection()

    answer = client.delete_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "deleting"
    assert [call.transport for call in dmsconn.calls] == ["server"]


def test_it_is_reached_under_the_name_localhost_too(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    url = dmsconn_server.url.replace("127.0.0.1", "localhost")
    with closing(boto3.client("dms", endpoint_url=url)) as client:
        client.describe_connections()

    assert [call.transport for call in dmsconn.calls] == ["server"]


def test_aiobotocore_goes_through_it_too(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()
    connection = dmsconn.add_connection()

    async def delete() -> None:
        async with session.create_client("dms", **dmsconn_server.client_kwargs) as client:
            await client.delete_connection(**connection.arns)

    asyncio.run(delete())

    dmsconn.assert_only_deleted(connection)
    assert dmsconn.calls[0].transport == "server"


def test_requests_goes_through_it_too(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    answer = requests.post(
        dmsconn_server.url,
        json={},
        headers={"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"},
        timeout=30,
    )

    assert answer.json() == {"Connections": []}
    assert dmsconn.calls[0].transport == "server"


def test_another_endpoint_url_is_answered_in_the_process(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    other = f"{dmsconn_server.url}1" if dmsconn_server.url[-1] != "1" else "http://127.0.0.1:9"
    boto3.client("dms", endpoint_url=other).describe_connections()

    assert [call.transport for call in dmsconn.calls] == ["botocore"]


def test_region_and_account_come_from_the_signature(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    there = dmsconn.add_connection(region="eu-west-1", account_id="210987654321")
    arguments = {
        **dmsconn_server.client_kwargs,
        **dmsconn.credentials("210987654321"),
        "region_name": "eu-west-1",
    }
    with closing(boto3.client("dms", **arguments)) as client:
        client.delete_connection(**there.arns)

    dmsconn.assert_only_deleted(there)


def test_modelled_exceptions_arrive_as_such(dmsconn: FakeDms, client: Any) -> None:
    gone = dmsconn.add_connection().arns
    dmsconn.remove_endpoint(dmsconn.endpoints[0])

    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**gone)


def test_pages_and_waiters_work_over_it(dmsconn: FakeDms, client: Any) -> None:
    connections = dmsconn.add_connections(45)

    pages = client.get_paginator("describe_connections").paginate(PaginationConfig={"PageSize": 20})
    listed = [connection["EndpointArn"] for page in pages for connection in page["Connections"]]
    client.delete_endpoint(EndpointArn=listed[0])
    client.get_waiter("endpoint_deleted").wait(
        Filters=[{"Name": "endpoint-arn", "Values": [listed[0]]}]
    )

    assert listed == [connection.endpoint_arn for connection in connections]
    assert connections[0].deleted


def test_every_answer_has_a_request_id(client: Any) -> None:
    metadata = client.describe_connections()["ResponseMetadata"]

    assert len(metadata["RequestId"]) == 36


def test_the_attempt_of_a_call_is_recorded(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    client.describe_connections()

    assert [(call.attempt, call.error_code) for call in dmsconn.calls] == [
        (1, "ThrottlingException"),
        (2, "ThrottlingException"),
        (3, None),
    ]


# Faults


def test_connection_closed_breaks_the_connection_off_in_the_middle_of_an_answer(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "connection-closed", applied=True)
    once = Config(retries={"total_max_attempts": 1})
    with (
        closing(boto3.client("dms", config=once, **dmsconn_server.client_kwargs)) as client,
        pytest.raises(ConnectionClosedError),
    ):
        client.delete_connection(**connection.arns)

    (deletion,) = dmsconn.deletions
    assert deletion.succeeded
    assert deletion.error_code == "connection-closed"
    assert deletion.call.status_code is None


def test_a_client_survives_a_connection_that_was_broken_off(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "connection-closed")

    client.describe_connections()

    assert [call.error_code for call in dmsconn.calls] == ["connection-closed", None]


@pytest.mark.dmsconn(strict=False)
@pytest.mark.parametrize("failure", ["connect-timeout", "read-timeout", "endpoint-unreachable"])
def test_what_cannot_come_from_a_server_passes_a_call_by(
    dmsconn: FakeDms, client: Any, failure: str
) -> None:
    fault = dmsconn.fail("*", failure)

    client.describe_connections()

    assert fault.met == 0


def test_an_answer_that_is_none_of_aws_arrives_as_it_is(dmsconn: FakeDms, client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "truncated")

    assert "Connection" not in client.delete_connection(**connection.arns)


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


def test_clients_that_are_only_connected_keep_nobody_waiting(dmsconn_server: DmsServer) -> None:
    with ExitStack() as connected:
        for _ in range(50):
            connected.enter_context(closing(create_connection(address_of(dmsconn_server.url))))

        assert post(dmsconn_server, "DescribeConnections") == 200


# For which fake


def test_the_newest_fake_in_force_answers(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.add_connection()
    with mock_dms() as inner:
        inner.add_connections(2)
        assert len(client.describe_connections()["Connections"]) == 2
    assert len(client.describe_connections()["Connections"]) == 1


def test_after_a_reset_the_fake_answers_anew(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.add_connection()
    client.describe_connections()
    dmsconn.reset()

    assert client.describe_connections()["Connections"] == []
    assert len(dmsconn.calls) == 1


def test_while_no_fake_is_in_force_the_service_is_unavailable() -> None:
    server = start_server()
    try:
        with closing(HTTPConnection(urlsplit(server.url).netloc)) as connection:
            for method, path in (("POST", "/"), ("GET", "/_dmsconn/state")):
                connection.request(method, path)
                with connection.getresponse() as response:
                    assert response.status == 503
                    assert "No fake of DMS is in force" in json.load(response)["message"]
    finally:
        server.stop()


def test_a_server_that_was_stopped_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    server = start_server()
    assert set(threading.enumerate()) - before
    server.stop()

    assert not set(threading.enumerate()) - before


# What nothing answers


def test_an_operation_that_the_fake_lacks_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        from contextlib import closing, suppress
        from botocore.exceptions import ClientError

        def test_it(dmsconn_server):
            with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
                with suppress(ClientError):
                    client.describe_certificates()
        """
    )
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DescribeCertificates to 127.0.0.1*"])


@pytest.mark.dmsconn(block_aws=False)
def test_an_operation_that_the_fake_lacks_is_unknown_even_if_nothing_is_blocked(
    client: Any,
) -> None:
    with pytest.raises(ClientError) as raised:
        client.describe_certificates()

    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"


def test_under_moto_the_rest_of_dms_is_motos(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws(), closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        endpoint = boto3.client("dms").create_endpoint(
            EndpointIdentifier="orders", EndpointType="source", EngineName="mysql"
        )["Endpoint"]
        instance = dmsconn.add_replication_instance()
        pair = {
            "EndpointArn": endpoint["EndpointArn"],
            "ReplicationInstanceArn": instance.arn,
        }
        client.test_connection(**pair)
        connection = dmsconn.connection(*pair.values())
        listed = client.describe_endpoints()["Endpoints"]
        client.delete_endpoint(EndpointArn=endpoint["EndpointArn"])

        assert [one["EndpointIdentifier"] for one in listed] == ["orders"]
        assert connection.deleted


# In pytest


def test_it_is_started_once_in_a_session(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
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
    pytester.runpytest().assert_outcomes(passed=2)

    first, second = (pytester.path / "urls").read_text().split()
    assert first == second
    with pytest.raises(ConnectionRefusedError):
        create_connection(address_of(first))


def test_parallel_workers_have_one_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
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
    result = pytester.runpytest("-n", "2", "--dist", "each", "-p", "xdist")

    result.assert_outcomes(passed=2)
    urls = {(pytester.path / worker).read_text() for worker in ("gw0", "gw1")}
    assert len(urls) == 2


def test_without_the_extra_it_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['cheroot'] = None")
    pytester.makepyfile("def test_it(dmsconn_server): pass")
    result = pytester.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*UsageError: The server needs cheroot: pip install 'pytest-dmsconn?server?'"]
    )
