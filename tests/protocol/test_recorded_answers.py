"""Recorded answers do not change, and use little memory."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from support.describe_calls import only

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


def test_a_recorded_answer_does_not_change_afterwards(dmsconn: FakeDms, dms_client: Any) -> None:
    orders, users = dmsconn.add_connections(2)
    first = dms_client.describe_connections()
    dms_client.delete_connection(**orders.arns)
    dmsconn.set_status(users, "failed")
    second = dms_client.describe_connections()

    recorded = [call.response for call in dmsconn.calls_to("DescribeConnections")]

    for answer in (first, second):
        del answer["ResponseMetadata"]
    assert recorded == [first, second]


def test_changing_a_returned_answer_does_not_change_the_record(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection()
    dms_client.describe_connections()
    call = dmsconn.calls[0]
    answer: Any = call.response

    answer["Connections"][0]["Status"] = "broken"

    assert call.response is not None
    assert call.response["Connections"][0]["Status"] == "successful"


def test_a_recorded_page_of_100_keeps_little_memory(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_connections(100)
    dms_client.describe_connections()
    gc.collect()
    tracemalloc.start()
    for _ in range(50):
        dms_client.describe_connections()
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept / 50 <= 3000


def test_a_call_is_shown_in_one_short_line(dmsconn: FakeDms, dms_client: Any) -> None:
    (connection,) = dmsconn.add_connections(1)
    dms_client.delete_connection(**connection.arns)
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(**only("endpoint-arn", "x\n" * 500))

    for call in dmsconn.calls:
        assert len(repr(call)) <= 200
        assert repr(call).isprintable()
    assert repr(dmsconn.deletions[0]) == "<Deletion endpoint-1 @ instance-1: succeeded>"


def test_a_status_is_shown_as_the_string(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(status="failed")

    assert repr(connection.status) == "'failed'"
    assert f"{connection.status} {connection.status!s}" == "failed failed"
