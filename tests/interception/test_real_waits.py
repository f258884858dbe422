"""Clients whose calls leave the process really wait while a fake is active."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError
from support.botocore_clients import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import FakeDms

TWICE = {"Delay": 7, "MaxAttempts": 2}


class _LocalDynamoDb(BaseHTTPRequestHandler):
    """A DynamoDB that has no table, and that throttles ListTables."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        error = "ResourceNotFoundException"
        if "ListTables" in self.headers["X-Amz-Target"]:
            error = "ThrottlingException"
        body = json.dumps({"__type": error, "message": ""}).encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def database() -> Iterator[dict[str, Any]]:
    """The arguments of a client of a local database."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _LocalDynamoDb)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield {
        "endpoint_url": f"http://127.0.0.1:{server.server_port}",
        "region_name": "eu-west-1",
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of the real waits; they are collected, and not waited for."""
    seconds: list[float] = []
    sleep_async = asyncio.sleep

    async def note(delay: float, result: Any = None) -> Any:
        if delay:
            seconds.append(delay)
        return await sleep_async(0, result)

    monkeypatch.setattr(time, "sleep", lambda delay: seconds.append(delay) if delay else None)
    monkeypatch.setattr(asyncio, "sleep", note)
    return seconds


skip_sleep_or_not = pytest.mark.parametrize(
    (),
    [
        pytest.param(id="plain"),
        pytest.param(id="skip_sleep", marks=pytest.mark.dmsconn(skip_sleep=True)),
    ],
)


@skip_sleep_or_not
def test_a_waiter_of_a_local_database_waits(
    waited: list[float], dmsconn: FakeDms, database: dict[str, Any]
) -> None:
    waiter = boto3.client("dynamodb", **database).get_waiter("table_exists")

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(TableName="orders", WaiterConfig=TWICE)

    assert waited == [7]
    assert dmsconn.now == 0


@pytest.mark.slow
@skip_sleep_or_not
@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_retries_of_a_local_database_wait(
    waited: list[float], dmsconn: FakeDms, database: dict[str, Any], mode: Any
) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 3})
    client = boto3.client("dynamodb", **database, config=config)

    with pytest.raises(ClientError, match="ThrottlingException"):
        client.list_tables()

    assert len(waited) >= 2
    assert dmsconn.now == 0


@pytest.mark.slow
def test_alternating_real_and_faked_clients_keep_their_own_waits(
    waited: list[float], dmsconn: FakeDms, database: dict[str, Any]
) -> None:
    config = Config(retries={"mode": "adaptive", "total_max_attempts": 2})
    real = boto3.client("dynamodb", **database, config=config)
    faked = client_of("adaptive")
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    for _ in range(2):
        with pytest.raises(ClientError):
            real.list_tables()
        really = len(waited)
        faked.describe_connections()
        assert len(waited) == really
        virtually = dmsconn.now
        with pytest.raises(ClientError):
            real.list_tables()
        assert dmsconn.now == virtually
        assert len(waited) > really


@skip_sleep_or_not
def test_a_waiter_of_aiobotocore_waits(
    waited: list[float], dmsconn: FakeDms, database: dict[str, Any]
) -> None:
    async def wait() -> None:
        async with get_session().create_client("dynamodb", **database) as client:
            await client.get_waiter("table_exists").wait(TableName="orders", WaiterConfig=TWICE)

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        asyncio.run(wait())

    assert waited == [7]
    assert dmsconn.now == 0


def test_a_client_that_goes_through_the_server_does_not_wait(
    waited: list[float], dmsconn: FakeDms, dmsconn_server: Any
) -> None:
    dmsconn.add_connection(status="failed")
    dmsconn.set_status(dmsconn.connections[0], "testing")
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    boto3.client("dms", **dmsconn_server.client_kwargs).describe_connections()

    assert waited == []
    assert dmsconn.now > 0
