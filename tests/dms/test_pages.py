"""DescribeConnections page by page: Q7 and Q8 of docs/fidelity.md, and polls beside pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from support.describe_calls import by_instance, keys, pairs

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# Q7


@pytest.mark.parametrize("count", [19, 20, 21, 40, 41])
def test_the_last_page_has_no_marker(dmsconn: FakeDms, dms_client: Any, count: int) -> None:
    connections = dmsconn.add_connections(count)

    pages = [dms_client.describe_connections(MaxRecords=20)]
    while "Marker" in pages[-1]:
        pages.append(dms_client.describe_connections(MaxRecords=20, Marker=pages[-1]["Marker"]))

    assert [len(page["Connections"]) for page in pages] == [
        min(20, count - start) for start in range(0, count, 20)
    ]
    assert [pair for page in pages for pair in pairs(page)] == keys(connections)


def test_the_connections_that_a_filter_selects_are_paged(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance("nightly")
    mixed = [
        dmsconn.add_connection(replication_instance_identifier=name)
        for _ in range(45)
        for name in ("nightly", "weekly")
    ]
    wanted = [one for one in mixed if one.replication_instance_arn == instance.arn]

    paginator = dms_client.get_paginator("describe_connections")
    pages = list(
        paginator.paginate(Filters=[by_instance(wanted[0])], PaginationConfig={"PageSize": 20})
    )

    assert [len(page["Connections"]) for page in pages] == [20, 20, 5]
    assert [pair for page in pages for pair in pairs(page)] == keys(wanted)


def test_botocores_paginator_goes_on_where_it_stopped(dmsconn: FakeDms, dms_client: Any) -> None:
    connections = dmsconn.add_connections(70)
    paginator = dms_client.get_paginator("describe_connections")
    size = {"PageSize": 20, "MaxItems": 30}

    first = paginator.paginate(PaginationConfig=size).build_full_result()
    second = paginator.paginate(
        PaginationConfig={**size, "StartingToken": first["NextToken"]}
    ).build_full_result()

    assert pairs(first) + pairs(second) == keys(connections[:60])


def test_a_deletion_between_two_pages_hides_no_other_connection(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(60)
    first = dms_client.describe_connections(MaxRecords=20)

    for connection in (*connections[:20], *connections[25:30], connections[59]):
        dms_client.delete_connection(**connection.arns)
    dms_client.describe_connections()
    second = dms_client.describe_connections(MaxRecords=20, Marker=first["Marker"])
    third = dms_client.describe_connections(MaxRecords=20, Marker=second["Marker"])

    assert pairs(second) == keys([*connections[20:25], *connections[30:45]])
    assert pairs(third) == keys(connections[45:59])
    assert "Marker" not in third


def test_an_addition_between_two_pages_shifts_no_other_connection(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    old = dmsconn.add_connections(30)
    first = dms_client.describe_connections(MaxRecords=20)

    new = dmsconn.add_connections(5)
    second = dms_client.describe_connections(MaxRecords=20, Marker=first["Marker"])

    assert pairs(first) + pairs(second) == keys([*old, *new])


def test_a_connection_created_again_between_two_pages_is_listed_last(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(21)
    first = dms_client.describe_connections(MaxRecords=20)
    dms_client.delete_connection(**connections[0].arns)
    dms_client.describe_connections()

    dms_client.test_connection(**connections[0].arns)
    second = dms_client.describe_connections(MaxRecords=20, Marker=first["Marker"])

    assert pairs(second) == keys([connections[20], connections[0]])


def test_a_marker_stays_valid_after_its_connection_is_deleted(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(25)
    first = dms_client.describe_connections(MaxRecords=20)

    dms_client.delete_connection(**connections[19].arns)
    dms_client.describe_connections()
    second = dms_client.describe_connections(MaxRecords=20, Marker=first["Marker"])

    assert pairs(second) == keys(connections[20:])


@pytest.mark.parametrize("filtered", [False, True])
def test_the_last_page_is_empty_if_its_connections_were_deleted(
    dmsconn: FakeDms, dms_client: Any, *, filtered: bool
) -> None:
    connections = dmsconn.add_connections(21, replication_instance_identifier="nightly")
    request = {"MaxRecords": 20, "Filters": [by_instance(connections[0])] if filtered else []}
    first = dms_client.describe_connections(**request)
    dms_client.delete_connection(**connections[20].arns)
    dms_client.describe_connections()

    last = dms_client.describe_connections(**request, Marker=first["Marker"])

    assert last["Connections"] == []
    assert "Marker" not in last


def test_a_marker_can_be_used_again(dmsconn: FakeDms, dms_client: Any) -> None:
    connections = dmsconn.add_connections(25)
    marker = dms_client.describe_connections(MaxRecords=20)["Marker"]

    for _ in range(2):
        answer = dms_client.describe_connections(MaxRecords=20, Marker=marker)
        assert pairs(answer) == keys(connections[20:])


# Q8


@pytest.mark.parametrize("marker", ["nonsense", "20", " ", "Q29ubmVjdGlvbnM6MjA=", "\u2603"])
def test_a_marker_that_was_not_given_out_is_refused(
    dmsconn: FakeDms, dms_client: Any, marker: str
) -> None:
    dmsconn.add_connections(21)

    with pytest.raises(ClientError, match=r"\(InvalidParameterValueException\).* Marker "):
        dms_client.describe_connections(Marker=marker)


def test_a_marker_of_another_listing_is_refused(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_connections(21)
    marker = dms_client.describe_endpoints(MaxRecords=20)["Marker"]

    with pytest.raises(ClientError, match=r"\(InvalidParameterValueException\).* Marker "):
        dms_client.describe_connections(Marker=marker)


def test_a_marker_from_before_a_reset_is_refused(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_connections(21)
    marker = dms_client.describe_connections(MaxRecords=20)["Marker"]
    dmsconn.reset()

    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        dms_client.describe_connections(Marker=marker)


def test_an_empty_marker_counts_as_none(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    assert pairs(dms_client.describe_connections(Marker="")) == keys([connection])
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(
            Marker="", Filters=[{"Name": "endpoint-arn", "Values": ["nobody"]}]
        )


# Pages and polls


def test_a_page_is_filled_with_connections_that_still_exist(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(30)
    for connection in connections[5:9]:
        dms_client.delete_connection(**connection.arns)

    first = dms_client.describe_connections(MaxRecords=20)
    second = dms_client.describe_connections(MaxRecords=20, Marker=first["Marker"])

    assert pairs(first) == keys([*connections[:5], *connections[9:24]])
    assert pairs(second) == keys(connections[24:])
    assert {connection.status for connection in connections[5:9]} == {"deleted"}


@pytest.mark.dmsconn(deleting_polls=2)
def test_a_page_counts_as_a_description_of_its_own_connections_only(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(25)
    early, late = connections[3], connections[24]
    for connection in (early, late):
        dms_client.delete_connection(**connection.arns)

    first = dms_client.describe_connections(MaxRecords=20)
    assert first["Connections"][3]["Status"] == "deleting"
    again = dms_client.describe_connections(MaxRecords=20)
    assert pairs(again) == keys([*connections[:3], *connections[4:21]])
    assert (early.status, late.status) == ("deleted", "deleting")

    rest = dms_client.describe_connections(MaxRecords=20, Marker=again["Marker"])
    assert rest["Connections"][-1]["Status"] == "deleting"
    rest = dms_client.describe_connections(MaxRecords=20, Marker=again["Marker"])
    assert pairs(rest) == keys(connections[21:24])
    assert late.status == "deleted"


def test_a_page_does_not_end_the_test_of_a_later_connection(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(21, status="testing")

    first = dms_client.describe_connections(MaxRecords=20)

    assert {one["Status"] for one in first["Connections"]} == {"successful"}
    assert connections[20].status == "testing"
    last = dms_client.describe_connections(Marker=first["Marker"])
    assert last["Connections"][0]["Status"] == "successful"


@pytest.mark.dmsconn(deleting_polls=0, testing_polls=0)
def test_a_seeded_test_or_deletion_ends_at_the_first_description(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    tested = dmsconn.add_connection(status="testing")
    deleted = dmsconn.add_connection(status="deleting")
    assert (tested.status, deleted.status) == ("testing", "deleting")

    answer = dms_client.describe_connections()

    assert pairs(answer) == keys([tested])
    assert (tested.status, deleted.status) == ("successful", "deleted")


@pytest.mark.dmsconn(deleting_polls=2)
def test_a_seeded_deletion_takes_its_polls(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="deleting")

    first, second = (dms_client.describe_connections()["Connections"] for _ in range(2))

    assert [one["Status"] for one in first] == ["deleting"]
    assert second == []
    assert connection.status == "deleted"


def test_a_page_is_empty_if_all_its_connections_were_deleted(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connections = dmsconn.add_connections(3)
    for connection in connections:
        dms_client.delete_connection(**connection.arns)

    assert dms_client.describe_connections()["Connections"] == []
    assert dmsconn.connections == ()
