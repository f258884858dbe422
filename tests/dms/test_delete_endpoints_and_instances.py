"""DeleteEndpoint and DeleteReplicationInstance: E1 and N3 to N6 of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.describe_calls import identifiers, only
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# E1


@pytest.mark.dmsconn(deleting_polls=3)
def test_deleting_an_endpoint_removes_its_connections_at_once(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    endpoint = dmsconn.add_endpoint("orders")
    gone = [
        dmsconn.add_connection(endpoint.arn, status=status)
        for status in ("successful", "failed", "testing", "deleting")
    ]
    other = dmsconn.add_connection(replication_instance_arn=gone[0].replication_instance_arn)

    dms_client.delete_endpoint(EndpointArn=endpoint.arn)

    assert {connection.status for connection in gone} == {"deleted"}
    assert dmsconn.connections == (other,)
    assert len(dms_client.describe_connections()["Connections"]) == 1
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(**only("endpoint-arn", endpoint.arn))
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**gone[0].arns)


@pytest.mark.dmsconn(deleting_polls=3)
def test_deleting_an_instance_removes_its_connections_at_once(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    instance = dmsconn.add_replication_instance("nightly")
    gone = dmsconn.add_connections(3, replication_instance_arn=instance.arn)
    other = dmsconn.add_connection(gone[0].endpoint_arn)

    dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)

    assert {connection.status for connection in gone} == {"deleted"}
    assert dmsconn.connections == (other,)
    assert len(dmsconn.endpoints) == 3


def test_deleting_an_endpoint_does_not_count_as_deleting_its_connection(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()

    dms_client.delete_endpoint(EndpointArn=connection.endpoint_arn)

    assert connection.deleted
    dmsconn.assert_not_deleted(connection)
    dmsconn.assert_only_deleted()


def test_removing_an_endpoint_or_an_instance_removes_its_connections(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    first, second = dmsconn.add_connections(2)
    endpoint = dmsconn.endpoints[0]
    instance = dmsconn.replication_instances[1]

    dmsconn.remove_endpoint(endpoint)
    dmsconn.remove_replication_instance(instance)

    assert (endpoint.status, instance.status) == ("deleted", "deleted")
    assert endpoint.deleted
    assert instance.deleted
    assert (first.status, second.status) == ("deleted", "deleted")
    assert dms_client.describe_connections()["Connections"] == []
    assert identifiers(dms_client.describe_endpoints()) == [second.endpoint_identifier]


# N3 to N6


def test_deleting_an_endpoint(dmsconn: FakeDms, dms_client: Any) -> None:
    endpoint = dmsconn.add_endpoint("orders", members={"EngineName": "postgres"})

    answer = dms_client.delete_endpoint(EndpointArn=endpoint.arn)["Endpoint"]

    assert answer["Status"] == "deleting"
    assert (answer["EndpointIdentifier"], answer["EngineName"]) == ("orders", "postgres")
    assert (endpoint.status, endpoint.deleted) == ("deleting", True)
    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="orders"):
        dms_client.delete_endpoint(EndpointArn=endpoint.arn)
    assert dms_client.describe_endpoints()["Endpoints"] == []
    assert endpoint.status == "deleted"
    assert dmsconn.endpoints == ()
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_endpoint(EndpointArn=endpoint.arn)


def test_deleting_an_instance(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance("nightly", available=False)

    answer = dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)

    assert answer["ReplicationInstance"]["ReplicationInstanceStatus"] == "deleting"
    assert answer["ReplicationInstance"]["ReplicationInstanceIdentifier"] == "nightly"
    assert (instance.status, instance.deleted) == ("deleting", True)
    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="nightly"):
        dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)
    assert dms_client.describe_replication_instances()["ReplicationInstances"] == []
    assert instance.status == "deleted"
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)


@pytest.mark.parametrize("arn", [ENDPOINT_ARN, INSTANCE_ARN, "orders", ""])
def test_deleting_a_resource_that_does_not_exist_fails_for_any_arn(
    dmsconn: FakeDms, dms_client: Any, arn: str
) -> None:
    dmsconn.add_connection()

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_endpoint(EndpointArn=arn)
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_replication_instance(ReplicationInstanceArn=arn)

    assert len(dmsconn.connections) == 1


def test_deleting_does_not_reach_into_another_region(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(region="eu-west-1")

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_endpoint(EndpointArn=connection.endpoint_arn)
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_replication_instance(
            ReplicationInstanceArn=connection.replication_instance_arn
        )

    assert dmsconn.connections == (connection,)


@pytest.mark.dmsconn(deleting_polls=3)
def test_ends_stay_deleting_for_as_many_polls_as_connections(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    endpoint = dmsconn.add_endpoint("orders")
    instance = dmsconn.add_replication_instance("nightly")
    dms_client.delete_endpoint(EndpointArn=endpoint.arn)
    dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)

    endpoints = [identifiers(dms_client.describe_endpoints()) for _ in range(3)]
    instances = [identifiers(dms_client.describe_replication_instances()) for _ in range(3)]

    assert endpoints == [["orders"], ["orders"], []]
    assert instances == [["nightly"], ["nightly"], []]


@pytest.mark.dmsconn(deleting_polls=0)
def test_ends_are_gone_at_once_without_polls(dmsconn: FakeDms, dms_client: Any) -> None:
    endpoint = dmsconn.add_endpoint()
    instance = dmsconn.add_replication_instance()

    answer = dms_client.delete_endpoint(EndpointArn=endpoint.arn)
    assert answer["Endpoint"]["Status"] == "deleting"
    answer = dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)
    assert answer["ReplicationInstance"]["ReplicationInstanceStatus"] == "deleting"

    assert (endpoint.status, instance.status) == ("deleted", "deleted")
    assert dmsconn.endpoints == ()
    assert dmsconn.replication_instances == ()


def test_a_name_is_free_again_once_its_endpoint_is_gone(dmsconn: FakeDms, dms_client: Any) -> None:
    first = dmsconn.add_endpoint("orders")
    dms_client.delete_endpoint(EndpointArn=first.arn)
    dms_client.describe_endpoints()

    second = dmsconn.add_endpoint("orders")

    assert second.arn != first.arn
    assert (first.status, second.status) == ("deleted", "active")


@pytest.mark.dmsconn(deleting_polls=2)
def test_ends_that_were_seeded_as_deleting_vanish_with_their_connections(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    endpoint = dmsconn.add_endpoint(members={"Status": "deleting"})
    instance = dmsconn.add_replication_instance(members={"ReplicationInstanceStatus": "deleting"})
    connections = [
        dmsconn.add_connection(endpoint.arn),
        dmsconn.add_connection(replication_instance_arn=instance.arn),
    ]

    dms_client.describe_endpoints()
    dms_client.describe_replication_instances()
    assert (endpoint.status, instance.status) == ("deleting", "deleting")
    dms_client.describe_endpoints()
    dms_client.describe_replication_instances()

    assert (endpoint.status, instance.status) == ("deleted", "deleted")
    assert [connection.status for connection in connections] == ["deleted", "deleted"]
    assert dmsconn.connections == ()


@pytest.mark.parametrize("status", ["modifying", "testing", "deleted", "storage-full"])
def test_any_seeded_status_is_described_unchanged(
    dmsconn: FakeDms, dms_client: Any, status: str
) -> None:
    endpoint = dmsconn.add_endpoint(members={"Status": status})
    instance = dmsconn.add_replication_instance(members={"ReplicationInstanceStatus": status})

    for _ in range(3):
        (one,) = dms_client.describe_endpoints()["Endpoints"]
        (other,) = dms_client.describe_replication_instances()["ReplicationInstances"]
        assert (one["Status"], other["ReplicationInstanceStatus"]) == (status, status)

    dms_client.delete_endpoint(EndpointArn=endpoint.arn)
    dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)
    assert (endpoint.status, instance.status) == ("deleting", "deleting")


def test_calls_about_endpoints_and_instances_are_recorded(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()

    dms_client.describe_endpoints()
    dms_client.describe_replication_instances()
    dms_client.delete_endpoint(EndpointArn=connection.endpoint_arn)
    dms_client.delete_replication_instance(
        ReplicationInstanceArn=connection.replication_instance_arn
    )

    assert [call.operation for call in dmsconn.calls] == [
        "DescribeEndpoints",
        "DescribeReplicationInstances",
        "DeleteEndpoint",
        "DeleteReplicationInstance",
    ]
