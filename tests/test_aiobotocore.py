"""Every aiobotocore client is answered, with either HTTP session class and on any event loop."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioDeferredRefreshableCredentials, AioRefreshableCredentials
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.retries.bucket import AsyncTokenBucket
from aiobotocore.session import AioSession
from aiobotocore.signers import AioRequestSigner
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    WaiterError,
)
from botocore.loaders import create_loader
from moto import mock_aws

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest

    from pytest_dmsconn import FakeDms

REGION = "eu-west-1"
LOADER = create_loader()  # one for all, so that each model is read once
ENDPOINTS = sys.modules["aiobotocore.endpoint"]
WAITERS = sys.modules["aiobotocore.waiter"]
KEYS: dict[str, Any] = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}

pytestmark = [
    pytest.mark.usefixtures("bare_machine"),
    # That httpx2 should be installed instead.
    pytest.mark.filterwarnings("ignore:.*httpx:DeprecationWarning"),
]


def create(service: str = "dms", /, *, session: Any = None, config: Any = None, **more: Any) -> Any:
    made = session or AioSession()
    made.register_component("data_loader", LOADER)
    return made.create_client(service, region_name=REGION, config=AioConfig(**config or {}), **more)


def delete_one(
    dms: FakeDms,
    *,
    session: Callable[[], Awaitable[AioSession]] | None = None,
    config: Any = None,
    **more: Any,
) -> Any:
    """Delete a new connection, with a client of its own; return the answer."""
    connection = dms.add_connection(region=REGION)

    async def delete() -> Any:
        made = await session() if session else None
        async with create(session=made, config=config, **more) as client:
            return await client.delete_connection(**connection.arns)

    return asyncio.run(delete())


no_network = pytest.mark.usefixtures("no_network")
on_trio = pytest.mark.skipif(
    not hasattr(ENDPOINTS, "AnyioEndpoint"),
    reason="this release of aiobotocore runs on asyncio only",
)
both_sessions = pytest.mark.parametrize("http_session", [AIOHTTPSession, HttpxSession])


@no_network
@both_sessions
def test_a_client_is_answered(http_session: type, dmsconn: FakeDms) -> None:
    answer = delete_one(dmsconn, config={"http_session_cls": http_session})

    assert answer["Connection"]["Status"] == "deleting"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["ResponseMetadata"]["RequestId"]
    assert dmsconn.calls[0].transport == "aiobotocore"
    dmsconn.assert_only_deleted(*dmsconn.connections)


@no_network
@both_sessions
def test_a_client_made_before_the_fake_is_answered(http_session: type) -> None:
    async def use() -> None:
        async with create(config={"http_session_cls": http_session}) as client:
            with mock_dms(region=REGION) as dms:
                connection = dms.add_connection()
                await client.delete_connection(**connection.arns)
                dms.assert_only_deleted(connection)

    asyncio.run(use())


@no_network
def test_a_client_with_an_http_session_of_its_own_is_answered(dmsconn: FakeDms) -> None:
    class Own(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore is not typed
        async def send(self, request: AWSPreparedRequest) -> Any:
            pytest.fail(f"{request.url} was sent")

    delete_one(dmsconn, config={"http_session_cls": Own})

    assert len(dmsconn.calls) == 1


@no_network
@pytest.mark.asyncio
async def test_a_coroutine_under_pytest_asyncio(dmsconn: FakeDms) -> None:
    async with create() as client:
        assert (await client.describe_connections())["Connections"] == []

    assert len(dmsconn.calls) == 1


class TestAnyio:
    @pytest.fixture(
        params=[
            ("asyncio", AIOHTTPSession),
            ("asyncio", HttpxSession),
            pytest.param(("trio", HttpxSession), marks=on_trio),
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


@no_network
@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_each_retry_mode_retries(mode: str, dmsconn: FakeDms) -> None:
    dmsconn.fail("DeleteConnection", "ThrottlingException", times=2)

    answer = delete_one(dmsconn, config={"retries": {"mode": mode}})

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.attempt for call in dmsconn.calls] == [1, 2, 3]


@no_network
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
    failure: str, exception: type[Exception], dmsconn: FakeDms
) -> None:
    dmsconn.fail("DeleteConnection", failure, times=None)

    with pytest.raises(exception, match=r"https://dms\.eu-west-1\.amazonaws\.com/"):
        delete_one(dmsconn, config={"retries": {"total_max_attempts": 3}})

    assert [call.error_code for call in dmsconn.calls] == [failure] * 3


@no_network
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


@no_network
def test_a_paginator_turns_all_pages(dmsconn: FakeDms) -> None:
    seeded = dmsconn.add_connections(45, region=REGION)

    async def use() -> list[int]:
        async with create() as client:
            pages = client.get_paginator("describe_connections").paginate(MaxRecords=20)
            return [len(page["Connections"]) async for page in pages]

    assert asyncio.run(use()) == [20, 20, 5]
    assert len(seeded) == 45


@no_network
def test_many_calls_at_once_are_all_answered(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(50, region=REGION)

    async def use() -> None:
        async with create() as client:
            await asyncio.gather(*(client.delete_connection(**one.arns) for one in connections))

    asyncio.run(use())
    dmsconn.assert_only_deleted(*connections)


@no_network
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


@no_network
def test_a_key_of_twelve_digits_names_the_account(dmsconn: FakeDms) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        delete_one(dmsconn, **{**KEYS, **dmsconn.credentials("210987654321")})

    assert dmsconn.calls[0].account_id == "210987654321"


@no_network
@pytest.mark.parametrize("retries", ["legacy", "standard"])
def test_an_unsigned_client_is_answered(retries: str, dmsconn: FakeDms) -> None:
    config = {"signature_version": UNSIGNED, "retries": {"mode": retries}}

    assert delete_one(dmsconn, config=config)["Connection"]["Status"] == "deleting"


async def never() -> Any:
    pytest.fail("credentials were fetched")


def deferred() -> Any:
    """As of a container, a pod, an instance or a role, before they are needed."""
    return AioDeferredRefreshableCredentials(refresh_using=never, method="container-role")


def expired() -> Any:
    """Likewise, fetched once and used up."""
    begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
    return AioRefreshableCredentials("key", "secret", "token", begin, never, method="iam-role")


@no_network
@pytest.mark.parametrize("credentials", [deferred, expired, lambda: None])
def test_credentials_are_never_fetched(credentials: Callable[[], Any], dmsconn: FakeDms) -> None:
    async def session() -> AioSession:  # which makes a lock, for which there must be a loop
        made = AioSession()
        made._credentials = credentials()
        return made

    answer = delete_one(dmsconn, session=session)

    assert answer["Connection"]["Status"] == "deleting"
    assert dmsconn.calls[0].account_id == dmsconn.account_id


@no_network
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

    assert dmsconn.backend.blocked == []


@no_network
@both_sessions
@pytest.mark.parametrize(
    ("service", "operation", "words"),
    [
        ("dms", "describe_replication_tasks", "DescribeReplicationTasks to dms"),
        ("s3", "list_buckets", "ListBuckets to s3"),
        ("sts", "get_caller_identity", "GetCallerIdentity to sts"),
    ],
)
def test_other_calls_to_aws_are_blocked(
    http_session: type, service: str, operation: str, words: str
) -> None:
    async def use() -> None:
        async with create(service, config={"http_session_cls": http_session}) as client:
            await getattr(client, operation)()

    with mock_dms(strict=False) as dms, pytest.raises(BlockedAwsCall, match=words):
        asyncio.run(use())
    assert len(dms.backend.blocked) == 1


@no_network
@both_sessions
def test_a_metadata_service_is_not_asked(http_session: type) -> None:
    async def use() -> None:
        async with http_session() as session:
            request = AWSRequest("GET", "http://169.254.170.2/credentials").prepare()
            await session.send(request)

    with mock_dms(strict=False), pytest.raises(BlockedAwsCall, match=r"169\.254\.170\.2"):
        asyncio.run(use())


@both_sessions
def test_a_call_that_is_let_goes_out_signed(http_session: type, other_server: str) -> None:
    signed: list[str] = []

    def look(request: Any, **_: Any) -> None:
        signed.append(request.headers["Authorization"].decode())

    async def use() -> Any:
        config = {"http_session_cls": http_session}
        async with create(config=config, endpoint_url=other_server, **KEYS) as client:
            client.meta.events.register("before-send.dms", look)
            await client.describe_replication_tasks()

    with mock_dms(block_aws=False):
        asyncio.run(use())
    assert "/eu-west-1/dms/aws4_request" in signed[0]


@both_sessions
def test_a_client_is_free_once_the_fake_has_ended(http_session: type, other_server: str) -> None:
    async def use() -> FakeDms:
        config = {"http_session_cls": http_session}
        async with create(config=config, endpoint_url=other_server, **KEYS) as client:
            with mock_dms() as dms:
                await client.describe_connections()
            answer = await client.describe_connections()
            assert "Connections" not in answer
        return dms

    assert len(asyncio.run(use()).calls) == 1


@no_network
def test_a_url_is_presigned_as_ever(dmsconn: FakeDms) -> None:
    async def use() -> str:
        async with create("s3", config={"signature_version": "s3v4"}, **KEYS) as client:
            parameters = {"Bucket": "bucket", "Key": "key"}
            return str(await client.generate_presigned_url("get_object", parameters, 60))

    url = asyncio.run(use())
    assert "X-Amz-Expires=60&" in url
    assert "&X-Amz-Signature=" in url
    assert dmsconn.calls == ()


@no_network
@both_sessions
def test_an_object_of_moto_is_read_in_parts(http_session: type, dmsconn: FakeDms) -> None:
    async def use() -> None:
        async with create("s3", config={"http_session_cls": http_session}) as client:
            answer = await client.get_object(Bucket="bucket", Key="key")
            async with answer["Body"] as body:
                assert [await body.read(4), await body.read()] == [b"cont", b"ent"]

    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="key", Body=b"content")
        asyncio.run(use())
    assert dmsconn.calls == ()


def test_all_is_put_back() -> None:
    places = [
        (AioEndpoint, "_send"),
        (AIOHTTPSession, "send"),
        (HttpxSession, "send"),
        (AioRequestSigner, "sign"),
        (AsyncTokenBucket, "acquire"),
        (ENDPOINTS, "asyncio"),
        (WAITERS, "asyncio"),
    ]
    before = [vars(owner)[name] for owner, name in places]
    with mock_dms():
        during = [vars(owner)[name] for owner, name in places]
    after = [vars(owner)[name] for owner, name in places]

    assert not any(one is other for one, other in zip(before, during, strict=True))
    assert all(one is other for one, other in zip(before, after, strict=True))
