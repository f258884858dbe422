"""The assertions of `FakeDms`."""

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


def test_assert_deleted_accepts_deletions_that_took_effect(
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


def test_assertions_without_any_deletion(dmsconn: FakeDms, orders: Connection) -> None:
    dmsconn.assert_only_deleted()
    dmsconn.assert_not_deleted(orders)
    dmsconn.assert_no_calls()
    boto3.client("dms").describe_connections()
    dmsconn.assert_only_deleted()
    dmsconn.assert_no_calls("DeleteConnection")


def test_assert_delete_refused(dmsconn: FakeDms, busy: Connection) -> None:
    delete(busy)
    dmsconn.assert_delete_refused(busy)
    dmsconn.assert_delete_refused(pair(busy))
    dmsconn.assert_delete_refused(busy, "InvalidResourceStateFault")
    dmsconn.assert_delete_refused(busy, code="InvalidResourceStateFault")
    dmsconn.assert_not_deleted(busy)
    dmsconn.assert_only_deleted()


def test_connection_can_be_refused_first_and_deleted_later(
    dmsconn: FakeDms, busy: Connection
) -> None:
    delete(busy)
    dmsconn.set_status(busy, "successful")
    delete(busy)
    dmsconn.assert_delete_refused(busy, "InvalidResourceStateFault")
    dmsconn.assert_only_deleted(busy)


def test_connection_removed_with_its_endpoint_was_not_deleted(
    dmsconn: FakeDms, orders: Connection
) -> None:
    boto3.client("dms").delete_endpoint(EndpointArn=orders.endpoint_arn)
    assert orders.deleted
    dmsconn.assert_not_deleted(orders)
    dmsconn.assert_only_deleted()
    with pytest.raises(AssertionError):
        dmsconn.assert_deleted(orders)


def test_deletion_with_a_lost_answer_took_effect(dmsconn: FakeDms, orders: Connection) -> None:
    dmsconn.fail("DeleteConnection", "InternalFailure", applied=True)
    client = boto3.client("dms", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError, match="InternalFailure"):
        client.delete_connection(**orders.arns)
    dmsconn.assert_only_deleted(orders)
    with pytest.raises(AssertionError):
        dmsconn.assert_delete_refused(orders)


@pytest.mark.dmsconn(deleting_polls=0)
def test_connection_object_means_one_life_and_a_pair_means_all_lives(
    dmsconn: FakeDms, orders: Connection
) -> None:
    first = orders
    delete(first)
    boto3.client("dms").test_connection(**first.arns)
    second = dmsconn.connection(*pair(first))
    dmsconn.assert_deleted(first)
    dmsconn.assert_only_deleted(pair(first))
    dmsconn.assert_not_deleted(second)
    with pytest.raises(AssertionError, match="Not deleted: orders @ nightly"):
        dmsconn.assert_deleted(second)
    with pytest.raises(AssertionError, match="Deleted, but not expected"):
        dmsconn.assert_only_deleted(second)


@pytest.mark.dmsconn(deleting_polls=0)
def test_attempt_after_the_deletion_counts_for_the_last_connection(
    dmsconn: FakeDms, orders: Connection
) -> None:
    delete(orders)
    delete(orders)
    dmsconn.assert_delete_refused(orders, "ResourceNotFoundFault")
    assert [one.connection for one in dmsconn.deletions] == [orders, orders]


def test_attempt_on_a_pair_without_any_connection(dmsconn: FakeDms, orders: Connection) -> None:
    stranger = (orders.endpoint_arn, orders.replication_instance_arn + "X")
    delete(stranger)
    dmsconn.assert_delete_refused(stranger, "ResourceNotFoundFault")
    dmsconn.assert_not_deleted(stranger)
    assert dmsconn.deletions[0].connection is None


ENDPOINT = "arn:aws:dms:us-east-1:123456789012:endpoint:A"
INSTANCE = "arn:aws:dms:us-east-1:123456789012:rep:A"
TASK = "arn:aws:dms:us-east-1:123456789012:task:A"
ASSERTIONS = [
    "assert_deleted",
    "assert_only_deleted",
    "assert_not_deleted",
    "assert_delete_refused",
    "assert_tested",
]


@pytest.mark.parametrize(
    ("argument", "hint"),
    [
        (None, "FakeDms.connection(...) finds a connection that exists."),
        ("orders", "FakeDms.connection(...) finds a connection that exists."),
        (ENDPOINT, "Put both ARNs in one pair of parentheses."),
        ((ENDPOINT,), "Unpack several connections with an asterisk: *connections."),
        ((ENDPOINT, None), "Unpack several connections with an asterisk: *connections."),
        (("orders", "nightly"), "The first is not the ARN of a DMS resource. Identifiers do not"),
        ((ENDPOINT, "nightly"), "The second is not the ARN of a DMS resource."),
        ((INSTANCE, ENDPOINT), "The two ARNs are swapped."),
        ((ENDPOINT, TASK), "The second is the ARN of a resource of type 'task'."),
        ({}, "An entry of a describe answer has EndpointArn and ReplicationInstanceArn."),
        ({"EndpointArn": ENDPOINT}, "An entry of a describe answer has EndpointArn and"),
        (
            {"EndpointArn": INSTANCE, "ReplicationInstanceArn": ENDPOINT},
            "The two ARNs are swapped.",
        ),
        (object, "FakeDms.connection(...) finds a connection that exists."),
        ("x" * 10_000, "FakeDms.connection(...) finds a connection that exists."),
    ],
    ids=lambda one: repr(one)[:40],
)
@pytest.mark.parametrize("assertion", ASSERTIONS)
def test_argument_that_names_no_connection_is_refused(
    dmsconn: FakeDms, assertion: str, argument: object, hint: str
) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(dmsconn, assertion)(argument)
    message = str(raised.value)
    assert "does not name a connection. Give a Connection, a pair (endpoint ARN, " in message
    assert hint in message
    assert len(message) < 500


@pytest.mark.parametrize("assertion", ["assert_deleted", "assert_not_deleted", "assert_tested"])
def test_assertion_without_connections_is_refused(dmsconn: FakeDms, assertion: str) -> None:
    with pytest.raises(UsageError, match=rf"^{assertion}\(\) needs at least one connection\."):
        getattr(dmsconn, assertion)()


def test_list_of_connections_is_refused_with_a_hint(dmsconn: FakeDms) -> None:
    stale: Any = dmsconn.add_connections(3)
    with pytest.raises(UsageError, match=r"connections with an asterisk: \*connections\.$"):
        dmsconn.assert_only_deleted(stale)


def test_entry_of_a_describe_answer_names_a_connection(
    dmsconn: FakeDms, orders: Connection, users: Connection
) -> None:
    client = boto3.client("dms")
    first, second = client.describe_connections()["Connections"]
    client.test_connection(**orders.arns)
    client.describe_connections()
    delete(orders)
    dmsconn.assert_deleted(first)
    dmsconn.assert_only_deleted(first)
    dmsconn.assert_not_deleted(second)
    dmsconn.assert_tested(first)
    dmsconn.assert_called("DeleteConnection", times=1, connection=first)
    dmsconn.fail("DeleteConnection", "AccessDeniedFault", connection=second)
    dmsconn.set_test_result(second, "failed")
    delete(users)
    dmsconn.assert_delete_refused(second, "AccessDeniedFault")
    client.test_connection(**users.arns)
    client.describe_connections()
    assert users.status == "failed"


def test_assert_tested(dmsconn: FakeDms, orders: Connection, users: Connection) -> None:
    client = boto3.client("dms")
    with pytest.raises(AssertionError, match=r"^Not tested: orders @ nightly\n"):
        dmsconn.assert_tested(orders)
    client.test_connection(**orders.arns)
    dmsconn.assert_tested(orders, pair(orders))
    with pytest.raises(AssertionError, match=r"^Not tested: users @ nightly\n"):
        dmsconn.assert_tested(orders, users)


def test_refused_test_connection_does_not_count(dmsconn: FakeDms, busy: Connection) -> None:
    client = boto3.client("dms")
    with pytest.raises(ClientError, match="already being tested"):
        client.test_connection(**busy.arns)
    with pytest.raises(AssertionError, match="TestConnection: call 1 InvalidResourceStateFault"):
        dmsconn.assert_tested(busy)


def test_assert_called_and_assert_no_calls(
    dmsconn: FakeDms, orders: Connection, users: Connection
) -> None:
    delete(orders)
    by_endpoint = [{"Name": "endpoint-arn", "Values": [users.endpoint_arn]}]
    boto3.client("dms").describe_connections(Filters=by_endpoint)  # type: ignore[arg-type]
    dmsconn.assert_called("DeleteConnection")
    dmsconn.assert_called("DeleteConnection", times=1)
    dmsconn.assert_called("DeleteConnection", connection=orders)
    dmsconn.assert_called("DeleteConnection", times=0, connection=users)
    dmsconn.assert_called("DescribeConnections", times=1, connection=users)
    dmsconn.assert_called("DescribeConnections", times=0, connection=orders)
    dmsconn.assert_called("TestConnection", times=0)
    for keywords in ({"times": 2}, {"times": 0}, {"connection": users}):
        with pytest.raises(AssertionError):
            dmsconn.assert_called("DeleteConnection", **keywords)


@pytest.mark.parametrize("times", [-1, 1.5, True, "1"])
def test_impossible_number_of_calls_is_refused(dmsconn: FakeDms, times: Any) -> None:
    with pytest.raises(UsageError, match=r"^times="):
        dmsconn.assert_called("DeleteConnection", times=times)


def test_type_error_names_the_method_of_fake_dms(dmsconn: FakeDms) -> None:
    ask: Any = dmsconn
    for name in ("assert_delete_refused", "fail", "calls_to", "set_status"):
        with pytest.raises(TypeError, match=rf"^FakeDms\.{name}\(\) missing"):
            getattr(ask, name)()


def test_error_code_of_another_type_is_refused(dmsconn: FakeDms, orders: Connection) -> None:
    code: Any = 400
    with pytest.raises(UsageError, match=r"^code=400 is not allowed; "):
        dmsconn.assert_delete_refused(orders, code)


@pytest.mark.parametrize("question", ["assert_no_calls", "assert_called", "calls_to"])
def test_unknown_operation_is_refused_naming_the_nearest(dmsconn: FakeDms, question: str) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(dmsconn, question)("delete_connection")
    assert str(raised.value).startswith(
        "'delete_connection' is not answered by the fake. Did you mean 'DeleteConnection'? It "
        "answers DeleteConnection, TestConnection, DescribeConnections, "
    )


def test_connection_of_another_fake_was_not_deleted(dmsconn: FakeDms) -> None:
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
