"""Rows E and N of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.scenarios import (
    deletes_the_endpoint,
    deletes_the_instance,
    fake_alone,
    reads,
)
from support.target import code, refusal

if TYPE_CHECKING:
    from support.target import Target


@deletes_the_endpoint
def test_e1_the_connections_of_an_endpoint_go_with_it(target: Target) -> None:
    assert target.endpoint_removal().connections == []


@deletes_the_instance
def test_e1_the_connections_of_an_instance_go_with_it(target: Target) -> None:
    assert target.replication_instance_removal().connections == []


@reads
def test_n1_an_endpoint_is_found_by_each_of_its_filters(target: Target) -> None:
    endpoint = target.describe_endpoint()
    assert endpoint is not None
    assert endpoint["Status"] in {"active", "deleting"}
    assert endpoint["EndpointType"] in {"SOURCE", "TARGET"}
    for name, value in (
        ("endpoint-id", endpoint["EndpointIdentifier"]),
        ("endpoint-type", endpoint["EndpointType"]),
        ("endpoint-type", endpoint["EndpointType"].lower()),
        ("engine-name", endpoint["EngineName"]),
    ):
        filters = [{"Name": name, "Values": [value]}]
        pages = target.client.get_paginator("describe_endpoints").paginate(Filters=filters)
        found = [one["EndpointArn"] for page in pages for one in page["Endpoints"]]
        assert target.endpoint_arn in found, name


@reads
def test_n1_filters_of_endpoints_are_refused_as_those_of_connections(target: Target) -> None:
    describe = target.client.describe_endpoints
    unknown = [{"Name": "endpoint-arn", "Values": [target.unknown_endpoint_arn]}]
    wrong_name = [{"Name": "endpoint-name", "Values": ["orders"]}]
    no_values = [{"Name": "endpoint-id", "Values": []}]

    assert refusal(describe, Filters=unknown) == (
        "ResourceNotFoundFault",
        "No Endpoints found matching provided filters",
    )
    assert code(describe, Filters=wrong_name) == "InvalidParameterValueException"
    assert code(describe, Filters=no_values) == "InvalidParameterValueException"


@reads
def test_n2_an_instance_is_found_by_each_of_its_filters(target: Target) -> None:
    instance = target.describe_replication_instance()
    assert instance is not None
    assert instance["ReplicationInstanceStatus"] in {"available", "creating", "deleting"}
    for name, member in (
        ("replication-instance-id", "ReplicationInstanceIdentifier"),
        ("replication-instance-class", "ReplicationInstanceClass"),
        ("engine-version", "EngineVersion"),
    ):
        filters = [{"Name": name, "Values": [instance[member]]}]
        paginator = target.client.get_paginator("describe_replication_instances")
        pages = paginator.paginate(Filters=filters)
        found = [
            one["ReplicationInstanceArn"] for page in pages for one in page["ReplicationInstances"]
        ]
        assert target.replication_instance_arn in found, name


@reads
def test_n2_filters_of_instances_that_select_nothing_are_a_fault(target: Target) -> None:
    arn = target.unknown_replication_instance_arn
    unknown = [{"Name": "replication-instance-arn", "Values": [arn]}]

    refused = code(target.client.describe_replication_instances, Filters=unknown)

    assert refused == "ResourceNotFoundFault"


@reads
def test_n3_an_endpoint_that_does_not_exist_is_not_found(target: Target) -> None:
    for arn in (target.unknown_endpoint_arn, "orders"):
        refused = code(target.client.delete_endpoint, EndpointArn=arn)
        assert refused == "ResourceNotFoundFault"


@deletes_the_endpoint
def test_n3_an_endpoint_is_answered_deleting_and_then_not_found(target: Target) -> None:
    removal = target.endpoint_removal()

    assert removal.answer["Status"] == "deleting"
    assert removal.answer["EndpointArn"] == target.endpoint_arn
    assert removal.at_the_end == "ResourceNotFoundFault"


@reads
def test_n4_an_instance_that_does_not_exist_is_not_found(target: Target) -> None:
    for arn in (target.unknown_replication_instance_arn, "nightly"):
        arns = {"ReplicationInstanceArn": arn}
        refused = code(target.client.delete_replication_instance, **arns)
        assert refused == "ResourceNotFoundFault"


@deletes_the_instance
def test_n4_an_instance_is_answered_deleting_and_then_not_found(target: Target) -> None:
    removal = target.replication_instance_removal()

    assert removal.answer["ReplicationInstanceStatus"] == "deleting"
    assert removal.answer["ReplicationInstanceArn"] == target.replication_instance_arn
    assert removal.at_the_end == "ResourceNotFoundFault"


@deletes_the_endpoint
def test_n5_an_endpoint_is_described_as_deleting(target: Target) -> None:
    described = target.endpoint_removal().described

    assert described is not None
    assert described["Status"] == "deleting"


@deletes_the_instance
def test_n5_an_instance_is_described_as_deleting(target: Target) -> None:
    described = target.replication_instance_removal().described

    assert described is not None
    assert described["ReplicationInstanceStatus"] == "deleting"


@deletes_the_endpoint
def test_n6_an_endpoint_that_is_being_deleted_cannot_be_deleted(target: Target) -> None:
    assert target.endpoint_removal().again == "InvalidResourceStateFault"


@deletes_the_instance
def test_n6_an_instance_that_is_being_deleted_cannot_be_deleted(target: Target) -> None:
    assert target.replication_instance_removal().again == "InvalidResourceStateFault"


@fake_alone("it takes a replication task")
def test_n7_an_instance_that_a_task_uses_cannot_be_deleted(target: Target) -> None:
    """The fake has no tasks: a test says so by a fault."""
    target.fake.fail("DeleteReplicationInstance", "InvalidResourceStateFault")
    arns = {"ReplicationInstanceArn": target.replication_instance_arn}

    refused = code(target.client.delete_replication_instance, **arns)

    assert refused == "InvalidResourceStateFault"
    assert not target.fake.replication_instances[0].deleted
