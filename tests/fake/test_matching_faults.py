"""Which calls meet an injected fault, and how often."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.botocore_clients import client_that_tries
from support.describe_calls import by_endpoint, by_instance

from pytest_dmsconn import FakeDms, UsageError, current, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import Connection, Fault


@pytest.fixture
def client(dmsconn: FakeDms) -> Any:  # noqa: ARG001 - active before the client is made
    return client_that_tries(1)


def describe(client: Any, *connections: Connection) -> Any:
    return client.describe_connections(Filters=[by_endpoint(*connections)])


def test_fault_is_met_by_its_operation_only(dmsconn: FakeDms, client: Any) -> None:
    connection = dmsconn.add_connection()
    fault = dmsconn.fail("DeleteConnection", "InvalidResourceStateFault")

    client.describe_connections()
    assert fault.met == 0

    with pytest.raises(client.exceptions.InvalidResourceStateFault):
        client.delete_connection(**connection.arns)
    dmsconn.assert_delete_refused(connection, code="InvalidResourceStateFault")
    client.delete_connection(**connection.arns)


def test_fault_is_met_the_given_number_of_times(dmsconn: FakeDms, client: Any) -> None:
    fault = dmsconn.fail("DescribeConnections", "RequestTimeout", times=3)

    for met in (1, 2, 3):
        with pytest.raises(ClientError):
            client.describe_connections()
        assert fault.met == met

    assert client.describe_connections()["Connections"] == []
    assert fault.met == 3


def test_fault_without_a_number_of_times_stays_armed(dmsconn: FakeDms, client: Any) -> None:
    fault = dmsconn.fail("DescribeConnections", "RequestTimeout", times=None)

    for _ in range(20):
        with pytest.raises(ClientError):
            client.describe_connections()
    assert fault.met == 20


def test_after_lets_calls_through(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "ResourceNotFoundFault", after=2)

    client.describe_connections()
    client.describe_endpoints()  # would not have met it, and does not count
    client.describe_connections()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.describe_connections()


def test_after_counts_matching_calls_only(dmsconn: FakeDms, client: Any) -> None:
    one, other = dmsconn.add_connections(2)
    fault = dmsconn.fail("DeleteConnection", "AccessDeniedFault", connection=one, after=1, times=1)

    client.delete_connection(**other.arns)
    client.delete_connection(**one.arns)
    assert fault.met == 0
    with pytest.raises(client.exceptions.AccessDeniedFault):
        client.delete_connection(**one.arns)


@pytest.mark.parametrize("named_as", ["connection", "pair", "list"])
def test_fault_of_a_connection_is_met_by_calls_about_it_only(
    dmsconn: FakeDms, client: Any, named_as: str
) -> None:
    one, other = dmsconn.add_connections(2)
    target: Any = {"connection": one, "pair": one.pair, "list": [*one.pair]}[named_as]
    fault = dmsconn.fail("*", "ResourceNotFoundFault", times=None, connection=target)

    client.test_connection(**other.arns)
    client.describe_connections()
    client.describe_endpoints(Filters=[by_endpoint(one)])
    client.delete_endpoint(EndpointArn=dmsconn.add_endpoint().arn)
    describe(client, other)
    assert fault.met == 0

    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.test_connection(**one.arns)
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        describe(client, other, one)
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**one.arns)
    assert fault.met == 3


def test_filters_that_name_another_connection_do_not_match(dmsconn: FakeDms, client: Any) -> None:
    one = dmsconn.add_connection()
    other = dmsconn.add_connection(one.endpoint_arn)
    fault = dmsconn.fail("DescribeConnections", "AccessDeniedException", connection=one)

    filters = [by_endpoint(one), by_instance(other)]
    client.describe_connections(Filters=filters)

    assert fault.met == 0
    filters[1]["Values"].append(one.replication_instance_arn)
    with pytest.raises(ClientError):
        client.describe_connections(Filters=filters)


def test_fault_of_a_connection_that_does_not_exist_yet(dmsconn: FakeDms, client: Any) -> None:
    endpoint, instance = dmsconn.add_endpoint(), dmsconn.add_replication_instance()
    dmsconn.fail(
        "TestConnection", "KMSKeyNotAccessibleFault", connection=(endpoint.arn, instance.arn)
    )

    with pytest.raises(client.exceptions.KMSKeyNotAccessibleFault):
        client.test_connection(EndpointArn=endpoint.arn, ReplicationInstanceArn=instance.arn)
    assert dmsconn.connections == ()


def test_call_meets_the_fault_that_was_armed_first(dmsconn: FakeDms, client: Any) -> None:
    first = dmsconn.fail("DescribeConnections", "ResourceNotFoundFault")
    second = dmsconn.fail("*", "AccessDeniedException")

    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.describe_connections()
    assert (first.met, second.met) == (1, 0)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.describe_connections()
    assert (first.met, second.met) == (1, 1)


def test_call_that_is_let_through_meets_the_next_fault(dmsconn: FakeDms, client: Any) -> None:
    late = dmsconn.fail("DescribeConnections", "ResourceNotFoundFault", after=1)
    early = dmsconn.fail("DescribeConnections", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.describe_connections()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.describe_connections()
    assert (late.met, early.met) == (1, 1)


def test_threads_meet_a_fault_the_given_number_of_times(dmsconn: FakeDms, client: Any) -> None:
    fault = dmsconn.fail("DescribeConnections", "RequestTimeout", times=7)

    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(client.describe_connections) for _ in range(40)]

    assert sum(call.exception() is not None for call in calls) == 7
    assert fault.met == 7


# As a context manager, and its end


def test_fault_is_disarmed_at_the_end_of_its_block(dmsconn: FakeDms, client: Any) -> None:
    with dmsconn.fail("DescribeConnections", "ThrottlingException", times=None) as fault:
        with pytest.raises(ClientError):
            client.describe_connections()
        assert fault.met == 1

    assert client.describe_connections()["Connections"] == []


def test_reset_disarms_faults(dmsconn: FakeDms, client: Any) -> None:
    with dmsconn.fail("DescribeConnections", "ThrottlingException"):
        dmsconn.reset()
        assert client.describe_connections()["Connections"] == []


def end_by_an_exception(fault: Fault) -> None:
    with contextlib.suppress(KeyError), fault:
        raise KeyError


@pytest.mark.parametrize("end", [end_by_an_exception, lambda _: current().reset()])
def test_disarmed_fault_cannot_be_entered(dmsconn: FakeDms, end: Callable[[Fault], None]) -> None:
    fault = dmsconn.fail("DescribeConnections", "ThrottlingException")
    end(fault)

    with pytest.raises(UsageError) as refused, fault:
        pytest.fail("the block ran")

    assert str(refused.value) == f"{fault!r} is disarmed. Call fail() or delay() again."


def test_fault_applies_to_its_own_fake_only() -> None:
    with mock_dms(strict=False) as outer, mock_dms():
        fault = outer.fail("DescribeConnections", "ThrottlingException", times=None)
        boto3.client("dms").describe_connections()
        assert fault.met == 0
