"""The story of a test, as a whole text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.botocore_clients import client_that_tries
from support.describe_calls import by_endpoint
from support.story_checks import check, orders_and_users

from pytest_dmsconn.protocol import routing

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


@pytest.fixture
def client(dmsconn: FakeDms) -> Any:  # noqa: ARG001 - active before the client is made
    return client_that_tries(1)


# Nothing much


def test_story_without_any_event(dmsconn: FakeDms) -> None:
    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  no connections
                 no calls
          end    as at the start
        """,
    )


def test_story_without_connections(dmsconn: FakeDms, client: Any) -> None:
    client.describe_connections()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  no connections
          1      DescribeConnections  200, 0 Connections
          end    as at the start
        """,
    )


def test_story_without_calls(dmsconn: FakeDms) -> None:
    orders_and_users(dmsconn)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
                 no calls
          end    as at the start
        """,
    )


# Calls and what they change


def test_story_of_a_deletion(dmsconn: FakeDms, client: Any) -> None:
    orders, _ = orders_and_users(dmsconn)
    client.describe_connections(MaxRecords=20)
    client.delete_connection(**orders.arns)
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.describe_connections(Filters=[by_endpoint(orders)])
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**orders.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DescribeConnections  MaxRecords=20: 200, 2 Connections
          2      DeleteConnection     orders @ nightly: 200, failed -> deleting
          3      DescribeConnections  endpoint-arn=orders: ResourceNotFoundFault: No
                     Connections found matching provided filters; orders @ nightly:
                     deleting -> deleted
          4      DeleteConnection     orders @ nightly: ResourceNotFoundFault: No
                     connection between the endpoint orders and the replication instance
                     nightly could be found.
          end    users @ nightly   successful
        """,
    )


def test_similar_calls_share_a_row(dmsconn: FakeDms, client: Any) -> None:
    orders, users = orders_and_users(dmsconn)
    for _ in range(3):
        client.describe_connections()
    client.describe_endpoints()
    client.test_connection(**users.arns)
    client.describe_connections(Filters=[by_endpoint(orders)])

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1-3    DescribeConnections (3)  200, 2 Connections
          4      DescribeEndpoints        200, 2 Endpoints
          5      TestConnection           users @ nightly: 200, successful -> testing
          6      DescribeConnections      endpoint-arn=orders: 200, 1 Connection
          end    orders @ nightly  failed
                 users @ nightly   testing
        """,
    )


def test_changes_between_calls_have_their_own_rows(dmsconn: FakeDms, client: Any) -> None:
    orders, users = orders_and_users(dmsconn)
    dmsconn.set_status(orders, "successful")
    client.test_connection(**users.arns)
    dmsconn.set_status(orders, "failed")
    client.describe_connections()
    dmsconn.remove_endpoint(users.endpoint)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          ~      the test             orders @ nightly: failed -> successful
          1      TestConnection       users @ nightly: 200, successful -> testing
          ~      the test             orders @ nightly: successful -> failed
          2      DescribeConnections  200, 2 Connections; users @ nightly:
                     testing -> successful
          ~      the test             users @ nightly: successful -> deleted
          ~      the test             users: active -> deleted
          end    orders @ nightly  failed
        """,
    )


@pytest.mark.dmsconn(deleting_seconds=60)
def test_changes_of_endpoints_and_instances_between_calls_have_their_own_rows(
    dmsconn: FakeDms, client: Any
) -> None:
    instance = dmsconn.add_replication_instance("late", available=False)
    endpoint = dmsconn.add_endpoint("orders")
    unused = dmsconn.add_endpoint("unused", region="eu-west-1")
    arns = {"EndpointArn": endpoint.arn, "ReplicationInstanceArn": instance.arn}
    with pytest.raises(client.exceptions.InvalidResourceStateFault):
        client.test_connection(**arns)
    instance.set_available()
    client.test_connection(**arns)
    dmsconn.remove_endpoint(unused)
    client.delete_endpoint(EndpointArn=endpoint.arn)
    dmsconn.advance(60)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  no connections
          1      TestConnection     orders @ late: InvalidResourceStateFault:
                     Replication instance late is not available, its status is creating
          ~      the test           late: creating -> available
          2      TestConnection     orders @ late: 200, new -> testing
          ~      the test           unused [eu-west-1]: active -> deleted
          3      DeleteEndpoint     orders: 200, deleting; orders @ late:
                     testing -> deleted
          ~      virtual time 60 s  orders: deleting -> deleted
          end    no connections
        """,
    )


@pytest.mark.dmsconn(deleting_polls=0)
def test_connection_is_not_shown_before_its_creation(dmsconn: FakeDms, client: Any) -> None:
    orders, _ = orders_and_users(dmsconn)
    client.delete_connection(**orders.arns)
    client.describe_connections()
    client.test_connection(**orders.arns)
    dmsconn.add_connection(endpoint_identifier="late", replication_instance_identifier="nightly")

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DeleteConnection     orders @ nightly: 200,
                     failed -> deleting -> deleted
          2      DescribeConnections  200, 1 Connection
          3      TestConnection       orders @ nightly: 200, new -> testing
          ~      the test             late @ nightly: new -> successful
          end    users @ nightly   successful
                 orders @ nightly  testing
                 late @ nightly    successful
        """,
    )


def test_connection_is_deleted_with_its_endpoint(dmsconn: FakeDms, client: Any) -> None:
    orders, _ = orders_and_users(dmsconn)
    client.delete_endpoint(EndpointArn=orders.endpoint_arn)
    client.describe_connections()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DeleteEndpoint       orders: 200, deleting; orders @ nightly:
                     failed -> deleted
          2      DescribeConnections  200, 1 Connection
          end    users @ nightly   successful
        """,
    )


def test_interrupted_call_leaves_the_numbers_of_others(
    dmsconn: FakeDms, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, users = orders_and_users(dmsconn)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setitem(routing.OPERATIONS, "DescribeConnections", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.describe_connections()
    client.delete_connection(**orders.arns)
    client.delete_connection(**users.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DeleteConnection  orders @ nightly: 200, failed -> deleting
          2      DeleteConnection  users @ nightly: 200, successful -> deleting
          end    orders @ nightly  deleting
                 users @ nightly   deleting
        """,
    )
