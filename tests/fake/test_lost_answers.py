"""Operations that take effect although their answers are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ReadTimeoutError
from support.botocore_clients import client_of

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, ErrorName, FakeDms

MODES = ("legacy", "standard", "adaptive")


@pytest.fixture
def connection(dmsconn: FakeDms) -> Connection:
    return dmsconn.add_connection()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "error",
    ["read-timeout", "connection-closed", "html-502", "InternalFailure", "ThrottlingException"],
)
def test_retry_after_a_lost_answer_finds_the_connection_deleting(
    dmsconn: FakeDms, connection: Connection, mode: str, error: ErrorName
) -> None:
    client = client_of(mode)
    dmsconn.fail("DeleteConnection", error, applied=True)

    with pytest.raises(client.exceptions.InvalidResourceStateFault):
        client.delete_connection(**connection.arns)

    assert connection.status == "deleting"
    assert [(one.succeeded, one.error_code) for one in dmsconn.deletions] == [
        (True, error),
        (False, "InvalidResourceStateFault"),
    ]
    assert [call.attempt for call in dmsconn.calls] == [1, 2]
    dmsconn.assert_only_deleted(connection)


@pytest.mark.dmsconn(deleting_polls=0)
@pytest.mark.parametrize("mode", MODES)
def test_retry_after_a_lost_answer_finds_no_connection(
    dmsconn: FakeDms, connection: Connection, mode: str
) -> None:
    client = client_of(mode)
    dmsconn.fail("DeleteConnection", "read-timeout", applied=True)

    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**connection.arns)

    assert connection.status == "deleted"
    dmsconn.assert_only_deleted(connection)


def test_test_connection_with_a_lost_answer_starts_the_test(
    dmsconn: FakeDms, connection: Connection
) -> None:
    client = client_of("standard")
    dmsconn.fail("TestConnection", "read-timeout", applied=True)

    with pytest.raises(client.exceptions.InvalidResourceStateFault, match="already being tested"):
        client.test_connection(**connection.arns)

    assert connection.status == "testing"


@pytest.mark.dmsconn(deleting_polls=3)
def test_describe_with_a_lost_answer_counts_as_a_poll(dmsconn: FakeDms) -> None:
    leaving = dmsconn.add_connection(status="deleting")
    dmsconn.fail("DescribeConnections", "read-timeout", applied=True)
    client = client_of("standard")

    assert client.describe_connections()["Connections"] == [leaving.to_dict()]
    assert client.describe_connections()["Connections"] == []


def test_lost_refusal_changes_nothing(dmsconn: FakeDms, connection: Connection) -> None:
    client = client_of("standard", total_max_attempts=1)
    dmsconn.set_status(connection, "testing")
    dmsconn.fail("DeleteConnection", "read-timeout", applied=True)

    with pytest.raises(ReadTimeoutError):
        client.delete_connection(**connection.arns)

    assert connection.status == "testing"
    assert not dmsconn.deletions[0].succeeded
    dmsconn.assert_not_deleted(connection)
    dmsconn.assert_delete_refused(connection, code="read-timeout")
