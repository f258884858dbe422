"""A call to AWS that nothing answers is blocked, and the error names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session
from botocore.loaders import Loader
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from pytest_dmsconn import BlockedAwsCall, FakeDms, mock_dms
from pytest_dmsconn.protocol.routing import is_aws_host

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIXES = sorted(
    {
        partition["outputs"][name]
        for partition in Loader().load_data("partitions")["partitions"]
        for name in ("dnsSuffix", "dualStackDnsSuffix")
    }
)

pytestmark = pytest.mark.dmsconn(strict=False)


def secrets(**options: Any) -> Any:
    return boto3.client("secretsmanager", region_name="us-east-1", **options)


def get(url: str) -> Any:
    """Send a request through botocore without any client."""
    return URLLib3Session().send(AWSRequest("GET", url).prepare())


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.usefixtures("dmsconn", "no_network")
def test_host_of_every_dns_suffix_of_aws_is_blocked(suffix: str) -> None:
    host = f"secretsmanager.somewhere.{suffix}"
    with pytest.raises(BlockedAwsCall) as raised:
        secrets(endpoint_url=f"https://{host}").get_secret_value(SecretId="x")
    assert f": secretsmanager GetSecretValue to {host}. " in str(raised.value)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]", "[fd00:ec2::23]"],
)
@pytest.mark.usefixtures("dmsconn", "no_network")
def test_metadata_address_is_blocked(address: str) -> None:
    with pytest.raises(BlockedAwsCall) as raised:
        get(f"http://{address}/latest/meta-data/iam")
    assert f": GET /latest/meta-data/iam to {address.strip('[]')}. " in str(raised.value)


@pytest.mark.parametrize(
    "fetch",
    [
        lambda: InstanceMetadataFetcher().retrieve_iam_role_credentials(),
        lambda: ContainerMetadataFetcher().retrieve_uri("/role"),
    ],
    ids=["instance", "container"],
)
@pytest.mark.usefixtures("dmsconn", "no_network")
def test_requests_of_botocore_for_metadata_are_blocked(
    fetch: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with pytest.raises(BlockedAwsCall):
        fetch()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://s3.amazonaws.com/bucket", True),
        ("https://bucket.s3.us-east-1.amazonaws.com:443", True),
        ("https://S3.AmazonAWS.com", True),
        ("https://s3.amazonaws.com./", True),
        ("https://amazonaws.com", True),
        ("https://dms.us-east-1.api.aws", True),
        ("https://s3.cn-north-1.amazonaws.com.cn", True),
        ("https://notamazonaws.com", False),
        ("https://s3.amazonaws.com.example.org", False),
        ("https://example.org/s3.amazonaws.com", False),
        ("http://localhost:4566", False),
        ("http://169.254.169.253", False),
        ("http:///nowhere", False),
    ],
)
def test_hosts_of_aws_are_recognized(url: str, *, expected: bool) -> None:
    assert is_aws_host(url) is expected


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: boto3.client("s3").list_buckets(), "s3 ListBuckets to s3.amazonaws.com"),
        (
            lambda: boto3.client("s3").put_object(Bucket="reports", Key="k", Body=b"x"),
            "s3 PutObject to reports.s3.amazonaws.com",
        ),
        (
            lambda: boto3.client("sts").get_caller_identity(),
            "sts GetCallerIdentity to sts.amazonaws.com",
        ),
        (
            lambda: boto3.client("s3", config=Config(signature_version=UNSIGNED)).get_object(
                Bucket="open-data", Key="k"
            ),
            "s3 GetObject to open-data.s3.amazonaws.com",
        ),
        (
            lambda: boto3.client("dms").describe_replication_tasks(),
            "dms DescribeReplicationTasks to dms.us-east-1.amazonaws.com",
        ),
    ],
)
@pytest.mark.usefixtures("dmsconn", "no_network")
def test_blocked_call_names_operation_and_host(
    call: Callable[[], object], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    with pytest.raises(BlockedAwsCall) as raised:
        call()
    assert f"Blocked a call to AWS: {named}. " in str(raised.value)


@pytest.mark.usefixtures("dmsconn", "no_network")
def test_blocked_call_says_what_to_do() -> None:
    with pytest.raises(BlockedAwsCall) as raised:
        secrets().list_secrets()
    assert str(raised.value) == (
        "Blocked a call to AWS: secretsmanager ListSecrets to "
        "secretsmanager.us-east-1.amazonaws.com. Nothing in this test answers it. Fake that "
        "service as well, for example with moto's mock_aws() in the same test. To let such calls "
        "leave the process, set the option block_aws=False."
    )


def test_operation_of_dms_that_nothing_answers_is_blocked_whatever_the_host(
    dmsconn: FakeDms, other_server: str
) -> None:
    client = boto3.client("dms", endpoint_url=other_server)
    with pytest.raises(BlockedAwsCall) as raised:
        client.describe_replication_tasks()
    assert str(raised.value) == (
        "Blocked a call to AWS: dms DescribeReplicationTasks to 127.0.0.1. Nothing in this test "
        "answers it. The fake answers DeleteConnection, TestConnection, DescribeConnections, "
        "DeleteEndpoint, DescribeEndpoints, DeleteReplicationInstance, "
        "DescribeReplicationInstances; for any other operation of DMS, enter moto's mock_aws() "
        "in the same test. To let such calls leave the process, set the option block_aws=False."
    )
    dmsconn.assert_no_calls()


@pytest.mark.dmsconn(block_aws=False)
def test_operation_of_dms_goes_where_it_was_sent_without_blocking(
    dmsconn: FakeDms, other_server: str
) -> None:
    client = boto3.client("dms", endpoint_url=other_server)
    assert client.describe_replication_tasks()["ResponseMetadata"]["HTTPStatusCode"] == 200
    dmsconn.assert_no_calls()


@pytest.mark.dmsconn(block_aws=False)
def test_the_fake_answers_its_operations_without_blocking_too(
    dmsconn: FakeDms, other_server: str
) -> None:
    client = boto3.client("dms", endpoint_url=other_server)
    client.delete_connection(**dmsconn.add_connection().arns)
    assert len(dmsconn.deletions) == 1


@pytest.mark.dmsconn(block_aws=False)
@pytest.mark.usefixtures("dmsconn")
def test_call_to_aws_is_signed_and_sent_without_blocking(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def refuse(*_: object, **__: object) -> None:
        raise OSError

    client = secrets(config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register("before-send", lambda request, **_: sent.append(request))
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    with pytest.raises(Exception, match="Could not connect"):
        client.list_secrets()
    assert b"Credential=testing/" in sent[0].headers["Authorization"]


@pytest.mark.usefixtures("dmsconn")
def test_call_to_another_host_than_aws_goes_there(other_server: str) -> None:
    assert get(f"{other_server}/path").text == '{"asked": "/path", "body": ""}'
    answer = secrets(endpoint_url=other_server).list_secrets()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.usefixtures("bare_machine", "no_network")
def test_client_without_credentials_is_blocked_not_refused() -> None:
    client = secrets()
    with mock_dms(strict=False), pytest.raises(BlockedAwsCall):
        client.list_secrets()


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.usefixtures("no_network")
def test_blocked_call_is_not_retried(mode: Any, dmsconn: FakeDms) -> None:
    with pytest.raises(BlockedAwsCall):
        secrets(config=Config(retries={"mode": mode})).list_secrets()
    assert len(dmsconn.service.blocked) == 1


def test_blocked_call_is_not_taken_for_an_answer_of_aws() -> None:
    assert issubclass(BlockedAwsCall, RuntimeError)
    assert not issubclass(BlockedAwsCall, (BotoCoreError, ClientError, OSError))
