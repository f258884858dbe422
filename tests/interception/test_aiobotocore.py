"""Every aiobotocore client is answered, with either HTTP session class."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import AioDeferredRefreshableCredentials, AioRefreshableCredentials
from aiobotocore.session import AioSession
from botocore import UNSIGNED
from botocore.exceptions import (
    ClientError,
)
from support.aiobotocore_clients import (
    AIOHTTP,
    KEYS,
    REGION,
    both_sessions,
    create,
    delete_one,
    whichever_httpx,
)
from support.async_plugins import run_async

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest

    from pytest_dmsconn import FakeDms

pytestmark = [pytest.mark.usefixtures("bare_machine", "no_network"), whichever_httpx]


@both_sessions
def test_a_client_is_answered(http_session: type, dmsconn: FakeDms) -> None:
    answer = delete_one(dmsconn, config={"http_session_cls": http_session})

    assert answer["Connection"]["Status"] == "deleting"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["ResponseMetadata"]["RequestId"]
    assert dmsconn.calls[0].transport == "aiobotocore"
    dmsconn.assert_only_deleted(*dmsconn.connections)


@both_sessions
def test_a_client_made_before_the_fake_is_answered(http_session: type) -> None:
    async def use() -> None:
        async with create(config={"http_session_cls": http_session}) as client:
            with mock_dms(region=REGION) as dms:
                connection = dms.add_connection()
                await client.delete_connection(**connection.arns)
                dms.assert_only_deleted(connection)

    asyncio.run(use())


def test_a_client_with_an_http_session_of_its_own_is_answered(dmsconn: FakeDms) -> None:
    class Own(AIOHTTP):  # type: ignore[misc]  # aiobotocore is not typed
        async def send(self, request: AWSPreparedRequest) -> Any:
            pytest.fail(f"{request.url} was sent")

    delete_one(dmsconn, config={"http_session_cls": Own})

    assert len(dmsconn.calls) == 1


def test_a_coroutine_under_pytest_asyncio_is_answered(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest
        from aiobotocore.session import get_session

        @pytest.mark.asyncio
        async def test(dmsconn):
            async with get_session().create_client("dms") as client:
                assert (await client.describe_connections())["Connections"] == []
            assert [call.transport for call in dmsconn.calls] == ["aiobotocore"]
    """)
    run_async(suite, "pytest_asyncio.plugin").assert_outcomes(passed=1)


def test_faults_are_the_exceptions_of_the_model(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region=REGION, status="testing")

    async def use() -> None:
        async with create() as client:
            with pytest.raises(client.exceptions.InvalidResourceStateFault):
                await client.delete_connection(**connection.arns)
            with pytest.raises(ClientError) as raised:
                await client.describe_connections(Filters=[{"Name": "x", "Values": ["y"]}])
            assert raised.value.response["Error"]["Code"] == "InvalidParameterValueException"

    asyncio.run(use())


def test_a_paginator_returns_all_pages(dmsconn: FakeDms) -> None:
    seeded = dmsconn.add_connections(45, region=REGION)

    async def use() -> list[int]:
        async with create() as client:
            pages = client.get_paginator("describe_connections").paginate(MaxRecords=20)
            return [len(page["Connections"]) async for page in pages]

    assert asyncio.run(use()) == [20, 20, 5]
    assert len(seeded) == 45


def test_many_calls_at_once_are_all_answered(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(50, region=REGION)

    async def use() -> None:
        async with create() as client:
            await asyncio.gather(*(client.delete_connection(**one.arns) for one in connections))

    asyncio.run(use())
    dmsconn.assert_only_deleted(*connections)


def test_handlers_get_an_answer_of_aiobotocore(dmsconn: FakeDms) -> None:
    got: list[Any] = []

    def look(response: Any, **_: Any) -> None:
        got.append(response[0])

    async def use() -> None:
        async with create() as client:
            client.meta.events.register("needs-retry.dms", look)
            await client.describe_connections()
        (answer,) = got
        assert isinstance(answer, AioAWSResponse)
        assert await answer.content == b'{"Connections": []}'
        assert await answer.text == '{"Connections": []}'
        assert dict(answer.raw.raw_headers)[b"Content-Type"] == b"application/x-amz-json-1.1"

    asyncio.run(use())
    assert len(dmsconn.calls) == 1


def test_a_key_of_twelve_digits_names_the_account(dmsconn: FakeDms) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        delete_one(dmsconn, **{**KEYS, **dmsconn.credentials("210987654321")})

    assert dmsconn.calls[0].account_id == "210987654321"


@pytest.mark.parametrize("retries", ["legacy", "standard"])
def test_an_unsigned_client_is_answered(retries: str, dmsconn: FakeDms) -> None:
    config = {"signature_version": UNSIGNED, "retries": {"mode": retries}}

    assert delete_one(dmsconn, config=config)["Connection"]["Status"] == "deleting"


async def never() -> Any:
    pytest.fail("credentials were fetched")


def deferred() -> Any:
    """Credentials of a container, a pod, an instance or a role that were never fetched."""
    return AioDeferredRefreshableCredentials(refresh_using=never, method="container-role")


def expired() -> Any:
    """Credentials of the same kind that were fetched once and have expired."""
    begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
    return AioRefreshableCredentials("key", "secret", "token", begin, never, method="iam-role")


@pytest.mark.parametrize("credentials", [deferred, expired, lambda: None])
def test_credentials_are_never_fetched(credentials: Callable[[], Any], dmsconn: FakeDms) -> None:
    async def session() -> AioSession:  # credentials have a lock, which needs a loop
        made = AioSession()
        made._credentials = credentials()
        return made

    answer = delete_one(dmsconn, session=session)

    assert answer["Connection"]["Status"] == "deleting"
    assert dmsconn.calls[0].account_id == dmsconn.account_id


def test_a_role_of_the_configuration_is_not_assumed(
    bare_machine: Path, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bare_machine / "config"
    path.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::210987654321:role/dms\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = key\naws_secret_access_key = secret\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))

    async def session() -> AioSession:
        return AioSession(profile="role")

    delete_one(dmsconn, session=session)

    assert dmsconn.service.blocked == []
