"""Seeding connections: generated and given values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

RESOURCE = "[A-Z2-7]{26}"


# What is generated


def test_add_connection_without_arguments(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    account = "arn:aws:dms:us-east-1:123456789012"
    assert re.fullmatch(f"{account}:endpoint:{RESOURCE}", connection.endpoint_arn)
    assert re.fullmatch(f"{account}:rep:{RESOURCE}", connection.replication_instance_arn)
    assert connection.endpoint_identifier
    assert connection.replication_instance_identifier
    assert connection.status == "successful"
    assert connection.last_failure_message is None
    assert (connection.region, connection.account_id) == ("us-east-1", "123456789012")
    assert not connection.deleted


def test_endpoint_and_instance_are_created_with_the_connection(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )

    (endpoint,), (instance,) = dmsconn.endpoints, dmsconn.replication_instances

    assert (endpoint.arn, endpoint.identifier) == (connection.endpoint_arn, "orders")
    assert (instance.arn, instance.identifier) == (connection.replication_instance_arn, "nightly")
    assert (endpoint.status, instance.status) == ("active", "available")


def test_generated_values_are_the_same_in_every_run() -> None:
    def seeded() -> Any:
        with mock_dms() as dms:
            dms.add_connections(3)
            dms.add_endpoint()
            dms.add_replication_instance()
            return dms.dump()

    assert seeded() == seeded()
    with mock_dms() as dms:
        # Written down, so that a release cannot change them unnoticed.
        assert dms.add_connection().endpoint_arn == (
            "arn:aws:dms:us-east-1:123456789012:endpoint:NIOHHQN7U4TVAI2OULGCU26FMW"
        )


def test_generated_values_differ_in_a_test(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(50)
    connections += dmsconn.add_connections(50, region="eu-west-1")

    for name in ("endpoint_arn", "replication_instance_arn"):
        assert len({getattr(connection, name) for connection in connections}) == 100


def test_refused_seed_uses_no_generated_value(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError):
        dmsconn.add_connection(status="nonsense")  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        dmsconn.add_connections(2, endpoint_arn=ENDPOINT_ARN, replication_instance_arn=INSTANCE_ARN)

    with mock_dms() as fresh:
        expected = fresh.add_connection()
    assert dmsconn.add_connection().arns == expected.arns


def test_generated_identifiers_avoid_existing_ones(dmsconn: FakeDms) -> None:
    taken = dmsconn.add_endpoint("endpoint-2")

    connection = dmsconn.add_connection()

    assert connection.endpoint_arn != taken.arn
    assert connection.endpoint_identifier != "endpoint-2"
    assert len(dmsconn.endpoints) == 2


def test_generated_values_avoid_loaded_ones() -> None:
    with mock_dms() as earlier:
        earlier.add_connections(5)
        recorded = earlier.dump()
    del recorded["Connections"][:3]

    with mock_dms() as dms:
        dms.load({"Connections": recorded["Connections"]})
        connections = [*dms.connections, *dms.add_connections(5)]

        assert dms.connections == tuple(connections)
        assert len({connection.endpoint_arn for connection in connections}) == 7
        assert len({connection.endpoint_identifier for connection in connections}) == 7
        assert len(dms.endpoints) == len(dms.replication_instances) == 7


def test_reset_restarts_generated_values(dmsconn: FakeDms, dms_client: Any) -> None:
    first = dmsconn.add_connection()
    dms_client.describe_connections()

    dmsconn.reset()

    assert dmsconn.connections == ()
    assert dmsconn.endpoints == ()
    assert dmsconn.replication_instances == ()
    assert dmsconn.calls == ()
    assert dms_client.describe_connections()["Connections"] == []
    assert dmsconn.add_connection().arns == first.arns


# ARNs, identifiers, regions, accounts


def test_given_values_are_kept(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(
        ENDPOINT_ARN,
        INSTANCE_ARN,
        endpoint_identifier="Orders",
        replication_instance_identifier="Nightly-Loads",
        status="failed",
        last_failure_message="no route to host",
    )

    assert connection.arns == {
        "EndpointArn": ENDPOINT_ARN,
        "ReplicationInstanceArn": INSTANCE_ARN,
    }
    assert connection.endpoint_identifier == "Orders"
    assert connection.replication_instance_identifier == "nightly-loads"
    assert connection.status == "failed"
    assert connection.last_failure_message == "no route to host"


@pytest.mark.parametrize(
    ("arn", "region", "account_id"),
    [
        ("arn:aws:dms:eu-west-1:111122223333:endpoint:X", "eu-west-1", "111122223333"),
        ("arn:aws-cn:dms:cn-north-1:123456789012:endpoint:X", "cn-north-1", "123456789012"),
        ("arn:aws-us-gov:dms:us-gov-west-1:123456789012:endpoint:X", "us-gov-west-1", None),
    ],
)
def test_region_and_account_come_from_an_arn(
    dmsconn: FakeDms, arn: str, region: str, account_id: str | None
) -> None:
    connection = dmsconn.add_connection(arn)

    assert connection.region == region
    assert connection.account_id == (account_id or "123456789012")
    partition = arn.split(":")[1]
    assert connection.replication_instance_arn.startswith(
        f"arn:{partition}:dms:{region}:{connection.account_id}:rep:"
    )


def test_region_decides_the_partition(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region="cn-north-1", account_id="111122223333")

    assert connection.endpoint_arn.startswith("arn:aws-cn:dms:cn-north-1:111122223333:endpoint:")


def test_identifier_without_an_arn_selects_the_existing_resource(dmsconn: FakeDms) -> None:
    first = dmsconn.add_connection(replication_instance_identifier="nightly")
    second = dmsconn.add_connection(replication_instance_identifier="NIGHTLY")

    assert first.replication_instance_arn == second.replication_instance_arn
    assert first.endpoint_arn != second.endpoint_arn
    assert len(dmsconn.replication_instances) == 1


def test_same_identifier_in_another_region_is_another_resource(dmsconn: FakeDms) -> None:
    here = dmsconn.add_connection(endpoint_identifier="orders")
    there = dmsconn.add_connection(endpoint_identifier="orders", region="eu-west-1")
    theirs = dmsconn.add_connection(endpoint_identifier="orders", account_id="111122223333")

    assert len({one.endpoint_arn for one in (here, there, theirs)}) == 3


def test_known_arn_has_its_known_identifier(dmsconn: FakeDms) -> None:
    endpoint = dmsconn.add_endpoint("orders", arn=ENDPOINT_ARN)

    assert dmsconn.add_connection(ENDPOINT_ARN).endpoint_identifier == "orders"
    assert dmsconn.endpoints == (endpoint,)


def test_add_connections_passes_arguments_to_all(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(
        3, replication_instance_identifier="nightly", status="failed"
    )

    assert dmsconn.connections == tuple(connections)
    assert {connection.status for connection in connections} == {"failed"}
    assert {one.replication_instance_identifier for one in connections} == {"nightly"}
    assert dmsconn.add_connections(0) == []
