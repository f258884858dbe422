"""DeleteConnection through a real client, row by row of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

TASK_ARN = "arn:aws:dms:us-east-1:123456789012:task:OEAMB3NXSTZ6LFYZFEPPBBXPYM"


# D1


def test_answers_with_the_connection_as_deleting(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(
        ENDPOINT_ARN,
        INSTANCE_ARN,
        endpoint_identifier="orders",
        replication_instance_identifier="nightly",
    )

    answer = dms_client.delete_connection(**connection.arns)

    assert answer["Connection"] == {
        "EndpointArn": ENDPOINT_ARN,
        "EndpointIdentifier": "orders",
        "ReplicationInstanceArn": INSTANCE_ARN,
        "ReplicationInstanceIdentifier": "nightly",
        "Status": "deleting",
    }


def test_deletes_a_failed_connection_and_keeps_its_message(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="failed", last_failure_message="no route to host")

    answer = dms_client.delete_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "deleting"
    assert answer["Connection"]["LastFailureMessage"] == "no route to host"


def test_changes_no_other_connection(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    same_endpoint = dmsconn.add_connection(connection.endpoint_arn)
    same_instance = dmsconn.add_connection(
        replication_instance_arn=connection.replication_instance_arn
    )

    dms_client.delete_connection(**connection.arns)

    assert connection.status == "deleting"
    assert same_endpoint.status == same_instance.status == "successful"


def test_leaves_both_ends_in_place(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    dms_client.delete_connection(**connection.arns)

    assert [endpoint.status for endpoint in dmsconn.endpoints] == ["active"]
    assert [instance.status for instance in dmsconn.replication_instances] == ["available"]


# D2


def test_refuses_arns_that_name_nothing(dmsconn: FakeDms, dms_client: Any) -> None:
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(EndpointArn=ENDPOINT_ARN, ReplicationInstanceArn=INSTANCE_ARN)

    dmsconn.assert_delete_refused((ENDPOINT_ARN, INSTANCE_ARN), "ResourceNotFoundFault")


def test_refuses_two_ends_that_exist_but_were_never_connected(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    one, other = dmsconn.add_connections(2)

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(
            EndpointArn=one.endpoint_arn, ReplicationInstanceArn=other.replication_instance_arn
        )

    assert one.status == other.status == "successful"


# D3


def test_refuses_while_the_connection_is_tested(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="testing")

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="being tested"):
        dms_client.delete_connection(**connection.arns)

    assert connection.status == "testing"


@pytest.mark.dmsconn(testing_polls=2)
def test_refuses_while_a_test_that_a_call_began_is_under_way(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="failed")
    dms_client.test_connection(**connection.arns)
    dms_client.describe_connections()

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.delete_connection(**connection.arns)

    dms_client.describe_connections()
    dms_client.delete_connection(**connection.arns)
    dmsconn.assert_deleted(connection)


# D4


def test_refuses_a_second_deletion_while_the_first_is_under_way(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="being deleted"):
        dms_client.delete_connection(**connection.arns)

    assert [deletion.succeeded for deletion in dmsconn.deletions] == [True, False]


def test_refuses_a_connection_that_was_seeded_as_deleting(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="deleting")

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.delete_connection(**connection.arns)

    dmsconn.assert_not_deleted(connection)


# D5


def test_refuses_a_connection_that_is_gone(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)
    dms_client.describe_connections()

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**connection.arns)


# D6


@pytest.mark.parametrize(
    "resource",
    ["raar3r22xsh46s3pwlc3njawkm", "RAAR3R22XSH46S3PWLC3NJAWK", "RAAR3R22XSH46S3PWLC3NJAWKMA"],
)
def test_compares_arns_exactly(dmsconn: FakeDms, dms_client: Any, resource: str) -> None:
    connection = dmsconn.add_connection(ENDPOINT_ARN, INSTANCE_ARN)
    other_arn = f"arn:aws:dms:us-east-1:123456789012:endpoint:{resource}"

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(EndpointArn=other_arn, ReplicationInstanceArn=INSTANCE_ARN)

    assert connection.status == "successful"


# D7


def test_does_not_reach_into_another_region(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region="eu-west-1")
    here = boto3.client("dms", region_name="us-east-1")
    there = boto3.client("dms", region_name="eu-west-1")

    with pytest.raises(here.exceptions.ResourceNotFoundFault):
        here.delete_connection(**connection.arns)
    dmsconn.assert_not_deleted(connection)

    there.delete_connection(**connection.arns)
    dmsconn.assert_deleted(connection)


def test_does_not_reach_into_another_account(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(account_id="111122223333")
    owner = boto3.client("dms", **dmsconn.credentials("111122223333"))

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**connection.arns)
    dmsconn.assert_not_deleted(connection)

    owner.delete_connection(**connection.arns)
    dmsconn.assert_deleted(connection)


# D8


def test_a_new_test_makes_another_connection_of_the_pair(dmsconn: FakeDms, dms_client: Any) -> None:
    first = dmsconn.add_connection()
    dms_client.delete_connection(**first.arns)
    dms_client.describe_connections()

    dms_client.test_connection(**first.arns)
    second = dmsconn.connection(first.endpoint_arn, first.replication_instance_arn)

    assert second is not first
    assert (first.status, second.status) == ("deleted", "testing")
    assert first.deleted
    dms_client.describe_connections()
    dms_client.delete_connection(**second.arns)
    assert [deletion.connection for deletion in dmsconn.deletions] == [first, second]


# D9


@pytest.mark.parametrize("parameter", ["EndpointArn", "ReplicationInstanceArn"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "orders",
        "arn:aws:dms:us-east-1:123456789012",
        "arn:aws:rds:us-east-1:123456789012:endpoint:RAAR3R22XSH46S3PWLC3NJAWKM",
        "arn:aws:dms:us-east-1:12345:endpoint:RAAR3R22XSH46S3PWLC3NJAWKM",
        TASK_ARN,
    ],
)
def test_names_the_parameter_that_is_not_an_arn_of_the_right_type(
    dmsconn: FakeDms, dms_client: Any, parameter: str, value: str
) -> None:
    connection = dmsconn.add_connection()
    arns = {**connection.arns, parameter: value}

    with pytest.raises(ClientError, match=rf"\(InvalidParameterValueException\).* {parameter} "):
        dms_client.delete_connection(**arns)

    assert connection.status == "successful"


def test_refuses_arns_that_are_the_wrong_way_round(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    with pytest.raises(ClientError, match=r"\(InvalidParameterValueException\).* EndpointArn "):
        dms_client.delete_connection(
            EndpointArn=connection.replication_instance_arn,
            ReplicationInstanceArn=connection.endpoint_arn,
        )


def test_accepts_any_resource_part_in_the_arns(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(
        "arn:aws:dms:us-east-1:123456789012:endpoint:my/own:name_1",
        "arn:aws:dms:us-east-1:123456789012:rep:x",
    )

    dms_client.delete_connection(**connection.arns)

    dmsconn.assert_only_deleted(connection)


# D10


def test_a_task_that_uses_both_ends_does_not_prevent_the_deletion(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    with mock_aws():  # tasks are moto's
        dms_client.create_replication_task(
            ReplicationTaskIdentifier="nightly-orders",
            SourceEndpointArn=connection.endpoint_arn,
            TargetEndpointArn=dmsconn.add_endpoint().arn,
            ReplicationInstanceArn=connection.replication_instance_arn,
            MigrationType="full-load",
            TableMappings="{}",
        )

        dms_client.delete_connection(**connection.arns)

        tasks = dms_client.describe_replication_tasks(
            Filters=[{"Name": "replication-task-id", "Values": ["nightly-orders"]}]
        )
        assert len(tasks["ReplicationTasks"]) == 1
    dmsconn.assert_only_deleted(connection)
