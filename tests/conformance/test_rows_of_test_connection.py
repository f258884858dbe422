"""Rows T of docs/fidelity.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.scenarios import (
    changes_the_connection,
    deletes_the_endpoint,
    deletes_the_instance,
    fake_alone,
    reads,
)
from support.target import code, refusal

if TYPE_CHECKING:
    from support.target import Target

FAILURE = re.compile(
    r"Test Endpoint failed: Application-Status: 1020912, Application-Message: .+", re.DOTALL
)


@changes_the_connection
def test_t1_a_test_is_answered_with_the_connection_testing(target: Target) -> None:
    target.connection()

    answer = target.client.test_connection(**target.pair)["Connection"]

    assert answer["Status"] == "testing"
    assert target.pair.items() <= answer.items()
    assert {"EndpointIdentifier", "ReplicationInstanceIdentifier"} <= answer.keys()
    assert target.connection_at_rest()["Status"] in {"successful", "failed"}  # type: ignore[index]


@changes_the_connection
def test_t1_a_connection_exists_once_it_is_tested(target: Target) -> None:
    target.delete_connection()

    target.client.test_connection(**target.pair)

    assert target.connection_at_rest() is not None


@changes_the_connection
def test_t1a_the_failure_of_an_earlier_test_is_gone(target: Target) -> None:
    assert "LastFailureMessage" in target.failed_connection()

    answer = target.client.test_connection(**target.pair)["Connection"]
    target.connection_at_rest()

    assert answer["Status"] == "testing"
    assert "LastFailureMessage" not in answer


@changes_the_connection
def test_t2_a_connection_under_test_cannot_be_tested(target: Target) -> None:
    target.connection()
    target.client.test_connection(**target.pair)

    refused, message = refusal(target.client.test_connection, **target.pair)
    target.connection_at_rest()

    assert refused == "InvalidResourceStateFault"
    assert "already being tested" in message


@reads
def test_t3_an_unknown_instance_is_noticed_before_an_unknown_endpoint(target: Target) -> None:
    endpoint, instance = target.unknown_endpoint_arn, target.unknown_replication_instance_arn
    no_instance = ("ResourceNotFoundFault", "Replication instance could not be found.")
    no_endpoint = ("ResourceNotFoundFault", "Endpoint could not be found.")

    for unknown, answer in (
        ({"EndpointArn": endpoint, "ReplicationInstanceArn": instance}, no_instance),
        ({"ReplicationInstanceArn": instance}, no_instance),
        ({"ReplicationInstanceArn": "nightly"}, no_instance),
        ({"EndpointArn": endpoint}, no_endpoint),
        ({"EndpointArn": "orders"}, no_endpoint),
    ):
        arns = {**target.pair, **unknown}
        assert refusal(target.client.test_connection, **arns) == answer


@fake_alone("an instance is not available for minutes, and at nobody's will")
def test_t4_an_instance_that_is_not_available_cannot_test(target: Target) -> None:
    creating = target.fake.add_replication_instance("reporting", available=False)
    arns = {**target.pair, "ReplicationInstanceArn": creating.arn}

    refused, message = refusal(target.client.test_connection, **arns)

    assert refused == "InvalidResourceStateFault"
    assert "reporting" in message


@changes_the_connection
def test_t5_a_connection_that_is_being_deleted_cannot_be_tested(target: Target) -> None:
    target.connection()
    target.client.delete_connection(**target.pair)

    refused = code(target.client.test_connection, **target.pair)
    target.connection_at_rest()

    assert refused == "InvalidResourceStateFault"


@deletes_the_endpoint
def test_t5_an_endpoint_that_is_being_deleted_cannot_be_tested(target: Target) -> None:
    assert target.endpoint_removal().test == "InvalidResourceStateFault"


@deletes_the_instance
def test_t5_an_instance_that_is_being_deleted_cannot_test(target: Target) -> None:
    assert target.replication_instance_removal().test == "InvalidResourceStateFault"


@changes_the_connection
def test_t6_a_test_that_fails_says_why(target: Target) -> None:
    assert FAILURE.fullmatch(target.failed_connection()["LastFailureMessage"])


@fake_alone("DMS decides when it tests an endpoint by itself")
def test_t7_a_test_that_dms_began_is_met_by_the_first_of_a_program(target: Target) -> None:
    connection = target.fake.add_connection(target.endpoint_arn, target.replication_instance_arn)
    target.fake.set_status(connection, "testing")

    refused, message = refusal(target.client.test_connection, **target.pair)

    assert refused == "InvalidResourceStateFault"
    assert "already being tested" in message
