"""Virtual time: what ends when it passes, and what makes it pass."""

from __future__ import annotations

import time
from typing import Any

import botocore.endpoint
import botocore.waiter
import pytest
from botocore.retries.bucket import TokenBucket
from support.botocore_clients import client_that_tries
from support.describe_calls import by_endpoint, only

from pytest_dmsconn import FakeDms, UsageError, mock_dms

WAITERS = {
    "endpoint_deleted": ("endpoint-arn", "endpoint_arn"),
    "replication_instance_deleted": ("replication-instance-arn", "replication_instance_arn"),
}


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if anything sleeps."""
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept for {seconds}"))


# The clock


def test_time_begins_at_zero_and_passes_when_told(dmsconn: FakeDms) -> None:
    assert dmsconn.now == 0

    dmsconn.advance(1.5)
    dmsconn.advance(0)
    dmsconn.advance(10)

    assert dmsconn.now == 11.5


def test_calls_take_no_time(dmsconn: FakeDms, dms_client: Any) -> None:
    dms_client.describe_connections()

    assert dmsconn.now == 0


def test_reset_begins_again_at_zero(dmsconn: FakeDms) -> None:
    dmsconn.advance(5)
    dmsconn.reset()

    assert dmsconn.now == 0


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "5", None, True])
def test_advance_refuses_invalid_seconds(dmsconn: FakeDms, seconds: Any) -> None:
    with pytest.raises(UsageError, match="must be a number of seconds, 0 or more"):
        dmsconn.advance(seconds)

    assert dmsconn.now == 0


# Tests and deletions that take seconds


@pytest.mark.dmsconn(deleting_seconds=60)
def test_a_deletion_takes_its_seconds_however_often_one_looks(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    dmsconn.advance(59.9)
    for _ in range(5):
        assert dms_client.describe_connections()["Connections"][0]["Status"] == "deleting"
    dmsconn.advance(0.1)

    assert connection.status == "deleted"  # without a call in between
    assert dmsconn.connections == ()
    assert dms_client.describe_connections()["Connections"] == []


@pytest.mark.dmsconn(testing_seconds=60)
@pytest.mark.parametrize("result", ["successful", "failed"])
def test_a_test_takes_its_seconds(dmsconn: FakeDms, dms_client: Any, result: str) -> None:
    connection = dmsconn.add_connection(status="failed")
    dmsconn.set_test_result(connection, result)  # type: ignore[arg-type]
    dms_client.test_connection(**connection.arns)

    dmsconn.advance(59)
    assert connection.status == "testing"
    dmsconn.advance(1)

    assert connection.status == result
    assert (connection.last_failure_message is not None) == (result == "failed")


@pytest.mark.dmsconn(testing_seconds=0, deleting_seconds=0)
def test_zero_seconds_are_over_at_once(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="failed")

    assert dms_client.test_connection(**connection.arns)["Connection"]["Status"] == "successful"
    assert dms_client.delete_connection(**connection.arns)["Connection"]["Status"] == "deleting"
    assert connection.status == "deleted"


@pytest.mark.dmsconn(testing_seconds=30, deleting_seconds=60)
def test_a_seeded_test_or_deletion_takes_the_same_seconds(dmsconn: FakeDms) -> None:
    dmsconn.advance(100)
    testing = dmsconn.add_connection(status="testing")
    deleting = dmsconn.add_connection(status="deleting")

    dmsconn.advance(29)
    assert (testing.status, deleting.status) == ("testing", "deleting")
    dmsconn.advance(1)
    assert (testing.status, deleting.status) == ("successful", "deleting")
    dmsconn.advance(30)
    assert (testing.status, deleting.status) == ("successful", "deleted")


@pytest.mark.dmsconn(testing_seconds=0, deleting_seconds=0)
def test_a_seeded_test_or_deletion_of_zero_seconds_ends_when_described(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    testing = dmsconn.add_connection(status="testing")
    deleting = dmsconn.add_connection(status="deleting")
    assert (testing.status, deleting.status) == ("testing", "deleting")

    assert dms_client.describe_connections()["Connections"] == [testing.to_dict()]

    assert (testing.status, deleting.status) == ("successful", "deleted")


@pytest.mark.dmsconn(deleting_seconds=60)
def test_a_deletion_by_set_status_takes_its_seconds_from_then(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    dmsconn.advance(10)
    dmsconn.set_status(connection, "deleting")

    dmsconn.advance(59)
    assert connection.status == "deleting"
    dmsconn.advance(1)
    assert connection.status == "deleted"


@pytest.mark.dmsconn(testing_seconds=60)
def test_a_status_that_is_set_during_a_connection_test_stays(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)
    dmsconn.set_status(connection, "failed")

    dmsconn.advance(60)

    assert connection.status == "failed"


@pytest.mark.dmsconn(testing_seconds=60)
def test_tests_can_take_seconds_while_deletions_take_polls(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    tested, deleted = dmsconn.add_connections(2)
    dms_client.test_connection(**tested.arns)
    dms_client.delete_connection(**deleted.arns)

    dms_client.describe_connections()
    assert (tested.status, deleted.status) == ("testing", "deleted")


# Waits of botocore


@pytest.mark.usefixtures("no_sleep")
@pytest.mark.dmsconn(testing_seconds=100)
def test_the_waiter_for_a_test_waits_in_virtual_time(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="failed")
    dms_client.test_connection(**connection.arns)

    dms_client.get_waiter("test_connection_succeeds").wait(
        Filters=[by_endpoint(connection)],
        WaiterConfig={"Delay": 15},
    )

    assert connection.status == "successful"
    assert dmsconn.now == 105
    assert len(dmsconn.calls_to("DescribeConnections")) == 8


@pytest.mark.usefixtures("no_sleep")
@pytest.mark.dmsconn(deleting_seconds=100)
@pytest.mark.parametrize("waiter", WAITERS)
def test_the_waiters_for_deleted_ends_wait_in_virtual_time(
    dmsconn: FakeDms, dms_client: Any, waiter: str
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_endpoint(EndpointArn=connection.endpoint_arn)
    dms_client.delete_replication_instance(
        ReplicationInstanceArn=connection.replication_instance_arn
    )
    filter_name, attribute = WAITERS[waiter]

    dms_client.get_waiter(waiter).wait(
        **only(filter_name, getattr(connection, attribute)),
        WaiterConfig={"Delay": 30},
    )

    assert dmsconn.now == 120
    assert dmsconn.endpoints == ()
    assert dmsconn.replication_instances == ()


@pytest.mark.usefixtures("no_sleep")
@pytest.mark.dmsconn(testing_seconds=3600)
def test_a_waiter_that_gives_up_does_so_at_once(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)
    waiter = dms_client.get_waiter("test_connection_succeeds")

    with pytest.raises(Exception, match="Max attempts exceeded"):
        waiter.wait(WaiterConfig={"Delay": 10, "MaxAttempts": 4})

    assert dmsconn.now == 30
    assert connection.status == "testing"


@pytest.mark.usefixtures("no_sleep")
def test_waits_advance_the_virtual_time_of_the_newest_fake() -> None:
    client = client_that_tries(3)
    with mock_dms() as outer:
        with mock_dms() as inner:
            inner.fail("DescribeConnections", "ThrottlingException", times=2)
            client.describe_connections()
        assert inner.now > 0
        assert outer.now == 0

        outer.fail("DescribeConnections", "ThrottlingException", times=2)
        client.describe_connections()
        assert outer.now > 0


def test_waits_of_botocore_are_restored_after_the_fake() -> None:
    acquire = vars(TokenBucket)["acquire"]
    with mock_dms():
        assert botocore.endpoint.time is not time  # type: ignore[attr-defined]
        assert botocore.waiter.time is not time  # type: ignore[attr-defined]

    assert botocore.endpoint.time is time  # type: ignore[attr-defined]
    assert botocore.waiter.time is time  # type: ignore[attr-defined]
    assert vars(TokenBucket)["acquire"] is acquire
