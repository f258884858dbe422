"""Messages of failed assertions, and secrets that no message shows."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, FakeDms


class Seeded(NamedTuple):
    """Three connections of one replication instance, two of which were tried to be deleted."""

    orders: Connection
    users: Connection
    busy: Connection


@pytest.fixture
def seeded(dmsconn: FakeDms) -> Seeded:
    connections = [
        dmsconn.add_connection(
            endpoint_identifier=name,
            replication_instance_identifier="nightly",
            status="testing" if name == "busy" else "successful",
        )
        for name in Seeded._fields
    ]
    return Seeded(*connections)


def delete(connection: Connection, **keys: Any) -> None:
    """Try to delete a connection, as code under test does."""
    with contextlib.suppress(ClientError):
        boto3.client("dms", **keys).delete_connection(**connection.arns)


def complaint(assertion: Any, *arguments: Any, **keywords: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        assertion(*arguments, **keywords)
    return str(raised.value)


def test_message_says_what_is_wrong_and_then_what_was_expected(
    dmsconn: FakeDms, seeded: Seeded
) -> None:
    orders, users, busy = seeded
    delete(orders)
    delete(busy)

    assert complaint(dmsconn.assert_deleted, orders, users, busy) == (
        """Not deleted: users @ nightly, busy @ nightly
  users @ nightly: successful; no DeleteConnection named it
  busy @ nightly: testing; DeleteConnection: call 2 InvalidResourceStateFault
Expected to be deleted: orders @ nightly, users @ nightly, busy @ nightly"""
    )
    assert complaint(dmsconn.assert_only_deleted, users) == (
        """Deleted, but not expected: orders @ nightly; not deleted: users @ nightly
  orders @ nightly: deleting; DeleteConnection: call 1 200
  users @ nightly: successful; no DeleteConnection named it
Expected to be deleted, and no others: users @ nightly"""
    )
    assert complaint(dmsconn.assert_only_deleted) == (
        """Deleted, but not expected: orders @ nightly
  orders @ nightly: deleting; DeleteConnection: call 1 200
Expected no deletion."""
    )
    assert complaint(dmsconn.assert_not_deleted, users, orders) == (
        """Deleted: orders @ nightly
  orders @ nightly: deleting; DeleteConnection: call 1 200
Expected not to be deleted: users @ nightly, orders @ nightly"""
    )
    assert complaint(dmsconn.assert_delete_refused, orders) == (
        """Not refused: orders @ nightly
  orders @ nightly: deleting; DeleteConnection: call 1 200
Expected a DeleteConnection to be refused with an error: orders @ nightly"""
    )
    assert complaint(dmsconn.assert_delete_refused, busy, "ResourceNotFoundFault") == (
        """Not refused with ResourceNotFoundFault: busy @ nightly
  busy @ nightly: testing; DeleteConnection: call 2 InvalidResourceStateFault
Expected a DeleteConnection to be refused with ResourceNotFoundFault: busy @ nightly"""
    )
    assert complaint(dmsconn.assert_tested, orders) == (
        """Not tested: orders @ nightly
  orders @ nightly: deleting; no TestConnection named it
Expected to be tested: orders @ nightly"""
    )


CALLS = """
  1  DeleteConnection  orders @ nightly: 200, successful -> deleting
  2  DeleteConnection  busy @ nightly: InvalidResourceStateFault: Connection is being tested and \
