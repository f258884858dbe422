"""Endpoints and replication instances of moto can be connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.dms.models import DatabaseMigrationServiceBackend
from support.moto_resources import (
    ACCOUNT,
    REGION,
    create_connection,
    create_endpoint,
    create_instance,
    make_client,
)

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

pytestmark = pytest.mark.usefixtures("bare_machine", "no_network")


@pytest.fixture
def client(dms: FakeDms) -> Any:  # noqa: ARG001 - both are active when the client is made
    return make_client()


def test_identifiers_of_moto_are_taken_as_they_are(client: Any, dms: FakeDms) -> None:
    arns = {
        "EndpointArn": create_endpoint(client, "Orders_DB--1"),
        "ReplicationInstanceArn": create_instance(client, "9_Nightly"),
    }
    answer = client.test_connection(**arns)["Connection"]

    assert answer["EndpointIdentifier"] == "Orders_DB--1"
    assert answer["ReplicationInstanceIdentifier"] == "9_Nightly"
    connection = dms.connection(*arns.values())
    assert (connection.endpoint_arn, connection.replication_instance_arn) == tuple(arns.values())
    assert [end.identifier for end in dms.endpoints] == ["Orders_DB--1"]


def test_instance_counts_as_available_though_moto_is_still_creating_it(client: Any) -> None:
    arns = create_connection(client)

    assert client.describe_connections()["Connections"][0]["Status"] == "successful"
    again = client.test_connection(**arns)["Connection"]
    assert again["Status"] == "testing"


def test_instance_of_moto_can_be_connected_to_an_endpoint_of_the_fake(
    client: Any, dms: FakeDms
) -> None:
    seeded = dms.add_endpoint("seeded")
    instance = create_instance(client)

    client.test_connection(EndpointArn=seeded.arn, ReplicationInstanceArn=instance)

    assert dms.connection(seeded.arn, instance).name == "seeded @ nightly"


def test_unknown_ends_are_not_found(client: Any) -> None:
    arns = {"EndpointArn": create_endpoint(client), "ReplicationInstanceArn": "arn:nowhere"}
    with pytest.raises(client.exceptions.ResourceNotFoundFault, match="Replication instance"):
        client.test_connection(**arns)
    arns["ReplicationInstanceArn"] = create_instance(client)
    arns["EndpointArn"] = "arn:nowhere"
    with pytest.raises(client.exceptions.ResourceNotFoundFault, match="Endpoint"):
        client.test_connection(**arns)


def test_ends_in_another_region_are_not_found(client: Any) -> None:
    far = boto3.client("dms", region_name="eu-west-1")
    arns = {
        "EndpointArn": create_endpoint(far),
        "ReplicationInstanceArn": create_instance(client),
    }
    with pytest.raises(client.exceptions.ResourceNotFoundFault, match="Endpoint"):
        client.test_connection(**arns)


def test_seed_by_the_arns_of_moto_takes_its_identifiers(client: Any, dms: FakeDms) -> None:
    connection = dms.add_connection(
        create_endpoint(client, "orders_db"), create_instance(client, "Nightly"), status="failed"
    )
    assert connection.name == "orders_db @ Nightly"
    with pytest.raises(UsageError, match="orders_db"):
        dms.add_endpoint("other", arn=connection.endpoint_arn)


@pytest.mark.parametrize("identifier", ["Nightly", "nightly"])
def test_instance_of_moto_is_found_in_any_letter_case(
    client: Any, dms: FakeDms, identifier: str
) -> None:
    connection = dms.add_connection(
        replication_instance_arn=create_instance(client, "Nightly"),
        replication_instance_identifier=identifier,
    )
    assert dms.connection(replication_instance_identifier=identifier) is connection
    with pytest.raises(KeyError):
        dms.connection(replication_instance_identifier="weekly")


def test_seed_by_the_identifiers_of_moto_means_its_resources(client: Any, dms: FakeDms) -> None:
    endpoint, instance = create_endpoint(client), create_instance(client, "Nightly")

    connection = dms.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )

    assert (connection.endpoint_arn, connection.replication_instance_arn) == (endpoint, instance)


def test_same_identifier_in_moto_and_in_the_fake(client: Any, dms: FakeDms) -> None:
    seeded = dms.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="weekly"
    )
    arns = create_connection(client)
    assert len(client.describe_connections()["Connections"]) == 2

    client.delete_endpoint(EndpointArn=arns["EndpointArn"])

    assert dms.connections == (seeded,)
    assert dms.add_connection(endpoint_identifier="orders").endpoint is seeded.endpoint
    dms.remove_endpoint(seeded.endpoint)
    assert dms.endpoints == ()


@pytest.mark.skipif(
    not hasattr(DatabaseMigrationServiceBackend, "modify_replication_instance"),
    reason="this release of moto cannot rename an instance",
)
def test_renamed_instance_is_tested_under_its_new_identifier(client: Any, dms: FakeDms) -> None:
    arns = create_connection(client)
    client.describe_connections()
    client.modify_replication_instance(
        ReplicationInstanceArn=arns["ReplicationInstanceArn"],
        ReplicationInstanceIdentifier="weekly",
    )

    answer = client.test_connection(**arns)["Connection"]

    assert answer["ReplicationInstanceIdentifier"] == "weekly"
    assert [instance.identifier for instance in dms.replication_instances] == ["weekly"]


@pytest.mark.parametrize("which", ["EndpointArn", "ReplicationInstanceArn"])
def test_deletion_in_moto_removes_connections(client: Any, dms: FakeDms, which: str) -> None:
    arns = create_connection(client)
    connection = dms.connection(*arns.values())
    other = dms.add_connection()
    delete = {
        "EndpointArn": client.delete_endpoint,
        "ReplicationInstanceArn": client.delete_replication_instance,
    }[which]

    delete(**{which: arns[which]})

    assert connection.status == "deleted"
    assert dms.connections == (other,)
    dms.assert_only_deleted()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**arns)


def test_deletion_in_moto_removes_connections_seeded_before_its_creation(
    client: Any, dms: FakeDms
) -> None:
    arn = f"arn:aws:dms:{REGION}:{ACCOUNT}:rep:nightly"
    dms.add_connection(replication_instance_arn=arn)
    assert create_instance(client) == arn

    client.delete_replication_instance(ReplicationInstanceArn=arn)

    assert dms.connections == ()


def test_deletion_that_moto_refuses_leaves_connections_alone(client: Any, dms: FakeDms) -> None:
    connection = dms.add_connection()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_endpoint(EndpointArn=connection.endpoint_arn)
    assert dms.connections == (connection,)


def test_connections_can_be_looked_at_after_moto_has_ended(dmsconn: FakeDms) -> None:
    with mock_aws():
        client = make_client()
        gone, left = create_connection(client), create_endpoint(client, "archive")
        client.test_connection(
            EndpointArn=left, ReplicationInstanceArn=gone["ReplicationInstanceArn"]
        )
        client.describe_connections()
        client.delete_connection(**gone)

    assert [connection.status for connection in dmsconn.connections] == ["deleting", "successful"]
    [described] = client.describe_connections()["Connections"]
    assert described["EndpointIdentifier"] == "archive"


def test_next_mock_aws_begins_without_connections_of_the_one_before(dmsconn: FakeDms) -> None:
    with mock_aws():
        create_connection(make_client())
    with mock_aws():
        client = make_client()
        assert client.describe_connections()["Connections"] == []
        create_instance(client)
        assert client.describe_connections()["Connections"] == []
    assert dmsconn.connections == ()


def test_reset_of_moto_removes_connections(client: Any, dms: FakeDms) -> None:
    create_connection(client)

    requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5)

    assert dms.connections == ()
