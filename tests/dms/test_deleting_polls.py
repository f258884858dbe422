"""How many descriptions show a connection as `deleting`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.describe_calls import by_endpoint

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


@pytest.mark.parametrize(
    "polls",
    [pytest.param(polls, marks=pytest.mark.dmsconn(deleting_polls=polls)) for polls in (1, 2, 3)],
)
def test_the_nth_description_no_longer_shows_it(
    dmsconn: FakeDms, dms_client: Any, polls: int
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    seen = [
        [one["Status"] for one in dms_client.describe_connections()["Connections"]]
        for _ in range(polls)
    ]

    assert seen == [["deleting"]] * (polls - 1) + [[]]
    assert connection.status == "deleted"


@pytest.mark.dmsconn(deleting_polls=2)
def test_only_descriptions_that_select_it_count(dmsconn: FakeDms, dms_client: Any) -> None:
    connection, other = dmsconn.add_connections(2)
    dms_client.delete_connection(**connection.arns)

    for _ in range(5):
        dms_client.describe_connections(Filters=[by_endpoint(other)])
        dms_client.describe_endpoints()

    assert connection.status == "deleting"


def test_a_filter_for_a_deleted_connection_fails_with_not_found(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(Filters=[by_endpoint(connection)])

    assert connection.deleted


def test_reading_the_fake_does_not_count_as_a_description(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    for _ in range(3):
        assert dmsconn.connections == (connection,)
        assert dmsconn.dump()["Connections"][0]["Status"] == "deleting"
        assert dmsconn.connection(*connection.arns.values()) is connection

    assert connection.status == "deleting"


@pytest.mark.dmsconn(deleting_polls=0)
def test_is_gone_at_once_without_polls(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    answer = dms_client.delete_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "deleting"
    assert connection.status == "deleted"
    assert dmsconn.connections == ()
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**connection.arns)
