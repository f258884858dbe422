"""Stories that are wider or longer than a terminal: folded, and all of what matters is there."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


def check(dmsconn: FakeDms, expected: str) -> None:
    assert dmsconn.story() == dedent(expected).strip()


@pytest.mark.dmsconn(deleting_polls=0)
def test_a_wide_run_is_folded(dmsconn: FakeDms, dms_client: Any) -> None:
    for connection in dmsconn.add_connections(7, status="failed"):
        dms_client.delete_connection(**connection.arns)

    check(
        dmsconn,
        """
        Status of each connection after each call:
                                   start   1        2        3        4        5
          endpoint-1 @ instance-1  failed  deleted  .        .        .        .
          endpoint-2 @ instance-2  failed  .        deleted  .        .        .
          endpoint-3 @ instance-3  failed  .        .        deleted  .        .
          endpoint-4 @ instance-4  failed  .        .        .        deleted  .
          endpoint-5 @ instance-5  failed  .        .        .        .        deleted
          endpoint-6 @ instance-6  failed  .        .        .        .        .
          endpoint-7 @ instance-7  failed  .        .        .        .        .

          (changes)                6        7
          endpoint-6 @ instance-6  deleted  .
          endpoint-7 @ instance-7  .        deleted

        Calls:
          1  DeleteConnection  endpoint-1 @ instance-1  200, deleting
          2  DeleteConnection  endpoint-2 @ instance-2  200, deleting
          3  DeleteConnection  endpoint-3 @ instance-3  200, deleting
          4  DeleteConnection  endpoint-4 @ instance-4  200, deleting
          5  DeleteConnection  endpoint-5 @ instance-5  200, deleting
          6  DeleteConnection  endpoint-6 @ instance-6  200, deleting
          7  DeleteConnection  endpoint-7 @ instance-7  200, deleting
        """,
    )


def test_long_names_take_two_lines(dmsconn: FakeDms, dms_client: Any) -> None:
    long = dmsconn.add_connection(
        endpoint_identifier="prod-customer-orders-mysql-source-replica",
        replication_instance_identifier="prod-dms-replication-instance-eu-1",
    )
    dmsconn.add_connection()
    dms_client.delete_connection(**long.arns)
    dms_client.describe_connections()
    dms_client.test_connection(**long.arns)

    check(
        dmsconn,
        """
        Status of each connection after each call:
                                                     start       1         2
          prod-customer-orders-mysql-source-replica
            @ prod-dms-replication-instance-eu-1     successful  deleting  deleted
          endpoint-2 @ instance-2                    successful  .         .
          prod-customer-orders-mysql-source-replica
            @ prod-dms-replication-instance-eu-1

          (changes)                                  3
          prod-customer-orders-mysql-source-replica
            @ prod-dms-replication-instance-eu-1     testing

        Calls:
          1  DeleteConnection
                prod-customer-orders-mysql-source-replica @
                prod-dms-replication-instance-eu-1
                200, deleting
          2  DescribeConnections  200, 1 Connection
          3  TestConnection
                prod-customer-orders-mysql-source-replica @
                prod-dms-replication-instance-eu-1
                200, testing
        """,
    )


@pytest.mark.parametrize("longest", range(1, 32, 3))
def test_no_line_is_wider_than_a_terminal(dmsconn: FakeDms, dms_client: Any, longest: int) -> None:
    connections = [
        dmsconn.add_connection(endpoint_identifier="x" * longest + str(number))
        for number in range(4)
    ]
    for connection in connections:
        dms_client.test_connection(**connection.arns)
    dmsconn.advance(12345)
    dms_client.get_waiter("test_connection_succeeds").wait()
    for connection in connections:
        dms_client.delete_connection(**connection.arns)
        with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
            dms_client.delete_connection(**connection.arns)

    lines = dmsconn.story().splitlines()

    assert max(map(len, lines)) <= 80
    for number in range(1, 14):  # none is cut
        assert sum(f" {number} " in f"{line} " for line in lines) >= 1


@pytest.mark.dmsconn(deleting_polls=0)
def test_many_connections_are_counted_and_those_of_interest_shown(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(500)
    dmsconn.add_connections(30, status="failed")
    for connection in connections[100:130]:
        dms_client.delete_connection(**connection.arns)

    lines = dmsconn.story().splitlines()

    shown = {line.split()[0] for line in lines if "@ instance" in line and "Delete" not in line}
    assert shown == {connection.endpoint_identifier for connection in connections[100:120]}
    assert "  ... and 510 more (470 successful, 30 failed, 10 deleted)" in lines
    assert any(line.rstrip().endswith("  21-30") for line in lines)
    assert len(lines) < 100


@pytest.mark.dmsconn(deleting_polls=0)
def test_a_long_list_of_calls_shows_its_ends(dmsconn: FakeDms, dms_client: Any) -> None:
    for connection in dmsconn.add_connections(100):
        dms_client.delete_connection(**connection.arns)

    _, _, calls = dmsconn.story().partition("Calls:\n")
    lines = calls.splitlines()

    assert [int(line.split()[0]) for line in lines if "Delete" in line] == [
        *range(1, 21),
        *range(81, 101),
    ]
    assert lines[20] == "  ... 60 more ..."
