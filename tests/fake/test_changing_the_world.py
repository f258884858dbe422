"""Methods of `FakeDms` that change resources during a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms


# Changing the world


def test_set_status_changes_status_and_message(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    dmsconn.set_status(connection, "failed", last_failure_message="password expired")
    assert (connection.status, connection.last_failure_message) == ("failed", "password expired")

    dmsconn.set_status(connection, "successful")
    assert (connection.status, connection.last_failure_message) == ("successful", None)


def test_set_status_cancels_a_deletion(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    dmsconn.set_status(connection, "successful")

    assert dms_client.describe_connections()["Connections"][0]["Status"] == "successful"
    assert not connection.deleted


def test_set_status_deleting_starts_a_deletion(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    dmsconn.set_status(connection, "deleting")

    assert connection.deleted
    dmsconn.assert_not_deleted(connection)
    assert dms_client.describe_connections()["Connections"] == []
    assert connection.status == "deleted"


@pytest.mark.parametrize("status", ["deleted", "", "SUCCESSFUL", None, 1])
def test_set_status_refuses_an_unknown_status(dmsconn: FakeDms, status: Any) -> None:
    connection = dmsconn.add_connection()

    with pytest.raises(UsageError, match="'successful', 'testing', 'failed', 'deleting'"):
        dmsconn.set_status(connection, status)
    with pytest.raises(UsageError, match="last_failure_message=7"):
        dmsconn.set_status(connection, "failed", last_failure_message=7)  # type: ignore[arg-type]  # that is what is tested

    assert connection.status == "successful"


REMOVERS: list[Callable[[FakeDms, Any], None]] = [
    lambda dms, what: dms.remove_connection(what),
    lambda dms, what: dms.remove_endpoint(what),
    lambda dms, what: dms.remove_replication_instance(what),
    lambda dms, what: dms.set_status(what, "failed"),
]


@pytest.mark.parametrize("act", REMOVERS)
@pytest.mark.parametrize("what", [None, "orders", ENDPOINT_ARN, (ENDPOINT_ARN, INSTANCE_ARN)])
def test_other_objects_are_refused(
    dmsconn: FakeDms, act: Callable[[FakeDms, Any], None], what: object
) -> None:
    dmsconn.add_connection()

    with pytest.raises(UsageError, match=r"must be an? \w+, such as one of FakeDms\.\w+\.$"):
        act(dmsconn, what)


def test_removed_resources_are_refused(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    endpoint, instance = dmsconn.endpoints[0], dmsconn.replication_instances[0]
    dmsconn.reset()
    dmsconn.add_connection()  # of the same ARNs

    with pytest.raises(UsageError, match="not in this fake"):
        dmsconn.remove_endpoint(endpoint)
    with pytest.raises(UsageError, match="not in this fake"):
        dmsconn.remove_replication_instance(instance)
    with pytest.raises(UsageError, match="not in this fake"):
        dmsconn.set_status(connection, "failed")

    assert [one.status for one in dmsconn.connections] == ["successful"]


@pytest.mark.parametrize("account_id", ["", "1234", 123456789012, None, "12345678901x"])
def test_credentials_require_an_account(dmsconn: FakeDms, account_id: Any) -> None:
    with pytest.raises(UsageError, match="12 digits"):
        dmsconn.credentials(account_id)


def test_removed_connection_is_gone_immediately(dmsconn: FakeDms, dms_client: Any) -> None:
    gone, other = dmsconn.add_connections(2)

    dmsconn.remove_connection(gone)

    assert gone.status == "deleted"
    assert dmsconn.connections == (other,)
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**gone.arns)
    dmsconn.assert_not_deleted(gone)
