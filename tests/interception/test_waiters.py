"""botocore's waiters end as botocore defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import WaiterError
from support.describe_calls import only

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

NOW = {"Delay": 0}


@pytest.mark.dmsconn(deleting_polls=3)
def test_the_waiter_endpoint_deleted_ends(dmsconn: FakeDms, dms_client: Any) -> None:
    endpoint = dmsconn.add_endpoint()
    dms_client.delete_endpoint(EndpointArn=endpoint.arn)

    dms_client.get_waiter("endpoint_deleted").wait(
        **only("endpoint-arn", endpoint.arn), WaiterConfig=NOW
    )

    assert endpoint.status == "deleted"
    assert len(dmsconn.calls_to("DescribeEndpoints")) == 3


def test_the_waiter_endpoint_deleted_fails_for_one_that_stays(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    endpoint = dmsconn.add_endpoint()

    with pytest.raises(WaiterError, match="terminal failure state"):
        dms_client.get_waiter("endpoint_deleted").wait(
            **only("endpoint-arn", endpoint.arn), WaiterConfig=NOW
        )


@pytest.mark.dmsconn(deleting_polls=3)
def test_the_waiter_replication_instance_deleted_ends(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance()
    dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)

    dms_client.get_waiter("replication_instance_deleted").wait(
        **only("replication-instance-arn", instance.arn), WaiterConfig=NOW
    )

    assert instance.status == "deleted"
    assert len(dmsconn.calls_to("DescribeReplicationInstances")) == 3


def test_the_waiter_replication_instance_available_ends(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance(available=False)
    waiter = dms_client.get_waiter("replication_instance_available")
    request = only("replication-instance-arn", instance.arn)

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(**request, WaiterConfig={**NOW, "MaxAttempts": 3})
    instance.set_available()
    waiter.wait(**request, WaiterConfig=NOW)

    assert instance.status == "available"
    assert len(dmsconn.calls_to("DescribeReplicationInstances")) == 4


def test_the_waiter_replication_instance_available_fails_for_an_incompatible_network(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    instance = dmsconn.add_replication_instance(
        members={"ReplicationInstanceStatus": "incompatible-network"}
    )

    with pytest.raises(WaiterError, match="terminal failure state"):
        dms_client.get_waiter("replication_instance_available").wait(
            **only("replication-instance-arn", instance.arn), WaiterConfig=NOW
        )


def test_the_waiter_ends_when_the_test_succeeds(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="failed")
    dms_client.test_connection(**connection.arns)

    dms_client.get_waiter("test_connection_succeeds").wait(
        **only("endpoint-arn", connection.endpoint_arn), WaiterConfig=NOW
    )

    assert connection.status == "successful"
    assert len(dmsconn.calls_to("DescribeConnections")) == 1


@pytest.mark.dmsconn(testing_polls=3, test_result="failed")
def test_the_waiter_ends_when_the_test_fails(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)

    with pytest.raises(WaiterError, match="terminal failure state"):
        dms_client.get_waiter("test_connection_succeeds").wait(
            **only("endpoint-arn", connection.endpoint_arn), WaiterConfig=NOW
        )

    assert len(dmsconn.calls_to("DescribeConnections")) == 3
