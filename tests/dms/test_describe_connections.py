"""DescribeConnections through a real client, row by row of docs/fidelity.md: Q1 to Q6, Q9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.describe_calls import by_endpoint, by_instance, keys, pairs

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# Q1, Q9


def test_lists_nothing_where_there_is_nothing(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_endpoint()
    dmsconn.add_replication_instance()

    answer = dms_client.describe_connections()

    assert answer["Connections"] == []
    assert "Marker" not in answer


def test_lists_connections_as_aws_writes_them(dmsconn: FakeDms, dms_client: Any) -> None:
    successful = dmsconn.add_connection()
    failed = dmsconn.add_connection(status="failed", last_failure_message="no route to host")

    answer = dms_client.describe_connections()

    assert answer["Connections"] == [successful.to_dict(), failed.to_dict()]
    assert answer["Connections"][1] == {
        "EndpointArn": failed.endpoint_arn,
        "EndpointIdentifier": failed.endpoint_identifier,
        "ReplicationInstanceArn": failed.replication_instance_arn,
        "ReplicationInstanceIdentifier": failed.replication_instance_identifier,
        "Status": "failed",
        "LastFailureMessage": "no route to host",
    }


def test_lists_in_order_of_creation(dmsconn: FakeDms, dms_client: Any) -> None:
    first, second, third = dmsconn.add_connections(3)
    dms_client.delete_connection(**second.arns)
    dms_client.describe_connections()
    dms_client.test_connection(**second.arns)  # created again, so it is the newest
    fourth = dmsconn.add_connection(first.endpoint_arn)

    assert pairs(dms_client.describe_connections()) == keys([first, third, second, fourth])


def test_lists_only_what_is_in_the_region_and_account_of_the_caller(dmsconn: FakeDms) -> None:
    here = dmsconn.add_connection()
    there = dmsconn.add_connection(region="eu-west-1")
    theirs = dmsconn.add_connection(account_id="111122223333")
    their_keys = dmsconn.credentials("111122223333")

    def listed(**client: Any) -> list[tuple[str, str]]:
        return pairs(boto3.client("dms", **client).describe_connections())

    assert listed() == keys([here])
    assert listed(region_name="eu-west-1") == keys([there])
    assert listed(**their_keys) == keys([theirs])
    assert listed(region_name="eu-west-1", **their_keys) == []
    assert dmsconn.connections == (here, there, theirs)


def test_a_filter_does_not_reach_into_another_region_or_account(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    there = dmsconn.add_connection(region="eu-west-1")
    theirs = dmsconn.add_connection(account_id="111122223333")

    for connection in (there, theirs):
        for filters in ([by_endpoint(connection)], [by_endpoint(connection), by_instance(there)]):
            with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
                dms_client.describe_connections(Filters=filters)


@pytest.mark.dmsconn(testing_polls=1)
def test_descriptions_by_another_account_do_not_end_a_test(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    theirs = dmsconn.add_connection(account_id="111122223333", status="testing")

    dms_client.describe_connections()
    with pytest.raises(ClientError):
        dms_client.describe_connections(Filters=[by_endpoint(theirs)])

    assert theirs.status == "testing"


# Q2


def test_the_values_of_one_filter_are_alternatives(dmsconn: FakeDms, dms_client: Any) -> None:
    first, _, third = dmsconn.add_connections(3)

    answer = dms_client.describe_connections(Filters=[by_endpoint(third, first)])

    assert pairs(answer) == keys([first, third])


def test_a_value_given_twice_selects_once(dmsconn: FakeDms, dms_client: Any) -> None:
    first, _ = dmsconn.add_connections(2)

    answer = dms_client.describe_connections(Filters=[by_endpoint(first, first)])

    assert pairs(answer) == keys([first])


def test_several_filters_must_all_hold(dmsconn: FakeDms, dms_client: Any) -> None:
    both = dmsconn.add_connection()
    same_endpoint = dmsconn.add_connection(both.endpoint_arn)
    same_instance = dmsconn.add_connection(replication_instance_arn=both.replication_instance_arn)

    def selected(*filters: dict[str, Any]) -> list[tuple[str, str]]:
        return pairs(dms_client.describe_connections(Filters=list(filters)))

    assert selected(by_endpoint(both)) == keys([both, same_endpoint])
    assert selected(by_instance(both)) == keys([both, same_instance])
    assert selected(by_endpoint(both), by_instance(both)) == keys([both])
    assert selected(by_instance(both), by_endpoint(both)) == keys([both])
    assert selected(by_endpoint(both, same_instance), by_instance(both, same_endpoint)) == keys(
        [both, same_endpoint, same_instance]
    )


def test_two_filters_of_one_name_must_both_hold(dmsconn: FakeDms, dms_client: Any) -> None:
    first, second, third = dmsconn.add_connections(3)

    answer = dms_client.describe_connections(
        Filters=[by_endpoint(first, second), by_endpoint(second, third)]
    )

    assert pairs(answer) == keys([second])
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(Filters=[by_endpoint(first), by_endpoint(third)])


def test_a_filter_value_without_a_match_is_no_error_if_another_value_matches(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    filters = [by_endpoint(connection)]
    filters[0]["Values"].append("arn:aws:dms:us-east-1:123456789012:endpoint:NOBODY")

    assert pairs(dms_client.describe_connections(Filters=filters)) == keys([connection])


# Q3

NOT_FOUND = r": No Connections found matching provided filters$"


def test_filters_that_select_nothing_are_a_fault(dmsconn: FakeDms, dms_client: Any) -> None:
    untested = dmsconn.add_endpoint()
    dmsconn.add_connection()

    for value in (untested.arn, "arn:aws:dms:us-east-1:123456789012:endpoint:NOBODY", "orders"):
        with pytest.raises(dms_client.exceptions.ResourceNotFoundFault, match=NOT_FOUND):
            dms_client.describe_connections(Filters=[{"Name": "endpoint-arn", "Values": [value]}])


@pytest.mark.dmsconn(unmatched_filters="empty")
def test_filters_that_select_nothing_can_be_an_empty_list(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    untested = dmsconn.add_endpoint()

    answer = dms_client.describe_connections(
        Filters=[{"Name": "endpoint-arn", "Values": [untested.arn]}]
    )

    assert answer["Connections"] == []
    assert "Marker" not in answer


# Q4, Q5


def test_an_unknown_filter_is_refused_with_the_names_that_are_known(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection()

    with pytest.raises(
        ClientError,
        match=r"\(InvalidParameterValue.* status\. .*endpoint-arn, replication-instance-arn",
    ):
        dms_client.describe_connections(Filters=[{"Name": "status", "Values": ["failed"]}])


def test_a_filter_name_is_compared_exactly(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        dms_client.describe_connections(
            Filters=[{"Name": "Endpoint-Arn", "Values": [connection.endpoint_arn]}]
        )


def test_a_filter_without_values_is_refused(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(status="testing")

    with pytest.raises(ClientError, match=r"\(InvalidParameterValueException\).* endpoint-arn"):
        dms_client.describe_connections(Filters=[{"Name": "endpoint-arn", "Values": []}])

    assert connection.status == "testing"


def test_an_empty_list_of_filters_filters_nothing(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    assert pairs(dms_client.describe_connections(Filters=[])) == keys([connection])


# Q6


@pytest.mark.parametrize("most", [-1, 0, 1, 19, 101, 10**30])
def test_a_page_size_out_of_bounds_is_refused(dmsconn: FakeDms, dms_client: Any, most: int) -> None:
    connection = dmsconn.add_connection(status="testing")

    with pytest.raises(
        ClientError, match=r"\(InvalidParameterValueException\).* MaxRecords .*20 and 100"
    ):
        dms_client.describe_connections(MaxRecords=most)

    assert connection.status == "testing"


@pytest.mark.parametrize("most", [20, 21, 100])
def test_a_page_size_within_bounds_is_kept(dmsconn: FakeDms, dms_client: Any, most: int) -> None:
    connections = dmsconn.add_connections(101)

    answer = dms_client.describe_connections(MaxRecords=most)

    assert pairs(answer) == keys(connections[:most])


def test_a_page_has_100_records_by_default(dmsconn: FakeDms, dms_client: Any) -> None:
    connections = dmsconn.add_connections(101)

    first = dms_client.describe_connections()
    last = dms_client.describe_connections(Marker=first["Marker"])

    assert pairs(first) == keys(connections[:100])
    assert pairs(last) == keys(connections[100:])
