"""`FakeDms.connection(...)` finds one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


@pytest.fixture
def orders(dmsconn: FakeDms) -> Connection:
    """One of three connections, two of which share its instance."""
    orders = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )
    dmsconn.add_connection(
        endpoint_identifier="customers", replication_instance_identifier="nightly"
    )
    dmsconn.add_connection(endpoint_identifier="orders2", replication_instance_identifier="weekly")
    return orders


def test_finds_by_any_sufficient_arguments(dmsconn: FakeDms, orders: Connection) -> None:
    endpoint_arn, instance_arn = orders.arns.values()

    assert dmsconn.connection(endpoint_arn, instance_arn) is orders
    assert dmsconn.connection(endpoint_arn) is orders
    assert dmsconn.connection(endpoint_identifier="orders") is orders
    assert dmsconn.connection(endpoint_arn, replication_instance_identifier="NIGHTLY") is orders
    assert (
        dmsconn.connection(replication_instance_arn=instance_arn, endpoint_identifier="orders")
        is orders
    )


def test_error_lists_the_connections_that_fit(dmsconn: FakeDms, orders: Connection) -> None:
    with pytest.raises(KeyError) as refused:
        dmsconn.connection(replication_instance_identifier="nightly")

    lines = str(refused.value).splitlines()
    assert lines[:3] == [
        "2 connections fit; give more of their ARNs and identifiers:",
        "  replication_instance_identifier='nightly'",
        "They are:",
    ]
    assert (
        lines[3] == f"  orders @ nightly  {orders.endpoint_arn} {orders.replication_instance_arn}"
    )
    assert len(lines) == 5


@pytest.mark.usefixtures("orders")
def test_error_lists_some_of_many_connections_that_fit(dmsconn: FakeDms) -> None:
    dmsconn.add_connections(50, replication_instance_identifier="nightly")

    with pytest.raises(KeyError, match=r"(?s)52 connections fit.*\.\.\. and 49 more") as refused:
        dmsconn.connection(replication_instance_identifier="nightly")
    assert len(str(refused.value).splitlines()) == 7


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    "given",
    [
        {"endpoint_identifier": "order"},
        {"endpoint_identifier": "orders", "replication_instance_identifier": "nightley"},
    ],
)
def test_error_shows_the_nearest_connections(dmsconn: FakeDms, given: dict[str, str]) -> None:
    with pytest.raises(KeyError, match=r"There is no connection with") as refused:
        dmsconn.connection(**given)

    assert "Nearest:\n  orders @ nightly  arn:" in str(refused.value)


def test_endpoint_and_instance_without_a_connection(dmsconn: FakeDms, orders: Connection) -> None:
    other = dmsconn.connection(endpoint_identifier="customers")
    weekly = dmsconn.connection(replication_instance_identifier="weekly")

    with pytest.raises(KeyError, match="There is no connection with"):
        dmsconn.connection(other.endpoint_arn, weekly.replication_instance_arn)
    with pytest.raises(KeyError, match=r"wrong way round; orders @ nightly exists"):
        dmsconn.connection(orders.replication_instance_arn, orders.endpoint_arn)


@pytest.mark.parametrize(
    ("arguments", "keywords", "words"),
    [
        ((), {}, "needs at least one of endpoint_arn, "),
        (([], []), {}, r"endpoint_arn=\[\] is not allowed"),
        ((7,), {}, "endpoint_arn=7 is not allowed"),
        ((), {"endpoint_identifier": b"orders"}, "endpoint_identifier=b'orders' is not allowed"),
    ],
)
def test_argument_of_another_type_is_refused(
    dmsconn: FakeDms, arguments: tuple[Any, ...], keywords: dict[str, Any], words: str
) -> None:
    dmsconn.add_connection()

    with pytest.raises(UsageError, match=words):
        dmsconn.connection(*arguments, **keywords)


def test_a_very_long_argument_makes_a_short_message(dmsconn: FakeDms, orders: Connection) -> None:
    with pytest.raises(KeyError) as refused:
        dmsconn.connection(orders.endpoint_arn + "x" * 1_000_000)

    assert len(str(refused.value)) < 1000