cannot be deleted
"""


def test_message_about_calls_shows_the_calls(dmsconn: FakeDms, seeded: Seeded) -> None:
    delete(seeded.orders)
    delete(seeded.busy)
    delete_calls = "DeleteConnection"

    assert complaint(dmsconn.assert_no_calls) == (
        f"Called: DeleteConnection (2){CALLS}Expected no call."
    )
    assert complaint(dmsconn.assert_no_calls, delete_calls) == (
        f"Called: DeleteConnection (2){CALLS}Expected no call of DeleteConnection."
    )
    assert complaint(dmsconn.assert_called, "TestConnection") == (
        f"Not called: TestConnection{CALLS}Expected at least once: TestConnection"
    )
    assert complaint(dmsconn.assert_called, delete_calls, times=1) == (
        f"Called 2 times, not 1: DeleteConnection{CALLS}Expected exactly 1 time: DeleteConnection"
    )
    assert complaint(dmsconn.assert_called, delete_calls, connection=seeded.users) == (
        "Not called: DeleteConnection of users @ nightly (called 2 times for others)"
        f"{CALLS}Expected at least once: DeleteConnection of users @ nightly"
    )


def test_pair_that_never_had_a_connection_is_unknown(dmsconn: FakeDms) -> None:
    arn = "arn:aws:dms:us-east-1:123456789012:"
    lines = complaint(dmsconn.assert_deleted, (f"{arn}endpoint:A", f"{arn}rep:B")).splitlines()

    name = f"{arn}endpoint:A @ {arn}rep:B"
    assert lines[:2] == [
        f"Not deleted: {name}",
        f"  {name}: unknown to the fake; no DeleteConnection named it",
    ]


def test_identifiers_in_place_of_arns_are_refused_with_a_hint(dmsconn: FakeDms) -> None:
    with pytest.raises(KeyError, match="Identifiers have keywords of their own"):
        dmsconn.connection("orders", "nightly")
    with pytest.raises(ValueError, match="Identifiers have keywords of their own"):
        dmsconn.add_connection("orders", "nightly")


SECRETS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG",
    "aws_session_token": "FwoGZXIvYXdzEBYaDNtoken",
}


def test_message_shows_no_secrets(dmsconn: FakeDms, seeded: Seeded) -> None:
    delete(seeded.orders, **SECRETS)
    delete(seeded.busy, **SECRETS)
    said = "\n".join(
        [
            repr(dmsconn.calls),
            repr(dmsconn.deletions),
            repr(dmsconn),
            repr(seeded),
            repr(dmsconn.service.records),
            dmsconn.story(),
            complaint(dmsconn.assert_no_calls),
            repr(dmsconn.dump()),
        ]
    )
    assert not [secret for secret in SECRETS.values() if secret in said]


def test_message_says_that_a_connection_is_gone_by_other_means(dmsconn: FakeDms) -> None:
    orders = dmsconn.add_connection(endpoint_identifier="orders", status="deleting")
    delete(orders)
    dmsconn.remove_connection(orders)

    assert complaint(dmsconn.assert_deleted, orders).startswith(
        "Not deleted: orders @ instance-1\n"
        "  orders @ instance-1: gone, but not by a DeleteConnection; "
        "DeleteConnection: call 1 InvalidResourceStateFault\n"
    )


def test_message_lists_some_of_many_connections(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(5_000)

    lines = complaint(dmsconn.assert_deleted, *connections).splitlines()

    first_three = ", ".join(f"endpoint-{n} @ instance-{n}" for n in (1, 2, 3))
    assert lines[0] == f"Not deleted: {first_three}, 4997 more"
    assert lines[-2:] == [
        "  ... and 4994 more",
        f"Expected to be deleted: {first_three}, 4997 more",
    ]
    assert len(lines) == 9


def test_message_lists_some_of_many_attempts(dmsconn: FakeDms, seeded: Seeded) -> None:
    for _ in range(10):
        delete(seeded.busy)

    _, attempts, *_ = complaint(dmsconn.assert_deleted, seeded.busy).splitlines()

    assert attempts.endswith("call 3 InvalidResourceStateFault, 7 more")


def test_message_has_the_story_outside_pytest() -> None:
    program = """
from pytest_dmsconn import mock_dms
with mock_dms() as dms:
    orders = dms.add_connection(endpoint_identifier="orders")
    try:
        dms.assert_deleted(orders)
    except AssertionError as error:
        assert str(error).endswith("\\n\\n" + dms.story()), error
"""
    subprocess.run([sys.executable, "-c", program], check=True)
