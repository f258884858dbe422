"""Tests of the Lambda function.

`import handler` creates its boto3 client during pytest's collection, before any fixture and without
credentials. The fake also answers this client.
"""

import json

import handler
import pytest
from botocore.exceptions import ClientError

from pytest_dmsconn import Connection, FakeDms

# The client keeps its region from import time, which is the region of the developer's shell.
pytestmark = pytest.mark.dmsconn(region=handler.dms.meta.region_name)


def pair(connection: Connection) -> handler.Pair:
    return {
        "endpoint_arn": connection.endpoint_arn,
        "replication_instance_arn": connection.replication_instance_arn,
    }


def test_deletes_the_connection_of_the_event(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection()
    dmsconn.add_connection()

    summary = handler.lambda_handler(pair(stale))

    assert summary == {"deleted": [pair(stale)], "already_gone": [], "busy": []}
    dmsconn.assert_only_deleted(stale)


def test_deletes_every_connection_of_an_endpoint(dmsconn: FakeDms) -> None:
    first = dmsconn.add_connection(endpoint_identifier="orders")
    second = dmsconn.add_connection(endpoint_identifier="orders")
    dmsconn.add_connection(endpoint_identifier="billing")

    summary = handler.lambda_handler({"endpoint_arns": [first.endpoint_arn]})

    assert summary["deleted"] == [pair(first), pair(second)]
    dmsconn.assert_only_deleted(first, second)


@pytest.mark.dmsconn(
    seed=[
        {"endpoint_identifier": "orders"},
        {"endpoint_identifier": "billing"},
        {"endpoint_identifier": "crm"},
    ]
)
def test_deletes_the_connections_of_several_endpoints(dmsconn: FakeDms) -> None:
    orders, billing, crm = dmsconn.connections

    handler.lambda_handler({"endpoint_arns": [orders.endpoint_arn, crm.endpoint_arn]})

    dmsconn.assert_only_deleted(orders, crm)
    dmsconn.assert_not_deleted(billing)


def test_deletes_more_connections_than_fit_on_a_page(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(120, endpoint_identifier="orders")

    summary = handler.lambda_handler({"endpoint_arns": [connections[0].endpoint_arn]})

    assert len(summary["deleted"]) == 120
    dmsconn.assert_only_deleted(*connections)


def test_an_endpoint_that_was_never_tested_has_nothing_to_delete(dmsconn: FakeDms) -> None:
    untested = dmsconn.add_endpoint("orders")

    summary = handler.lambda_handler({"endpoint_arns": [untested.arn]})

    assert summary == {"deleted": [], "already_gone": [], "busy": []}
    dmsconn.assert_no_calls("DeleteConnection")


@pytest.mark.dmsconn(deleting_polls=0)
def test_the_same_event_may_come_twice(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection()

    handler.lambda_handler(pair(stale))
    summary = handler.lambda_handler(pair(stale))

    assert summary == {"deleted": [], "already_gone": [pair(stale)], "busy": []}
    assert len(dmsconn.deletions) == 2


def test_the_same_event_may_come_again_while_dms_is_deleting(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection()

    handler.lambda_handler(pair(stale))
    summary = handler.lambda_handler(pair(stale))

    assert summary["busy"] == [pair(stale)]
    assert stale.status == "deleting"


def test_a_connection_under_test_is_left_for_later(dmsconn: FakeDms) -> None:
    busy = dmsconn.add_connection(status="testing")

    summary = handler.lambda_handler(pair(busy))

    assert summary == {"deleted": [], "already_gone": [], "busy": [pair(busy)]}
    dmsconn.assert_delete_refused(busy, code="InvalidResourceStateFault")
    dmsconn.assert_only_deleted()


@pytest.mark.dmsconn(testing_polls=3)
def test_a_busy_connection_does_not_block_the_others(dmsconn: FakeDms) -> None:
    busy = dmsconn.add_connection(endpoint_identifier="orders", status="testing")
    stale = dmsconn.add_connection(endpoint_identifier="orders", status="failed")

    summary = handler.lambda_handler({"endpoint_arns": [stale.endpoint_arn]})

    assert summary == {"deleted": [pair(stale)], "already_gone": [], "busy": [pair(busy)]}
    dmsconn.assert_only_deleted(stale)


def test_a_connection_of_another_account_is_not_found(dmsconn: FakeDms) -> None:
    foreign = dmsconn.add_connection(account_id="210987654321")

    summary = handler.lambda_handler(pair(foreign))

    assert summary["already_gone"] == [pair(foreign)]
    dmsconn.assert_not_deleted(foreign)


def test_an_error_that_a_retry_cannot_fix_reaches_lambda(dmsconn: FakeDms) -> None:
    event = {"endpoint_arn": "orders", "replication_instance_arn": "dms-prod-1"}

    with pytest.raises(ClientError) as refusal:
        handler.lambda_handler(event)

    assert refusal.value.response["Error"]["Code"] == "InvalidParameterValueException"
    dmsconn.assert_only_deleted()


@pytest.mark.parametrize("event", [{}, {"endpoint_arns": []}, {"endpoint_arn": "arn:aws:dms:..."}])
def test_an_event_without_connections_is_an_error(
    dmsconn: FakeDms, event: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="neither endpoint_arns nor"):
        handler.lambda_handler(event)

    dmsconn.assert_no_calls()


def test_the_summary_is_json(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection()

    summary = handler.lambda_handler(pair(stale), None)

    assert json.loads(json.dumps(summary)) == summary
