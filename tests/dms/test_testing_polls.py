"""How many descriptions show a connection as `testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.describe_calls import FAILURE_FORM, polled

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


@pytest.mark.parametrize(
    "polls",
    [pytest.param(polls, marks=pytest.mark.dmsconn(testing_polls=polls)) for polls in (1, 2, 3)],
)
def test_the_nth_description_reports_the_result(
    dmsconn: FakeDms, dms_client: Any, polls: int
) -> None:
    connection = dmsconn.add_connection(status="failed")
    dms_client.test_connection(**connection.arns)

    seen = [polled(dms_client, connection) for _ in range(polls)]

    assert seen == ["testing"] * (polls - 1) + ["successful"]
    assert polled(dms_client, connection) == "successful"


@pytest.mark.dmsconn(testing_polls=0)
def test_without_polls_the_call_itself_reports_the_result(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="failed")

    answer = dms_client.test_connection(**connection.arns)

    assert answer["Connection"]["Status"] == connection.status == "successful"
    assert "LastFailureMessage" not in answer["Connection"]


@pytest.mark.dmsconn(testing_polls=0, test_result="failed")
def test_without_polls_the_call_itself_reports_a_failure(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    answer = dms_client.test_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "failed"
    assert FAILURE_FORM.fullmatch(answer["Connection"]["LastFailureMessage"])


@pytest.mark.dmsconn(testing_polls=2)
def test_only_descriptions_that_select_it_count(dmsconn: FakeDms, dms_client: Any) -> None:
    connection, other = dmsconn.add_connections(2)
    dms_client.test_connection(**connection.arns)

    for _ in range(5):
        polled(dms_client, other)
        dms_client.describe_replication_instances()

    assert polled(dms_client, connection) == "testing"
    assert polled(dms_client, connection) == "successful"


@pytest.mark.parametrize(
    "polls",
    [
        pytest.param(1, marks=pytest.mark.dmsconn(testing_polls=0)),
        pytest.param(1, marks=pytest.mark.dmsconn(testing_polls=1)),
        pytest.param(2, marks=pytest.mark.dmsconn(testing_polls=2)),
    ],
)
def test_a_seeded_test_ends_like_one_that_a_call_began(
    dmsconn: FakeDms, dms_client: Any, polls: int
) -> None:
    connection = dmsconn.add_connection(status="testing")
    assert connection.status == "testing"

    seen = [polled(dms_client, connection) for _ in range(polls)]

    assert seen == ["testing"] * (polls - 1) + ["successful"]


@pytest.mark.dmsconn(testing_polls=3)
def test_a_test_started_again_by_dms_takes_all_its_polls(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="testing")
    polled(dms_client, connection)
    polled(dms_client, connection)

    dmsconn.set_status(connection, "testing")

    seen = [polled(dms_client, connection) for _ in range(3)]
    assert seen == ["testing", "testing", "successful"]


def test_set_status_ends_the_running_connection_test(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)

    dmsconn.set_status(connection, "failed", last_failure_message="password expired")

    (described,) = dms_client.describe_connections()["Connections"]
    assert (described["Status"], described["LastFailureMessage"]) == ("failed", "password expired")
