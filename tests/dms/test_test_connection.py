"""TestConnection through a real client, row by row of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.describe_calls import FAILURE_FORM, polled
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# T1


def test_creates_a_connection(dmsconn: FakeDms, dms_client: Any) -> None:
    endpoint = dmsconn.add_endpoint("orders")
    instance = dmsconn.add_replication_instance("Nightly")

    answer = dms_client.test_connection(
        EndpointArn=endpoint.arn, ReplicationInstanceArn=instance.arn
    )

    assert answer["Connection"] == {
        "EndpointArn": endpoint.arn,
        "EndpointIdentifier": "orders",
        "ReplicationInstanceArn": instance.arn,
        "ReplicationInstanceIdentifier": "nightly",
        "Status": "testing",
    }
    (connection,) = dmsconn.connections
    assert connection is dmsconn.connection(endpoint.arn, instance.arn)
    assert polled(dms_client, connection) == "successful"


@pytest.mark.parametrize("status", ["successful", "failed"])
def test_tests_an_existing_connection_again(dmsconn: FakeDms, dms_client: Any, status: Any) -> None:
    connection = dmsconn.add_connection(status=status)

    answer = dms_client.test_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "testing"
    assert dmsconn.connections == (connection,)
    assert polled(dms_client, connection) == "successful"


def test_a_connection_that_is_tested_again_keeps_its_place_in_the_order(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    first, second = dmsconn.add_connections(2)

    dms_client.test_connection(**first.arns)

    listed = dms_client.describe_connections()["Connections"]
    assert [one["EndpointArn"] for one in listed] == [first.endpoint_arn, second.endpoint_arn]


# T1a


def test_an_earlier_failure_message_is_gone_once_a_test_begins(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="failed", last_failure_message="no route to host")

    answer = dms_client.test_connection(**connection.arns)

    assert "LastFailureMessage" not in answer["Connection"]
    assert connection.last_failure_message is None
    assert "LastFailureMessage" not in dms_client.describe_connections()["Connections"][0]


# T2


def test_refuses_a_second_test_while_the_first_is_under_way(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)

    with pytest.raises(
        dms_client.exceptions.InvalidResourceStateFault, match="Connection is already being tested"
    ):
        dms_client.test_connection(**connection.arns)


def test_refuses_a_test_while_a_test_started_by_dms_is_running(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_status(connection, "testing")

    with pytest.raises(
        dms_client.exceptions.InvalidResourceStateFault, match="already being tested"
    ):
        dms_client.test_connection(**connection.arns)

    assert polled(dms_client, connection) == "successful"


# T3


@pytest.mark.parametrize("arn", [INSTANCE_ARN, "my-instance", ENDPOINT_ARN, ""])
def test_an_unknown_instance_is_not_found(dmsconn: FakeDms, dms_client: Any, arn: str) -> None:
    endpoint = dmsconn.add_endpoint()

    with pytest.raises(
        dms_client.exceptions.ResourceNotFoundFault,
        match=r": Replication instance could not be found\.$",
    ):
        dms_client.test_connection(EndpointArn=endpoint.arn, ReplicationInstanceArn=arn)

    assert dmsconn.connections == ()


@pytest.mark.parametrize("arn", [ENDPOINT_ARN, "my-endpoint", INSTANCE_ARN, ""])
def test_an_unknown_endpoint_is_not_found(dmsconn: FakeDms, dms_client: Any, arn: str) -> None:
    instance = dmsconn.add_replication_instance()

    with pytest.raises(
        dms_client.exceptions.ResourceNotFoundFault, match=r": Endpoint could not be found\.$"
    ):
        dms_client.test_connection(EndpointArn=arn, ReplicationInstanceArn=instance.arn)

    assert dmsconn.connections == ()


def test_the_instance_is_looked_for_before_the_endpoint(dmsconn: FakeDms, dms_client: Any) -> None:
    nothing = {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault, match="Replication instance"):
        dms_client.test_connection(**nothing)

    instance = dmsconn.add_replication_instance(arn=INSTANCE_ARN, available=False)
    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.test_connection(**nothing)

    instance.set_available()
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault, match="Endpoint"):
        dms_client.test_connection(**nothing)


def test_both_ends_must_be_in_the_region_of_the_caller(dmsconn: FakeDms, dms_client: Any) -> None:
    here, there = dmsconn.add_connection(), dmsconn.add_connection(region="eu-west-1")

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault, match="Replication instance"):
        dms_client.test_connection(
            EndpointArn=here.endpoint_arn, ReplicationInstanceArn=there.replication_instance_arn
        )
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault, match="Endpoint"):
        dms_client.test_connection(
            EndpointArn=there.endpoint_arn, ReplicationInstanceArn=here.replication_instance_arn
        )


def test_ends_in_another_region_or_account_are_not_found(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region="eu-west-1", account_id="111122223333")
    keys = dmsconn.credentials("111122223333")
    elsewhere = [
        boto3.client("dms", region_name="us-east-1", **keys),
        boto3.client("dms", region_name="eu-west-1"),
    ]

    for client in elsewhere:
        with pytest.raises(client.exceptions.ResourceNotFoundFault):
            client.test_connection(**connection.arns)

    owner = boto3.client("dms", region_name="eu-west-1", **keys)
    assert owner.test_connection(**connection.arns)["Connection"]["Status"] == "testing"


# T4


def test_the_refusal_names_the_instance_that_is_still_being_created(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    endpoint = dmsconn.add_endpoint()
    instance = dmsconn.add_replication_instance("nightly", available=False)
    arns = {"EndpointArn": endpoint.arn, "ReplicationInstanceArn": instance.arn}

    with pytest.raises(
        dms_client.exceptions.InvalidResourceStateFault, match="nightly is not available"
    ):
        dms_client.test_connection(**arns)
    assert dmsconn.connections == ()

    instance.set_available()
    assert dms_client.test_connection(**arns)["Connection"]["Status"] == "testing"


@pytest.mark.parametrize("status", ["creating", "modifying", "storage-full", "deleted", "testing"])
def test_refuses_an_instance_with_a_status_other_than_available(
    dmsconn: FakeDms, dms_client: Any, status: str
) -> None:
    endpoint = dmsconn.add_endpoint()
    instance = dmsconn.add_replication_instance(members={"ReplicationInstanceStatus": status})

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match=status):
        dms_client.test_connection(EndpointArn=endpoint.arn, ReplicationInstanceArn=instance.arn)


@pytest.mark.parametrize("status", ["creating", "modifying", "testing"])
def test_refuses_an_endpoint_with_a_status_other_than_active(
    dmsconn: FakeDms, dms_client: Any, status: str
) -> None:
    endpoint = dmsconn.add_endpoint("orders", members={"Status": status})
    instance = dmsconn.add_replication_instance()

    with pytest.raises(
        dms_client.exceptions.InvalidResourceStateFault, match=f"orders is not active.*{status}"
    ):
        dms_client.test_connection(EndpointArn=endpoint.arn, ReplicationInstanceArn=instance.arn)


# T5


def test_refuses_a_connection_that_is_being_deleted(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="being deleted"):
        dms_client.test_connection(**connection.arns)

    assert connection.status == "deleting"


def test_refuses_an_endpoint_that_is_being_deleted(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_endpoint(EndpointArn=connection.endpoint_arn)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.test_connection(**connection.arns)

    assert dmsconn.connections == ()


def test_refuses_an_instance_that_is_being_deleted(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_replication_instance(
        ReplicationInstanceArn=connection.replication_instance_arn
    )

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.test_connection(**connection.arns)

    assert dmsconn.connections == ()


# T6


@pytest.mark.dmsconn(test_result="failed")
def test_a_failed_test_says_why_in_the_form_of_dms(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    assert "LastFailureMessage" not in dms_client.test_connection(**connection.arns)["Connection"]
    (described,) = dms_client.describe_connections()["Connections"]

    assert described["Status"] == "failed"
    assert FAILURE_FORM.fullmatch(described["LastFailureMessage"])


def test_a_seeded_failure_has_a_message_of_that_form_too(dmsconn: FakeDms) -> None:
    seeded = dmsconn.add_connection(status="failed")
    changed = dmsconn.add_connection()
    dmsconn.set_status(changed, "failed")

    for connection in (seeded, changed):
        assert FAILURE_FORM.fullmatch(connection.last_failure_message or "")
