"""Helpers of the tests of stories: connections with short names, and a check of a whole story."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


def check(dmsconn: FakeDms, expected: str) -> None:
    """Assert that the story is this text, in printable ASCII."""
    story = dmsconn.story()
    assert story == dedent(expected).strip()
    assert story.isascii()
    assert story.replace("\n", "").isprintable()


def orders_and_users(dmsconn: FakeDms) -> tuple[Connection, Connection]:
    orders = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly", status="failed"
    )
    users = dmsconn.add_connection(
        endpoint_identifier="users", replication_instance_identifier="nightly"
    )
    return orders, users
