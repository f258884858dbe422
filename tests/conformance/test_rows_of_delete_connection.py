"""Rows D of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.scenarios import changes_the_connection, fake_alone, reads
from support.target import code, refusal

if TYPE_CHECKING:
    from support.target import Target


@changes_the_connection
def test_d1_a_deletion_is_answered_with_the_connection_deleting(target: Target) -> None:
    before = target.connection()

    answer = target.client.delete_connection(**target.pair)["Connection"]

    assert answer == {**before, "Status": "deleting"}
    assert {"EndpointIdentifier", "ReplicationInstanceIdentifier"} <= answer.keys()
    assert ("LastFailureMessage" in answer) == ("LastFailureMessage" in before)


@reads
def test_d2_a_pair_without_a_connection_is_not_found(target: Target) -> None:
    pairs = (
        {**target.pair, "EndpointArn": target.unknown_endpoint_arn},
        {**target.pair, "ReplicationInstanceArn": target.unknown_replication_instance_arn},
    )

    codes = {code(target.client.delete_connection, **pair) for pair in pairs}

    assert codes == {"ResourceNotFoundFault"}


@changes_the_connection
def test_d3_a_connection_under_test_cannot_be_deleted(target: Target) -> None:
    target.connection()
    target.client.test_connection(**target.pair)

    refused = code(target.client.delete_connection, **target.pair)

    assert refused == "InvalidResourceStateFault"
    assert target.connection_at_rest() is not None


@changes_the_connection
def test_d4_a_connection_that_is_being_deleted_cannot_be_deleted(target: Target) -> None:
    target.connection()
    target.client.delete_connection(**target.pair)

    refused = code(target.client.delete_connection, **target.pair)

    assert refused == "InvalidResourceStateFault"
    assert target.connection_at_rest() is None


@changes_the_connection
def test_d5_a_connection_that_is_gone_is_not_found(target: Target) -> None:
    target.connection()
    target.delete_connection()

    refused = code(target.client.delete_connection, **target.pair)

    assert refused == "ResourceNotFoundFault"


@changes_the_connection
def test_d6_an_arn_in_other_letters_is_another_arn(target: Target) -> None:
    before = target.connection()
    other = {name: swapped_case(arn) for name, arn in target.pair.items()}

    refused = code(target.client.delete_connection, **other)

    assert refused == "ResourceNotFoundFault"
    assert target.connection_at_rest() == before


def swapped_case(arn: str) -> str:
    """The ARN with the letters of its last part in the other case."""
    start, colon, resource = arn.rpartition(":")
    return start + colon + resource.swapcase()


@changes_the_connection
def test_d7_an_arn_of_another_region_is_not_found(target: Target) -> None:
    before = target.connection()
    other = {name: of_another_region(arn) for name, arn in target.pair.items()}

    refused = code(target.client.delete_connection, **other)

    assert refused == "ResourceNotFoundFault"
    assert target.connection_at_rest() == before


def of_another_region(arn: str) -> str:
    parts = arn.split(":")
    parts[3] = "eu-north-1" if parts[3] != "eu-north-1" else "eu-south-1"
    return ":".join(parts)


@changes_the_connection
def test_d8_a_test_makes_a_connection_anew(target: Target) -> None:
    target.connection()
    target.delete_connection()
    assert target.described() is None

    answer = target.client.test_connection(**target.pair)["Connection"]

    assert answer["Status"] == "testing"
    assert target.connection_at_rest() is not None


@reads
def test_d9_what_is_no_arn_of_that_kind_is_an_invalid_parameter(target: Target) -> None:
    for parameter, wrong in (
        ("EndpointArn", "orders"),
        ("EndpointArn", target.unknown_replication_instance_arn),
        ("ReplicationInstanceArn", "nightly"),
        ("ReplicationInstanceArn", target.unknown_endpoint_arn),
    ):
        unknown = {
            "EndpointArn": target.unknown_endpoint_arn,
            "ReplicationInstanceArn": target.unknown_replication_instance_arn,
        }
        arns = {**unknown, parameter: wrong}

        refused, message = refusal(target.client.delete_connection, **arns)

        assert refused == "InvalidParameterValueException"
        assert parameter in message


@fake_alone("it takes a replication task that runs")
def test_d10_a_replication_task_does_not_stand_in_the_way(target: Target) -> None:
    """The fake has no tasks: nothing but the state of the connection refuses a deletion."""
    connection = target.fake.add_connection(**by_arns(target), status="successful")

    target.client.delete_connection(**target.pair)

    target.fake.assert_only_deleted(connection)


def by_arns(target: Target) -> dict[str, str]:
    return {
        "endpoint_arn": target.endpoint_arn,
        "replication_instance_arn": target.replication_instance_arn,
    }
