"""Stories that are wider or longer than a terminal are shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.story_checks import check

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


@pytest.mark.dmsconn(deleting_polls=0)
def test_many_similar_calls_share_a_row(dmsconn: FakeDms, dms_client: Any) -> None:
    for connection in dmsconn.add_connections(7, status="failed"):
        dms_client.delete_connection(**connection.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  endpoint-1 @ instance-1 ... endpoint-7 @ instance-7 (7)  failed
          1-7    DeleteConnection (7)  endpoint-1 @ instance-1 ...
                     endpoint-7 @ instance-7: 200, failed -> deleting -> deleted
          end    no connections
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
        Fake DMS in us-east-1, account 123456789012
          start  prod-customer-orders-mysql-source-replica @
                     prod-dms-replication-instance-eu-1
                     successful
                 endpoint-2 @ instance-2  successful
          1      DeleteConnection
                     prod-customer-orders-mysql-source-replica @ prod-dms-replication-instance-eu-1:
                     200, successful -> deleting
          2      DescribeConnections  200, 1 Connection;
                     prod-customer-orders-mysql-source-replica @ prod-dms-replication-instance-eu-1:
                     deleting -> deleted
          3      TestConnection
                     prod-customer-orders-mysql-source-replica @ prod-dms-replication-instance-eu-1:
                     200, new -> testing
          end    endpoint-2 @ instance-2  successful
                 prod-customer-orders-mysql-source-replica @
                     prod-dms-replication-instance-eu-1
                     testing
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
    told = [line.split()[0] for line in lines if not line.startswith("   ")]
    assert told == ["Fake", "start", "1-4", "5", *map(str, range(6, 14)), "end"]


@pytest.mark.dmsconn(deleting_polls=0)
def test_changed_connections_are_preferred(dmsconn: FakeDms, dms_client: Any) -> None:
    statuses: Any = ["successful", "failed"] * 50
    connections = [dmsconn.add_connection(status=status) for status in statuses]
    changed = connections[40:44]
    for connection in changed:
        dms_client.delete_connection(**connection.arns)

    lines = dmsconn.story().splitlines()

    start = lines[: next(n for n, line in enumerate(lines) if line.startswith("  1 "))]
    assert {one.endpoint_identifier for one in changed} <= {
        word for line in start for word in line.split()
    }
    assert any("more" in line for line in start)
    assert len(lines) <= 60


def test_connections_of_a_failed_assertion_are_always_shown(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(1000)
    for connection in connections[:998]:
        dms_client.delete_connection(**connection.arns)
        dms_client.describe_endpoints(Filters=[only_endpoint(connection)])

    with pytest.raises(AssertionError):
        dmsconn.assert_not_deleted(connections[500])
    lines = dmsconn.story().splitlines()

    name = "endpoint-501 @ instance-501"
    assert sum(name in line for line in lines) == 3  # at the start, its call, at the end
    assert len(lines) <= 60


def only_endpoint(connection: Connection) -> dict[str, Any]:
    return {"Name": "endpoint-arn", "Values": [connection.endpoint_arn]}


def test_long_list_of_calls_shows_the_first_and_the_last(dmsconn: FakeDms, dms_client: Any) -> None:
    for connection in dmsconn.add_connections(100):
        dms_client.delete_connection(**connection.arns)
        dms_client.describe_connections(MaxRecords=100)

    lines = dmsconn.story().splitlines()

    numbers = [int(line.split()[0]) for line in lines if line[2:3].isdigit()]
    assert numbers[:10] == list(range(1, 11))
    assert numbers[-10:] == list(range(191, 201))
    assert len(lines) <= 60


@pytest.mark.parametrize(
    "text", ["a\nb", "\x1b[31mred", "\0", "\ud800", "\u202ex", "\N{HANGUL SYLLABLE GA}", "x" * 5000]
)
def test_text_of_the_program_is_escaped(dmsconn: FakeDms, dms_client: Any, text: str) -> None:
    dmsconn.fail("DescribeConnections", "ResourceNotFoundFault", message=text)
    for filters in ([], [{"Name": text, "Values": [text]}]):
        with pytest.raises(Exception, match="when calling the DescribeConnections"):
            dms_client.describe_connections(Filters=filters)
    with pytest.raises(Exception, match="when calling the DeleteConnection"):
        dms_client.delete_connection(EndpointArn=text, ReplicationInstanceArn=text)

    story = dmsconn.story()

    assert story.isascii()
    assert story.replace("\n", "").isprintable()
    assert len(story) < 2000


def test_connections_that_end_differently_share_a_line_at_the_start(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(6, status="failed")
    dms_client.delete_connection(**connections[2].arns)

    start = dmsconn.story().splitlines()[1]
    assert start == "  start  endpoint-1 @ instance-1 ... endpoint-6 @ instance-6 (6)  failed"


def test_a_gap_is_described_by_more_than_dots(dmsconn: FakeDms) -> None:
    for number in range(40):
        dmsconn.add_connection(
            endpoint_identifier=f"orders-of-a-shop-with-a-long-name-{number}",
            replication_instance_identifier="nightly-runs",
            status=("successful", "failed")[number % 2],
        )

    gaps = [line for line in dmsconn.story().splitlines() if " more" in line]
    assert gaps
    assert not [line for line in gaps if line.endswith(" ...")], dmsconn.story()
