"""Stories with injected faults, attempts and virtual time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support.botocore_clients import client_that_tries
from support.story_checks import check, orders_and_users

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


def test_faults_and_attempts_are_shown(dmsconn: FakeDms) -> None:
    orders, users = orders_and_users(dmsconn)
    client = client_that_tries(3)
    dmsconn.fail("DeleteConnection", "AccessDeniedFault", connection=users)
    dmsconn.fail("DescribeConnections", "ResourceNotFoundFault", message="orders is elsewhere")
    dmsconn.fail("DeleteConnection", "truncated", applied=True)
    with pytest.raises(client.exceptions.AccessDeniedFault):
        client.delete_connection(**users.arns)
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.describe_connections()
    client.delete_connection(**orders.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DeleteConnection     users @ nightly: AccessDeniedFault (injected)
          2      DescribeConnections  ResourceNotFoundFault: orders is elsewhere
                     (injected)
          3      DeleteConnection     orders @ nightly: truncated (injected, though it
                     took effect), failed -> deleting
          end    orders @ nightly  deleting
                 users @ nightly   successful
        """,
    )


def test_virtual_time_has_its_own_row(dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.5)  # what botocore's back-off is drawn from
    orders, _ = orders_and_users(dmsconn)
    client = client_that_tries(5)
    dmsconn.fail("DeleteConnection", "ThrottlingException", times=2)
    dmsconn.fail("DeleteConnection", "read-timeout", applied=True)
    with pytest.raises(client.exceptions.InvalidResourceStateFault):
        client.delete_connection(**orders.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1-2    DeleteConnection (2)  orders @ nightly: ThrottlingException (injected),
                     at 0 s to 0.5 s
          3      DeleteConnection      orders @ nightly (attempt 3): read-timeout
                     (injected, though it took effect), failed -> deleting, at 1.5 s
          4      DeleteConnection      orders @ nightly (attempt 4):
                     InvalidResourceStateFault: Connection is already being deleted, at
                     63.5 s
          end    orders @ nightly  deleting
                 users @ nightly   successful
        """,
    )


@pytest.mark.dmsconn(deleting_seconds=60, skip_sleep=True)
def test_deletion_by_time_is_shown_at_its_time(dmsconn: FakeDms) -> None:
    client = client_that_tries(1)
    orders, _ = orders_and_users(dmsconn)
    client.delete_connection(**orders.arns)
    while orders.status == "deleting":
        time.sleep(25)
        client.describe_connections()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  orders @ nightly  failed
                 users @ nightly   successful
          1      DeleteConnection         orders @ nightly: 200, failed -> deleting
          2-3    DescribeConnections (2)  200, 2 Connections, at 25 s to 50 s
          ~      virtual time 75 s        orders @ nightly: deleting -> deleted
          4      DescribeConnections      200, 1 Connection
          end    users @ nightly   successful
        """,
    )


def test_different_delays_are_different_events(dmsconn: FakeDms) -> None:
    client = client_that_tries(1)
    dmsconn.delay("DescribeConnections", 5)
    dmsconn.delay("DescribeConnections", 45)
    client.describe_connections()
    client.describe_connections()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  no connections
          1      DescribeConnections  200, 0 Connections (delayed 5 s)
          2      DescribeConnections  200, 0 Connections (delayed 45 s), at 5 s
          end    as at the start
        """,
    )
