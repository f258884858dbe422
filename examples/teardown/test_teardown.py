"""Tests of the teardown: connections first, then endpoints, then the replication instance."""

import boto3
import pytest
import teardown
from botocore.exceptions import WaiterError

from pytest_dmsconn import FakeDms


def deletions(dmsconn: FakeDms) -> list[str]:
    return [call.operation for call in dmsconn.calls if call.operation.startswith("Delete")]


def test_deletes_connections_endpoints_and_instance_in_this_order(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    source, target = dmsconn.add_connections(2, replication_instance_identifier="nightly")

    report = teardown.teardown(dms_client, "nightly", delay=0)

    assert deletions(dmsconn) == [
        "DeleteConnection",
        "DeleteConnection",
        "DeleteEndpoint",
        "DeleteEndpoint",
        "DeleteReplicationInstance",
    ]
    assert report.deleted_endpoints == (source.endpoint_arn, target.endpoint_arn)
    assert dmsconn.connections == ()
    assert dmsconn.endpoints == ()
    assert dmsconn.replication_instances == ()


def test_takes_an_arn_as_well_as_an_identifier(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    nightly = dmsconn.add_replication_instance("nightly")
    weekly = dmsconn.add_replication_instance("weekly")

    report = teardown.teardown(dms_client, weekly.arn, delay=0)

    assert report.replication_instance == weekly.arn
    assert dmsconn.replication_instances == (nightly,)


def test_leaves_other_instances_alone(dmsconn: FakeDms, dms_client: teardown.DmsClient) -> None:
    own = dmsconn.add_connection(replication_instance_identifier="nightly")
    foreign = dmsconn.add_connection(replication_instance_identifier="weekly")

    teardown.teardown(dms_client, "nightly", delay=0)

    dmsconn.assert_only_deleted(own)
    assert dmsconn.connections == (foreign,)
    assert [each.identifier for each in dmsconn.replication_instances] == ["weekly"]


def test_keeps_an_endpoint_that_another_instance_is_connected_to(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    own = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )
    foreign = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="weekly"
    )

    report = teardown.teardown(dms_client, "nightly", delay=0)

    assert report.deleted_endpoints == ()
    assert report.kept_endpoints == (own.endpoint_arn,)
    assert [each.identifier for each in dmsconn.endpoints] == ["orders"]
    dmsconn.assert_not_deleted(foreign)


def test_an_instance_that_nothing_is_connected_to(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    dmsconn.add_replication_instance("nightly")
    idle = dmsconn.add_endpoint("orders")

    teardown.teardown(dms_client, "nightly", delay=0)

    assert dmsconn.replication_instances == ()
    assert dmsconn.endpoints == (idle,)


@pytest.mark.dmsconn(deleting_polls=3)
def test_waits_for_every_step_when_dms_is_slow(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    connection = dmsconn.add_connection(replication_instance_identifier="nightly")

    teardown.teardown(dms_client, "nightly", delay=0)

    # The endpoint is deleted after its connection is gone, and the instance after the endpoint.
    dmsconn.assert_deleted(connection)
    assert len(dmsconn.calls_to("DescribeEndpoints")) == 3
    assert dmsconn.replication_instances == ()


@pytest.mark.dmsconn(unmatched_filters="empty")
def test_an_empty_list_of_connections_is_as_good_as_a_fault(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    dmsconn.add_connection(replication_instance_identifier="nightly")

    teardown.teardown(dms_client, "nightly", delay=0, max_attempts=5)

    assert dmsconn.connections == ()
    assert dmsconn.replication_instances == ()


@pytest.mark.dmsconn(testing_polls=4)
def test_waits_for_a_connection_that_is_under_test(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    busy = dmsconn.add_connection(replication_instance_identifier="nightly", status="testing")

    teardown.teardown(dms_client, "nightly", delay=0)

    dmsconn.assert_deleted(busy)
    assert [each.succeeded for each in dmsconn.deletions] == [True]


@pytest.mark.dmsconn(deleting_polls=1000)
def test_a_stuck_connection_keeps_endpoint_and_instance(
    dmsconn: FakeDms, dms_client: teardown.DmsClient
) -> None:
    dmsconn.add_connection(replication_instance_identifier="nightly")

    with pytest.raises(teardown.TeardownError, match="still has connections"):
        teardown.teardown(dms_client, "nightly", delay=0, max_attempts=3)

    assert deletions(dmsconn) == ["DeleteConnection"]
    assert [each.status for each in dmsconn.endpoints] == ["active"]
    assert [each.status for each in dmsconn.replication_instances] == ["available"]


@pytest.mark.dmsconn(deleting_polls=1000)
def test_a_stuck_instance_is_an_error(dmsconn: FakeDms, dms_client: teardown.DmsClient) -> None:
    nightly = dmsconn.add_replication_instance("nightly")

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        teardown.teardown(dms_client, "nightly", delay=0, max_attempts=3)

    assert nightly.status == "deleting"


@pytest.mark.parametrize(
    "instance", ["nightly", "arn:aws:dms:us-east-1:123456789012:rep:6UTDJGBOUS3VI3SUWA66XFJCJQ"]
)
def test_an_unknown_instance_is_an_error(
    dmsconn: FakeDms, dms_client: teardown.DmsClient, instance: str
) -> None:
    dmsconn.add_connection(replication_instance_identifier="weekly")

    with pytest.raises(teardown.TeardownError, match=f"no replication instance {instance}"):
        teardown.teardown(dms_client, instance, delay=0)

    assert deletions(dmsconn) == []


def test_the_command_line(dmsconn: FakeDms, capsys: pytest.CaptureFixture[str]) -> None:
    connection = dmsconn.add_connection(
        replication_instance_identifier="nightly", region="eu-west-1"
    )

    assert teardown.main(["nightly", "--region", "eu-west-1", "--delay", "0"]) == 0

    assert capsys.readouterr().out == f"deleted {connection.replication_instance_arn}\n"
    assert dmsconn.connections == ()


def test_the_command_line_looks_in_one_region_only(dmsconn: FakeDms) -> None:
    dmsconn.add_connection(replication_instance_identifier="nightly", region="eu-west-1")

    assert teardown.main(["nightly", "--region", "us-east-1", "--delay", "0"]) == 1

    assert deletions(dmsconn) == []


def test_under_moto_it_gets_as_far_as_the_first_waiter(dmsconn: FakeDms) -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        client = boto3.client("dms", region_name="us-east-1")
        instance = client.create_replication_instance(
            ReplicationInstanceIdentifier="nightly", ReplicationInstanceClass="dms.t3.medium"
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        source = client.create_endpoint(
            EndpointIdentifier="orders", EndpointType="source", EngineName="postgres"
        )["Endpoint"]["EndpointArn"]
        target = client.create_endpoint(
            EndpointIdentifier="archive", EndpointType="target", EngineName="postgres"
        )["Endpoint"]["EndpointArn"]
        for endpoint in (source, target):
            client.test_connection(EndpointArn=endpoint, ReplicationInstanceArn=instance)

        # The fake answers DeleteConnection, which moto lacks. moto has the endpoints and the
        # instance, and deletes an endpoint at once. But for a DescribeEndpoints that selects
        # nothing, moto returns an empty list, and DMS returns ResourceNotFoundFault. The waiter
        # waits for this fault.
        with pytest.raises(WaiterError, match=r"EndpointDeleted.*Max attempts exceeded"):
            teardown.teardown(client, "nightly", delay=0, max_attempts=3)

        dmsconn.assert_only_deleted((source, instance), (target, instance))
        assert dmsconn.connections == ()
        assert client.describe_endpoints()["Endpoints"] == []
        [left] = client.describe_replication_instances()["ReplicationInstances"]
        assert left["ReplicationInstanceArn"] == instance
        assert left["ReplicationInstanceStatus"] == "available"
