"""What a failed assertion says, and what nothing ever says."""

from __future__ import annotations

import contextlib
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


STATE = """

Connections:
  endpoint  replication instance  status      last failure message
  orders    nightly               deleting
  users     nightly               successful
  busy      nightly               testing

Calls:
  1  DeleteConnection  orders @ nightly  200, deleting
  2  DeleteConnection  busy @ nightly
        InvalidResourceStateFault: Connection is being tested and cannot be
        deleted"""


def complaint(assertion: Any, *arguments: object) -> str:
    with pytest.raises(AssertionError) as raised:
        assertion(*arguments)
    return str(raised.value)


def test_failed_assertions_say_what_was_expected_and_what_happened(
    dmsconn: FakeDms, seeded: Seeded
) -> None:
    orders, users, busy = seeded
    delete(orders)
    delete(busy)

    assert complaint(dmsconn.assert_deleted, orders, users, busy) == (
        """Expected to be deleted:
  orders @ nightly
  users @ nightly
  busy @ nightly
Not deleted:
  users @ nightly: successful; no DeleteConnection named it
  busy @ nightly: testing; DeleteConnection ended in InvalidResourceStateFault"""
        + STATE
    )
    assert complaint(dmsconn.assert_only_deleted, users) == (
        """Expected to be deleted, and nothing else:
  users @ nightly
Not deleted:
  users @ nightly: successful; no DeleteConnection named it
Deleted, but not expected:
  orders @ nightly: deleting; a DeleteConnection took effect"""
        + STATE
    )
    assert complaint(dmsconn.assert_only_deleted) == (
        """Expected: nothing is deleted.
Deleted, but not expected:
  orders @ nightly: deleting; a DeleteConnection took effect"""
        + STATE
    )
    assert complaint(dmsconn.assert_not_deleted, users, orders) == (
        """Expected not to be deleted:
  users @ nightly
  orders @ nightly
Deleted:
  orders @ nightly: deleting; a DeleteConnection took effect"""
        + STATE
    )
    assert complaint(dmsconn.assert_delete_refused, orders) == (
        """Expected a DeleteConnection to be refused with an error:
  orders @ nightly: deleting; a DeleteConnection took effect"""
        + STATE
    )
    assert complaint(dmsconn.assert_delete_refused, busy, "ResourceNotFoundFault") == (
        """Expected a DeleteConnection to be refused with ResourceNotFoundFault:
  busy @ nightly: testing; DeleteConnection ended in InvalidResourceStateFault"""
        + STATE
    )
    assert complaint(
        dmsconn.assert_delete_refused, (users.endpoint_arn, users.replication_instance_arn)
    ) == (
        """Expected a DeleteConnection to be refused with an error:
  users @ nightly: successful; no DeleteConnection named it"""
        + STATE
    )
    assert complaint(dmsconn.assert_no_calls) == "No call was expected, but there were 2." + STATE
    assert complaint(dmsconn.assert_no_calls, "DeleteConnection") == (
        "No call of DeleteConnection was expected, but there were 2." + STATE
    )


def test_failed_assertion_without_anything_says_so(dmsconn: FakeDms) -> None:
    assert complaint(dmsconn.assert_deleted, ("an endpoint", "an instance")) == (
        """Expected to be deleted:
  an endpoint @ an instance: unknown to the fake; no DeleteConnection named it

Connections: none.

Calls: none."""
    )


def test_one_call_is_told_in_the_singular(dmsconn: FakeDms, seeded: Seeded) -> None:
    delete(seeded[0])

    assert complaint(dmsconn.assert_no_calls).startswith("No call was expected, but there was 1.\n")


def test_identifiers_in_place_of_arns_are_told_apart(dmsconn: FakeDms) -> None:
    with pytest.raises(KeyError, match="Identifiers have keywords of their own"):
        dmsconn.connection("orders", "nightly")
    with pytest.raises(ValueError, match="Identifiers have keywords of their own"):
        dmsconn.add_connection("orders", "nightly")


SECRETS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG",
    "aws_session_token": "FwoGZXIvYXdzEBYaDNtoken",
}


def test_secrets_are_nowhere(dmsconn: FakeDms, seeded: Seeded) -> None:
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


def test_many_connections_are_not_all_listed(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(5_000)

    with pytest.raises(AssertionError) as failure:
        dmsconn.assert_deleted(*connections)

    lines = str(failure.value).splitlines()
    assert "  endpoint-20 @ instance-20: successful; no DeleteConnection named it" in lines
    assert "  ... and 4980 more" in lines
    assert len(lines) < 60
