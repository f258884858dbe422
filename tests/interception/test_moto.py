"""Under moto's mock_aws, the fake answers for connections, and moto for everything else."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import aiobotocore.session
import boto3
import moto.core.models
import pytest
import requests
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from support.moto_resources import REGION, create_connection, create_endpoint, make_client

from pytest_dmsconn import BlockedAwsCall, current, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

HAS_NO_ANSWER = r"moto's mock_aws\(\) is active, but has no answer"

pytestmark = pytest.mark.usefixtures("bare_machine", "no_network")


def use_both(client: Any, dms: FakeDms) -> None:
    """Call operations of the fake and of moto, and check which of the two answers."""
    arns = create_connection(client)
    (seeded,) = [dms.add_connection(status="failed")]

    described = client.describe_connections()["Connections"]
    deleted = client.delete_connection(**arns)["Connection"]

    assert [one["Status"] for one in described] == ["successful", "failed"]
    assert (deleted["Status"], deleted["EndpointIdentifier"]) == ("deleting", "orders")
    dms.assert_deleted((arns["EndpointArn"], arns["ReplicationInstanceArn"]))
    dms.assert_not_deleted(seeded)
    assert [one["EndpointArn"] for one in client.describe_endpoints()["Endpoints"]] == [
        arns["EndpointArn"]
    ]
    client.describe_replication_instances()
    client.delete_endpoint(EndpointArn=arns["EndpointArn"])
    client.delete_replication_instance(ReplicationInstanceArn=arns["ReplicationInstanceArn"])
    assert client.describe_endpoints()["Endpoints"] == []
    assert {call.operation for call in dms.calls} == {
        "DeleteConnection",
        "TestConnection",
        "DescribeConnections",
    }
    assert {call.transport for call in dms.calls} == {"botocore"}


@pytest.mark.parametrize("client_is_made", ["before", "inside"])
@pytest.mark.parametrize("entered_first", ["fake", "moto"])
def test_order_of_fake_moto_and_client_does_not_matter(
    entered_first: str, client_is_made: str
) -> None:
    client = make_client() if client_is_made == "before" else None
    with ExitStack() as entered:
        if entered_first == "moto":
            entered.enter_context(mock_aws())
        dms = entered.enter_context(mock_dms())
        if entered_first == "fake":
            entered.enter_context(mock_aws())
        use_both(client or make_client(), dms)


@mock_aws
def test_test_decorated_with_mock_aws(dmsconn: FakeDms) -> None:
    use_both(make_client(), dmsconn)


@mock_dms
@mock_aws
def test_test_decorated_with_both() -> None:
    use_both(make_client(), current())


def test_moto_works_as_before_once_the_fake_has_ended() -> None:
    before = dict(vars(BotocoreStubber))
    with mock_aws():
        with mock_dms():
            client = make_client()
            arns = create_connection(client)
        assert dict(vars(BotocoreStubber)) == before
        # moto does not have the fake's connection, and answers TestConnection itself again.
        assert client.describe_connections()["Connections"] == []
        assert client.test_connection(**arns)["Connection"]["EndpointIdentifier"] == "orders"
        assert len(client.describe_connections()["Connections"]) == 1
        with pytest.raises(NotImplementedError):
            client.delete_connection(**arns)


@patch.dict(os.environ)  # moto restores the keys that it found, which are the fake's
def test_moto_may_outlive_a_fake_that_was_entered_first() -> None:
    mock = mock_aws()
    with mock_dms():
        client = make_client()
        mock.start()
        arns = create_connection(client)
    try:
        assert client.test_connection(**arns)["Connection"]["Status"] == "testing"
    finally:
        mock.stop()


@mock_aws
def test_moto_answers_other_services(dmsconn: FakeDms) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="dumps")
    s3.put_object(Bucket="dumps", Key="connections.json", Body=b"[1, 2, 3]")

    body = s3.get_object(Bucket="dumps", Key="connections.json")["Body"]

    assert list(body.iter_chunks(4)) == [b"[1, ", b"2, 3", b"]"]
    assert dmsconn.calls == ()


@mock_aws
@mock_dms
def test_errors_of_moto_are_raised() -> None:
    client = make_client()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_endpoint(EndpointArn="arn:aws:dms:us-east-1:123456789012:endpoint:GONE")


@pytest.mark.dmsconn(strict=False)
def test_aws_is_blocked_again_once_moto_has_ended(dmsconn: FakeDms) -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.list_buckets()
        client = make_client()
        create_endpoint(client)

    with pytest.raises(BlockedAwsCall, match="ListBuckets"):
        s3.list_buckets()
    # The fake answers for endpoints again.
    assert client.describe_endpoints()["Endpoints"] == []
    assert [call.operation for call in dmsconn.calls] == ["DescribeEndpoints"]


@pytest.mark.dmsconn(strict=False)
def test_operation_that_moto_lacks_is_blocked(dmsconn: FakeDms) -> None:
    with (
        mock_aws(),
        pytest.raises(BlockedAwsCall, match=rf"DescribeCertificates.*{HAS_NO_ANSWER}"),
    ):
        make_client().describe_certificates()

    assert len(dmsconn.service.blocked) == 1


@pytest.mark.dmsconn(strict=False)
def test_host_that_moto_does_not_mock_is_blocked(dmsconn: FakeDms) -> None:
    elsewhere = boto3.client("dms", region_name=REGION, endpoint_url="http://dms.example:4566")
    connection = dmsconn.add_connection()
    with mock_aws(), pytest.raises(BlockedAwsCall, match=HAS_NO_ANSWER):
        elsewhere.describe_endpoints()
    with mock_aws():
        elsewhere.delete_connection(**connection.arns)
    dmsconn.assert_deleted(connection)


@pytest.mark.dmsconn(block_aws=False)
def test_moto_answers_without_blocking_too(dmsconn: FakeDms) -> None:
    with mock_aws():
        use_both(make_client(), dmsconn)
        with pytest.raises(NotImplementedError):
            make_client().describe_certificates()


@mock_aws
def test_calls_by_requests_reach_the_fake_or_moto_by_operation(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    url = f"https://dms.{REGION}.amazonaws.com/"

    def post(operation: str, **parameters: str) -> requests.Response:
        target = {"X-Amz-Target": f"AmazonDMSv20160101.{operation}"}
        return requests.post(url, json=parameters, headers=target, timeout=5)

    assert post("DeleteConnection", **connection.arns).json()["Connection"]["Status"] == "deleting"
    create_endpoint(make_client())
    assert len(post("DescribeEndpoints").json()["Endpoints"]) == 1
    assert [(call.operation, call.transport) for call in dmsconn.calls] == [
        ("DeleteConnection", "requests")
    ]


@patch.dict(os.environ)  # for the same reason
def test_requests_still_reach_moto_once_the_fake_has_ended() -> None:
    url = "https://dumps.s3.amazonaws.com/"
    mock = mock_aws()
    with mock_dms():
        mock.start()
    try:
        assert requests.put(url, timeout=5).status_code == 200
    finally:
        mock.stop()


def test_the_fake_answers_requests_after_mock_aws_has_ended(dmsconn: FakeDms) -> None:
    with mock_aws():
        pass
    answer = requests.post(
        f"https://dms.{REGION}.amazonaws.com/",
        json=dmsconn.add_connection().arns,
        headers={"X-Amz-Target": "AmazonDMSv20160101.DeleteConnection"},
        timeout=5,
    )
    assert answer.status_code == 200
    assert not moto.core.models.botocore_stubber.enabled


def test_aiobotocore_reaches_both_although_moto_does_not_support_it(dmsconn: FakeDms) -> None:
    async def use() -> dict[str, str]:
        session = aiobotocore.session.get_session()
        async with session.create_client("dms", region_name=REGION) as client:
            endpoint = await client.create_endpoint(
                EndpointIdentifier="orders", EndpointType="target", EngineName="postgres"
            )
            arns = {
                "EndpointArn": endpoint["Endpoint"]["EndpointArn"],
                "ReplicationInstanceArn": dmsconn.add_replication_instance().arn,
            }
            await client.test_connection(**arns)
            await client.describe_connections()
            await client.delete_connection(**arns)
            assert len((await client.describe_endpoints())["Endpoints"]) == 1
            await client.delete_endpoint(EndpointArn=arns["EndpointArn"])
            return arns

    with mock_aws():
        arns = asyncio.run(use())

    dmsconn.assert_only_deleted((arns["EndpointArn"], arns["ReplicationInstanceArn"]))
    assert {call.transport for call in dmsconn.calls} == {"aiobotocore"}


def test_the_report_of_an_unmet_fault_says_that_moto_answers_the_operation() -> None:
    @mock_dms
    def describe() -> None:
        current().fail("DescribeEndpoints", "ThrottlingException")
        with mock_aws():
            make_client().describe_endpoints()

    with pytest.raises(AssertionError) as raised:
        describe()

    never_met, *_ = str(raised.value).splitlines()
    assert never_met.startswith(
        "Never met: ThrottlingException for DescribeEndpoints, which moto answers under mock_aws, "
        "armed at "
    )
