"""Retries and waiters of aiobotocore keep its own rules on any event loop, and do not wait."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    WaiterError,
)
from support.aiobotocore_clients import AIOHTTP, HTTPX, REGION, create, delete_one, whichever_httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_dmsconn import ErrorName, FakeDms

pytestmark = [pytest.mark.usefixtures("bare_machine", "no_network"), whichever_httpx]

on_trio = pytest.mark.skipif(
    not hasattr(sys.modules["aiobotocore.endpoint"], "AnyioEndpoint"),
    reason="this release of aiobotocore runs on asyncio only",
)


class TestAnyio:
    @pytest.fixture(
        params=[
            ("asyncio", AIOHTTP),
            ("asyncio", HTTPX),
            pytest.param(("trio", HTTPX), marks=on_trio),
        ],
        ids=["aiohttp on asyncio", "httpx on asyncio", "httpx on trio"],
    )
    def setup(self, request: pytest.FixtureRequest) -> Any:
        return request.param

    @pytest.fixture
    def anyio_backend(self, setup: tuple[str, type]) -> str:
        return setup[0]

    @pytest.fixture
    async def client(self, setup: tuple[str, type]) -> AsyncIterator[Any]:
        async with create(config={"http_session_cls": setup[1]}) as client:
            yield client

    @pytest.mark.anyio
    async def test_a_coroutine_is_answered(self, client: Any, dmsconn: FakeDms) -> None:
        connection = dmsconn.add_connection(region=REGION)
        await client.delete_connection(**connection.arns)
        dmsconn.assert_only_deleted(connection)

    @pytest.mark.anyio
    async def test_retries_do_not_wait(
        self, client: Any, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("random.random", lambda: 1.0)
        dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

        await client.describe_connections()

        assert [call.attempt for call in dmsconn.calls] == [1, 2, 3]
        assert dmsconn.now == 1.0 + 2.0

    @pytest.mark.anyio
    @pytest.mark.dmsconn(testing_polls=3)
    async def test_a_waiter_does_not_wait(self, client: Any, dmsconn: FakeDms) -> None:
        connection = dmsconn.add_connection(region=REGION, status="testing")

        await client.get_waiter("test_connection_succeeds").wait()

        assert connection.status == "successful"
        assert dmsconn.now == 5.0 + 5.0

    @pytest.mark.anyio
    async def test_a_waiter_that_fails_says_so(self, client: Any, dmsconn: FakeDms) -> None:
        dmsconn.add_connection(region=REGION, status="failed")

        with pytest.raises(WaiterError, match="terminal failure state"):
            await client.get_waiter("test_connection_succeeds").wait()

    @pytest.mark.anyio
    async def test_adaptive_mode_does_not_wait(self, setup: Any, dmsconn: FakeDms) -> None:
        config = {"http_session_cls": setup[1], "retries": {"mode": "adaptive"}}
        dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

        async with create(config=config) as client:
            await client.describe_connections()
            backed_off = dmsconn.now
            for _ in range(3):
                await client.describe_connections()

        assert len(dmsconn.calls) == 6
        assert dmsconn.now > backed_off > 0


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_each_retry_mode_retries(mode: str, dmsconn: FakeDms) -> None:
    dmsconn.fail("DeleteConnection", "ThrottlingException", times=2)

    answer = delete_one(dmsconn, config={"retries": {"mode": mode}})

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.attempt for call in dmsconn.calls] == [1, 2, 3]


@pytest.mark.parametrize(
    ("failure", "exception"),
    [
        ("connect-timeout", ConnectTimeoutError),
        ("read-timeout", ReadTimeoutError),
        ("connection-closed", ConnectionClosedError),
        ("endpoint-unreachable", EndpointConnectionError),
    ],
)
def test_a_failure_is_retried_and_then_raised(
    failure: ErrorName, exception: type[Exception], dmsconn: FakeDms
) -> None:
    dmsconn.fail("DeleteConnection", failure, times=None)

    with pytest.raises(exception, match=r"https://dms\.eu-west-1\.amazonaws\.com/"):
        delete_one(dmsconn, config={"retries": {"total_max_attempts": 3}})

    assert [call.error_code for call in dmsconn.calls] == [failure] * 3
