"""aiobotocore sends other calls as it does without the fake, except calls to AWS."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from moto import mock_aws
from support.aiobotocore_clients import AIOHTTP, HTTPX, KEYS, both_sessions, create, whichever_httpx

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

pytestmark = [pytest.mark.usefixtures("bare_machine"), whichever_httpx]


@pytest.mark.usefixtures("no_network")
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
    assert len(dms.service.blocked) == 1


@pytest.mark.usefixtures("no_network")
@both_sessions
def test_no_call_goes_to_a_metadata_service(http_session: type) -> None:
    async def use() -> None:
        async with http_session() as session:
            request = AWSRequest("GET", "http://169.254.170.2/credentials").prepare()
            await session.send(request)

    with mock_dms(strict=False), pytest.raises(BlockedAwsCall, match=r"169\.254\.170\.2"):
        asyncio.run(use())


@both_sessions
def test_a_call_that_is_not_blocked_is_signed(http_session: type, other_server: str) -> None:
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
def test_a_client_sends_its_calls_again_after_the_fake_has_ended(
    http_session: type, other_server: str
) -> None:
    async def use() -> FakeDms:
        config = {"http_session_cls": http_session}
        async with create(config=config, endpoint_url=other_server, **KEYS) as client:
            with mock_dms() as dms:
                await client.describe_connections()
            answer = await client.describe_connections()
            assert "Connections" not in answer
        return dms

    assert len(asyncio.run(use()).calls) == 1


@pytest.mark.usefixtures("no_network")
def test_a_url_is_presigned_as_without_the_fake(dmsconn: FakeDms) -> None:
    async def use() -> str:
        async with create("s3", config={"signature_version": "s3v4"}, **KEYS) as client:
            parameters = {"Bucket": "bucket", "Key": "key"}
            return str(await client.generate_presigned_url("get_object", parameters, 60))

    url = asyncio.run(use())
    assert "X-Amz-Expires=60&" in url
    assert "&X-Amz-Signature=" in url
    assert dmsconn.calls == ()


@pytest.mark.usefixtures("no_network")
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
    endpoint, waiter = (sys.modules[f"aiobotocore.{name}"] for name in ("endpoint", "waiter"))
    places = [
        (endpoint.AioEndpoint, "_send"),
        (AIOHTTP, "send"),
        (HTTPX, "send"),
        (sys.modules["aiobotocore.signers"].AioRequestSigner, "sign"),
        (sys.modules["aiobotocore.retries.bucket"].AsyncTokenBucket, "acquire"),
        (endpoint, "asyncio"),
        (waiter, "asyncio"),
    ]
    before = [vars(owner)[name] for owner, name in places]
    with mock_dms():
        during = [vars(owner)[name] for owner, name in places]
    after = [vars(owner)[name] for owner, name in places]

    assert not any(one is other for one, other in zip(before, during, strict=True))
    assert all(one is other for one, other in zip(before, after, strict=True))
