"""A request that is answered is not signed; the events of signing are botocore's own."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.stub import Stubber
from support.aiobotocore_clients import create

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

USUAL_FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, "
    r"SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}"
)

pytestmark = pytest.mark.usefixtures("no_network")


class Handlers:
    """Handlers that add a header as a request is signed, and keep what is sent."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.sent: list[Any] = []

    def register(self, client: Any, service: str = "dms") -> None:
        for event in ("choose-signer", "before-sign"):
            client.meta.events.register(f"{event}.{service}", self.note)
        client.meta.events.register(f"before-send.{service}", self.keep)

    def note(self, event_name: str, request: Any = None, **_: Any) -> None:
        self.events.append(event_name.partition(".")[0])
        if request is not None:
            request.headers["X-Team"] = "data"

    def keep(self, request: Any, **_: Any) -> None:
        self.sent.append(request)

    def header(self, name: str) -> str:
        value = self.sent[-1].headers[name]
        return value.decode() if isinstance(value, bytes) else str(value)


def test_events_of_signing_reach_the_handlers_of_a_program(dmsconn: FakeDms) -> None:
    handlers, client = Handlers(), boto3.client("dms")
    handlers.register(client)

    client.describe_connections()

    assert handlers.events == ["choose-signer", "before-sign"]
    assert handlers.header("X-Team") == "data"
    assert len(dmsconn.calls) == 1


def test_events_of_signing_reach_the_handlers_of_a_coroutine(dmsconn: FakeDms) -> None:
    handlers = Handlers()

    async def describe() -> None:
        async with create() as client:
            handlers.register(client)
            await client.describe_connections()

    asyncio.run(describe())

    assert handlers.events == ["choose-signer", "before-sign"]
    assert handlers.header("X-Team") == "data"
    assert len(dmsconn.calls) == 1


def test_header_of_the_usual_form_names_who_calls(dmsconn: FakeDms) -> None:
    handlers = Handlers()
    client = boto3.client("dms", region_name="eu-west-1", **dmsconn.credentials("210987654321"))
    handlers.register(client)

    client.describe_connections()

    found = USUAL_FORM.fullmatch(handlers.header("Authorization"))
    assert found is not None
    assert found.groups() == ("210987654321", "eu-west-1", "dms")
    assert not [name for name in handlers.sent[0].headers if "dmsconn" in name.lower()]
    assert (dmsconn.calls[0].region, dmsconn.calls[0].account_id) == ("eu-west-1", "210987654321")


def test_each_attempt_has_one_authorization_header(dmsconn: FakeDms) -> None:
    handlers, client = Handlers(), boto3.client("dms")
    handlers.register(client)
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    client.describe_connections()

    names = [name for request in handlers.sent for name, _ in request.headers.items()]
    assert names.count("Authorization") == len(handlers.sent) == 3


def test_client_that_does_not_sign_has_its_region(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region="eu-west-1")
    client = boto3.client(
        "dms",
        region_name="eu-west-1",
        endpoint_url="http://localhost:4566",
        config=Config(signature_version=UNSIGNED),
    )

    client.delete_connection(**connection.arns)

    dmsconn.assert_only_deleted(connection)


@pytest.mark.usefixtures("dmsconn")
def test_call_that_a_handler_of_the_client_answers_is_signed() -> None:
    handlers = Handlers()

    def answer(request: Any, **_: Any) -> AWSResponse:
        handlers.sent.append(request)
        body: Any = Body()
        headers: Any = {}
        return AWSResponse(request.url, 200, headers, body)

    class Body:
        def stream(self, **_: Any) -> list[bytes]:
            return [b"<ListAllMyBucketsResult/>"]

    client = boto3.client("s3")
    client.meta.events.register("before-send.s3", answer)

    client.list_buckets()

    found = USUAL_FORM.fullmatch(handlers.header("Authorization"))
    assert found is not None
    assert found.groups() == ("testing", "us-east-1", "s3")
    assert not handlers.header("Authorization").endswith("0" * 64)
    assert not [name for name in handlers.sent[0].headers if "dmsconn" in name.lower()]


def test_presigned_url_has_a_real_signature(dmsconn: FakeDms) -> None:
    url = boto3.client("s3").generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})

    assert "Signature=" in url
    assert "0" * 64 not in url
    dmsconn.assert_no_calls()


def test_keys_of_an_account_have_the_form_of_aws_and_pass_through_sts(dmsconn: FakeDms) -> None:
    keys = dmsconn.credentials("012345678987")
    assert re.fullmatch("A[KS]IA[A-Z2-7]{16}", keys["aws_access_key_id"])
    sts = boto3.client("sts")
    role = {
        "AccessKeyId": keys["aws_access_key_id"],
        "SecretAccessKey": keys["aws_secret_access_key"],
        "SessionToken": "token",
        "Expiration": "2030-01-01T00:00:00Z",
    }
    arn = "arn:aws:iam::012345678987:role/dms"
    with Stubber(sts) as stubber:
        stubber.add_response("assume_role", {"Credentials": role})
        given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]

    boto3.client(
        "dms",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    ).describe_connections()

    assert dmsconn.calls[0].account_id == "012345678987"


@pytest.mark.parametrize("key", ["210987654321", "AKIADMSCCBAJIHGFEDCB"])
def test_a_key_names_its_account(key: str, dmsconn: FakeDms) -> None:
    client = boto3.client("dms", aws_access_key_id=key, aws_secret_access_key="x")
    client.describe_connections()
    assert dmsconn.calls[0].account_id == "210987654321"


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "AKIADMSCZZZZZZZZZZZZ", "key"])
def test_another_key_acts_in_the_default_account(key: str, dmsconn: FakeDms) -> None:
    client = boto3.client("dms", aws_access_key_id=key, aws_secret_access_key="x")
    client.describe_connections()
    assert dmsconn.calls[0].account_id == dmsconn.account_id


def test_error_names_the_blocked_call_of_a_client_without_credentials(bare_machine: object) -> None:
    assert bare_machine
    client = boto3.client("s3", region_name="us-east-1")
    assert client._request_signer._credentials is None
    with mock_dms(strict=False), pytest.raises(RuntimeError, match="s3 ListBuckets to s3"):
        client.list_buckets()
