"""The assertions: when they hold, and what they say when they do not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


@pytest.fixture
def orders(dmsconn: FakeDms) -> Connection:
    return dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )


@pytest.fixture
def users(dmsconn: FakeDms, orders: Connection) -> Connection:
    return dmsconn.add_connection(
        endpoint_identifier="users",
        replication_instance_identifier=orders.replication_instance_identifier,
    )


@pytest.fixture
def busy(dmsconn: FakeDms, users: Connection) -> Connection:
    """One that cannot be deleted, because it is being tested."""
    return dmsconn.add_connection(
        endpoint_identifier="busy",
        replication_instance_identifier=users.replication_instance_identifier,
        status="testing",
    )


def delete(connection: Connection | tuple[str, str]) -> None:
    """Try to delete a connection, as code under test does."""
    endpoint_arn, instance_arn = pair(connection)
    client = boto3.client("dms")
    with contextlib.suppress(ClientError):
        client.delete_connection(EndpointArn=endpoint_arn, ReplicationInstanceArn=instance_arn)


def pair(connection: Connection | tuple[str, str]) -> tuple[str, str]:
    if isinstance(connection, tuple):
        return connection
    return connection.endpoint_arn, connection.replication_instance_arn


def test_deletions_that_took_effect(
    dmsconn: FakeDms, orders: Connection, users: Connection
) -> None:
    delete(orders)
    dmsconn.assert_deleted(orders)
    dmsconn.assert_deleted(pair(orders))
    dmsconn.assert_deleted(orders, pair(orders))
    dmsconn.assert_only_deleted(orders)
    dmsconn.assert_not_deleted(users)
    dmsconn.assert_not_deleted(users, pair(users))
    delete(users)
    dmsconn.assert_deleted(users, orders)
    dmsconn.assert_only_deleted(pair(users), orders)


def test_nothing_was_deleted(dmsconn: FakeDms, orders: Connection) -> None:
    dmsconn.assert_only_deleted()
    dmsconn.assert_not_deleted(orders)
    dmsconn.assert_no_calls()
    boto3.client("dms").describe_connections()
    dmsconn.assert_only_deleted()
    dmsconn.assert_no_calls("DeleteConnection")


def test_deletions_that_were_refused(dmsconn: FakeDms, busy: Connection) -> None:
    delete(busy)
    dmsconn.assert_delete_refused(busy)
    dmsconn.assert_delete_refused(pair(busy))
    dmsconn.assert_delete_refused(busy, "InvalidResourceStateFault")
    dmsconn.assert_delete_refused(busy, code="InvalidResourceStateFault")
    dmsconn.assert_not_deleted(busy)
    dmsconn.assert_only_deleted()


def test_one_that_was_refused_and_then_deleted_is_both(dmsconn: FakeDms, busy: Connection) -> None:
    delete(busy)
    dmsconn.set_status(busy, "successful")
    delete(busy)
    dmsconn.assert_delete_refused(busy, "InvalidResourceStateFault")
    dmsconn.assert_only_deleted(busy)


def test_one_that_went_with_its_endpoint_was_not_deleted(
    dmsconn: FakeDms, orders: Connection
) -> None:
    boto3.client("dms").delete_endpoint(EndpointArn=orders.endpoint_arn)
    assert orders.deleted
    dmsconn.assert_not_deleted(orders)
    dmsconn.assert_only_deleted()
    with pytest.raises(AssertionError):
        dmsconn.assert_deleted(orders)


def test_deletion_whose_answer_was_lost_took_effect(dmsconn: FakeDms, orders: Connection) -> None:
    dmsconn.fail("DeleteConnection", "InternalFailure", applied=True)
    client = boto3.client("dms", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError, match="InternalFailure"):
        client.delete_connection(**orders.arns)
    dmsconn.assert_only_deleted(orders)
    with pytest.raises(AssertionError):
        dmsconn.assert_delete_refused(orders)


@pytest.mark.dmsconn(deleting_polls=0)
def test_connection_means_one_life_and_a_pair_means_any(
    dmsconn: FakeDms, orders: Connection
) -> None:
    first = orders
    delete(first)
    boto3.client("dms").test_connection(**first.arns)
    second = dmsconn.connection(*pair(first))
    dmsconn.assert_deleted(first)
    dmsconn.assert_only_deleted(pair(first))
    dmsconn.assert_not_deleted(second)
    with pytest.raises(AssertionError, match="Expected to be deleted"):
        dmsconn.assert_deleted(second)
    with pytest.raises(AssertionError, match="Deleted, but not expected"):
        dmsconn.assert_only_deleted(second)


@pytest.mark.dmsconn(deleting_polls=0)
def test_attempt_on_what_is_gone_counts_for_its_last_life(
    dmsconn: FakeDms, orders: Connection
) -> None:
    delete(orders)
    delete(orders)
    dmsconn.assert_delete_refused(orders, "ResourceNotFoundFault")
    assert [one.connection for one in dmsconn.deletions] == [orders, orders]


def test_attempt_on_a_pair_that_never_had_a_connection(
    dmsconn: FakeDms, orders: Connection
) -> None:
    stranger = (orders.endpoint_arn, orders.replication_instance_arn + "X")
    delete(stranger)
    dmsconn.assert_delete_refused(stranger, "ResourceNotFoundFault")
    dmsconn.assert_not_deleted(stranger)
    assert dmsconn.deletions[0].connection is None


@pytest.mark.parametrize(
    "target",
    [None, "arn", ("arn",), ("arn", "arn", "arn"), ("arn", None), 1, object],
    ids=repr,
)
@pytest.mark.parametrize(
    "assertion",
    ["assert_deleted", "assert_only_deleted", "assert_not_deleted", "assert_delete_refused"],
)
def test_what_is_no_connection_is_refused(dmsconn: FakeDms, assertion: str, target: object) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(dmsconn, assertion)(target)
    assert str(raised.value).startswith(
        f"{target!r} is neither a Connection nor a pair (endpoint ARN, replication instance ARN)."
    )


def test_list_of_connections_is_refused_with_what_to_do(dmsconn: FakeDms) -> None:
    stale: Any = dmsconn.add_connections(3)
    with pytest.raises(UsageError, match=r"To give several, unpack them with an asterisk\.$"):
        dmsconn.assert_only_deleted(stale)


def test_two_arns_that_are_no_pair_are_refused_with_what_to_do(
    dmsconn: FakeDms, orders: Connection
) -> None:
    apart: Any = orders.pair
    with pytest.raises(UsageError, match=r"Put both ARNs in one pair of parentheses\.$"):
        dmsconn.assert_only_deleted(*apart)


def test_arguments_of_a_call_are_refused_with_what_to_do(
    dmsconn: FakeDms, orders: Connection
) -> None:
    arns: Any = orders.arns
    with pytest.raises(UsageError, match=r"Give the connection itself, or its pair\.$"):
        dmsconn.assert_deleted(arns)


def test_error_code_that_is_none_is_refused(dmsconn: FakeDms, orders: Connection) -> None:
    code: Any = 400
    with pytest.raises(UsageError, match=r"^code=400 is not an error code; "):
        dmsconn.assert_delete_refused(orders, code)


@pytest.mark.parametrize("question", ["assert_no_calls", "calls_to"])
def test_unknown_operation_is_refused_naming_the_nearest(dmsconn: FakeDms, question: str) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(dmsconn, question)("delete_connection")
    assert str(raised.value).startswith(
        "'delete_connection' is not answered by the fake. Did you mean 'DeleteConnection'? It "
        "answers DeleteConnection, TestConnection, DescribeConnections, "
    )


def test_connection_of_another_fake_was_not_deleted_in_this_one(dmsconn: FakeDms) -> None:
    with mock_dms() as other:
        foreign = other.add_connection()
        delete(foreign)
    own = dmsconn.add_connection()
    assert own.arns == foreign.arns
    dmsconn.assert_not_deleted(foreign)


def test_reset_forgets_deletions(dmsconn: FakeDms, orders: Connection) -> None:
    delete(orders)
    dmsconn.reset()
    dmsconn.assert_only_deleted()
    dmsconn.assert_no_calls()
    assert dmsconn.deletions == ()
