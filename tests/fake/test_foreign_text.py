"""Text of the program in messages and reprs is escaped and shortened, whatever it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms

UNPRINTABLE = "\x1b[31m\x00\u202e\ud800"
TEXTS = {"unprintable": UNPRINTABLE, "long": "x" * 1_000_000}
RESOURCE = "arn:aws:dms:us-east-1:123456789012"


def seed_twice(dms: FakeDms, text: str) -> None:
    for _ in range(2):
        dms.add_connection(f"{RESOURCE}:endpoint:{text}", f"{RESOURCE}:rep:{text}")


def give_another_identifier(dms: FakeDms, text: str) -> None:
    dms.add_endpoint("orders", arn=f"{RESOURCE}:endpoint:{text}")
    dms.add_connection(f"{RESOURCE}:endpoint:{text}", endpoint_identifier="bills")


def give_an_identifier_twice(dms: FakeDms, text: str) -> None:
    dms.add_endpoint("orders", arn=f"{RESOURCE}:endpoint:{text}")
    dms.add_endpoint("orders", arn=f"{RESOURCE}:endpoint:other")


def seed_an_end_twice(dms: FakeDms, text: str) -> None:
    for _ in range(2):
        dms.add_endpoint(arn=f"{RESOURCE}:endpoint:{text}")


def name_two_regions(dms: FakeDms, text: str) -> None:
    region = f"arn:aws:dms:{text}:123456789012"
    dms.add_connection(f"{region}:endpoint:E", f"{RESOURCE}:rep:R")


def make_what_is_gone_available(dms: FakeDms, text: str) -> None:
    status = {"ReplicationInstanceStatus": text}
    instance = dms.add_replication_instance(members=status)
    dms.remove_replication_instance(instance)
    instance.set_available()


def look_for_calls(dms: FakeDms, text: str) -> None:
    operation: Any = text
    dms.calls_to(operation)


def seed_with_a_keyword(dms: FakeDms, text: str) -> None:
    dms.add_connections(1, **{text: 1})


def set_an_option(_dms: FakeDms, text: str) -> None:
    options: Any = {text: 1}
    mock_dms(**options)


def load_a_path(dms: FakeDms, text: str) -> None:
    dms.load(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(
    "act",
    [
        seed_twice,
        give_another_identifier,
        give_an_identifier_twice,
        seed_an_end_twice,
        name_two_regions,
        make_what_is_gone_available,
        look_for_calls,
        seed_with_a_keyword,
        set_an_option,
        load_a_path,
    ],
)
def test_messages(dmsconn: FakeDms, act: Callable[[FakeDms, str], None], text: str) -> None:
    with pytest.raises((UsageError, TypeError)) as raised:
        act(dmsconn, text)

    assert_is_short_and_printable(str(raised.value))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_reprs(dmsconn: FakeDms, text: str) -> None:
    connection = dmsconn.add_connection(
        f"{RESOURCE}:endpoint:{text}", f"{RESOURCE}:rep:{text}", endpoint_identifier="orders"
    )
    instance = dmsconn.add_replication_instance(members={"ReplicationInstanceStatus": text})

    for one in (connection, connection.endpoint, connection.replication_instance, instance):
        assert_is_short_and_printable(repr(one))


def test_names_of_moto(dms: FakeDms) -> None:
    client: Any = boto3.client("dms")
    endpoint = client.create_endpoint(
        EndpointIdentifier=UNPRINTABLE, EndpointType="source", EngineName="mysql"
    )["Endpoint"]

    connection = dms.add_connection(endpoint["EndpointArn"])

    assert_is_short_and_printable(repr(connection))


@pytest.mark.parametrize("path", ["\x00", "\ud800"])
def test_a_path_that_cannot_be_is_not_said_to_be_no_json(dmsconn: FakeDms, path: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        dmsconn.load(path)


def assert_is_short_and_printable(text: str) -> None:
    assert text.isascii()
    assert text.isprintable()
    assert len(text) < 1_500
