"""`set_test_result` sets the result of the next TestConnection of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


def run_a_test(client: Any, connection: Connection) -> str:
    """Test a connection, and describe it once, which ends the test."""
    client.test_connection(**connection.arns)
    client.describe_connections()
    return str(connection.status)


def test_next_test_has_the_set_result(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed", "Test Endpoint failed: no route to host")

    assert run_a_test(dms_client, connection) == "failed"
    assert connection.last_failure_message == "Test Endpoint failed: no route to host"


def test_failure_without_a_message_has_a_message_of_aws_form(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed")

    run_a_test(dms_client, connection)

    assert connection.last_failure_message is not None
    assert connection.last_failure_message.startswith(  # T6
        "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
    )


def test_set_result_applies_to_one_test(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed")

    assert run_a_test(dms_client, connection) == "failed"
    assert run_a_test(dms_client, connection) == "successful"
    assert connection.last_failure_message is None


@pytest.mark.dmsconn(test_result="failed")
def test_set_result_comes_before_the_option(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "successful")

    assert run_a_test(dms_client, connection) == "successful"
    assert run_a_test(dms_client, connection) == "failed"


def test_other_connections_keep_their_result(dmsconn: FakeDms, dms_client: Any) -> None:
    connection, other = dmsconn.add_connections(2)
    dmsconn.set_test_result(connection, "failed")

    assert run_a_test(dms_client, other) == "successful"
    assert run_a_test(dms_client, connection) == "failed"


def test_last_set_result_applies(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed")
    dmsconn.set_test_result(connection.pair, "successful")

    assert run_a_test(dms_client, connection) == "successful"


def test_result_can_be_set_before_the_connection_exists(dmsconn: FakeDms, dms_client: Any) -> None:
    endpoint, instance = dmsconn.add_endpoint(), dmsconn.add_replication_instance()
    dmsconn.set_test_result((endpoint.arn, instance.arn), "failed")

    dms_client.test_connection(EndpointArn=endpoint.arn, ReplicationInstanceArn=instance.arn)
    dms_client.describe_connections()

    assert dmsconn.connection(endpoint.arn, instance.arn).status == "failed"


@pytest.mark.dmsconn(deleting_polls=0)
def test_result_set_for_a_connection_applies_to_its_pair(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)
    dmsconn.set_test_result(connection, "failed")

    run_a_test(dms_client, connection)

    assert dmsconn.connection(*connection.pair).status == "failed"
    assert connection.status == "deleted"


@pytest.mark.dmsconn(testing_polls=0)
def test_answer_reports_the_result_with_zero_polls(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed", "no route to host")

    answer = dms_client.test_connection(**connection.arns)["Connection"]

    assert (answer["Status"], answer["LastFailureMessage"]) == ("failed", "no route to host")


def test_refused_test_keeps_the_set_result(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance(available=False)
    connection = dmsconn.add_connection(replication_instance_arn=instance.arn)
    dmsconn.set_test_result(connection, "failed")

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.test_connection(**connection.arns)
    instance.set_available()

    assert run_a_test(dms_client, connection) == "failed"


def test_test_that_meets_a_fault_keeps_the_set_result(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.set_test_result(connection, "failed")
    dmsconn.fail("TestConnection", "InvalidResourceStateFault")

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.test_connection(**connection.arns)

    assert run_a_test(dms_client, connection) == "failed"


def test_unused_result_has_no_effect(dmsconn: FakeDms) -> None:
    dmsconn.set_test_result(dmsconn.add_connection(), "failed")


def test_reset_removes_set_results(dmsconn: FakeDms, dms_client: Any) -> None:
    pair = dmsconn.add_connection().pair
    dmsconn.set_test_result(pair, "failed")
    dmsconn.reset()

    assert run_a_test(dms_client, dmsconn.add_connection(*pair)) == "successful"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("testing",), "result='testing' is not allowed; it must be 'successful' or 'failed'."),
        ((None,), "result=None is not allowed"),
        (("successful", "why"), "message= is only for the result 'failed'."),
        (("failed", 5), "message=5 is not allowed"),
    ],
)
def test_bad_argument_is_refused(
    dmsconn: FakeDms, dms_client: Any, arguments: tuple[Any, ...], complaint: str
) -> None:
    connection = dmsconn.add_connection()

    with pytest.raises(UsageError) as refused:
        dmsconn.set_test_result(connection, *arguments)

    assert complaint in str(refused.value)
    assert run_a_test(dms_client, connection) == "successful"


def test_argument_that_names_no_connection_is_refused(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="does not name a connection"):
        dmsconn.set_test_result("arn:aws:dms", "failed")  # type: ignore[arg-type]
