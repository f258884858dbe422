"""The operations on connections. Comments such as `# D3` name rows of docs/fidelity.md."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import aws_errors
from pytest_dmsconn.dms.arns import ResourceType, Scope, parse_arn
from pytest_dmsconn.dms.describe import Filter, Listing, Values, describe
from pytest_dmsconn.dms.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import Registry
    from pytest_dmsconn.dms.resources import Connection


def delete_connection(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin to delete a connection."""
    endpoint_arn = parameters["EndpointArn"]
    instance_arn = parameters["ReplicationInstanceArn"]
    connection = lifecycle.registry.connections.get((endpoint_arn, instance_arn))  # D6
    if connection is None or connection.scope != scope:
        require_arn("EndpointArn", endpoint_arn, ResourceType.ENDPOINT)
        require_arn("ReplicationInstanceArn", instance_arn, ResourceType.REPLICATION_INSTANCE)
        raise aws_errors.resource_not_found(  # D2, D5, D7
            f"No connection between the endpoint {endpoint_arn} "
            f"and the replication instance {instance_arn} could be found."
        )
    if connection.status is Status.TESTING:  # D3
        raise aws_errors.invalid_resource_state("Connection is being tested and cannot be deleted")
    if connection.status is Status.DELETING:  # D4
        raise aws_errors.invalid_resource_state("Connection is already being deleted")
    lifecycle.begin_deletion(connection)  # D1, D10
    answer = {"Connection": connection.to_dict()}
    lifecycle.end_if_instant(connection)
    return answer


def test_connection(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin a test of a connection, and create the connection if there is none."""
    registry = lifecycle.registry
    instance = registry.replication_instances.get(parameters["ReplicationInstanceArn"])
    if instance is None or instance.scope != scope:
        raise aws_errors.resource_not_found("Replication instance could not be found.")  # T3
    if not instance.available:
        raise aws_errors.invalid_resource_state(  # T4, T5
            f"Replication instance {instance.identifier} is not available, "
            f"its status is {instance.status}"
        )
    endpoint = registry.endpoints.get(parameters["EndpointArn"])
    if endpoint is None or endpoint.scope != scope:
        raise aws_errors.resource_not_found("Endpoint could not be found.")  # T3
    if not endpoint.available:
        raise aws_errors.invalid_resource_state(  # T5
            f"Endpoint {endpoint.identifier} is not active, its status is {endpoint.status}"
        )
    connection = registry.connections.get((endpoint.arn, instance.arn))
    if connection is not None and connection.status is Status.TESTING:
        raise aws_errors.invalid_resource_state("Connection is already being tested")  # T2
    if connection is not None and connection.status is Status.DELETING:
        raise aws_errors.invalid_resource_state("Connection is being deleted")  # T5
    connection = lifecycle.begin_test(endpoint, instance)  # T1
    lifecycle.end_if_instant(connection)
    return {"Connection": connection.to_dict()}


# Otherwise pytest would collect it as a test in modules that import it.
test_connection.__test__ = False  # type: ignore[attr-defined]


def describe_connections(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """List connections (Q1)."""
    return describe(lifecycle, scope, parameters, CONNECTIONS)


def require_arn(parameter: str, text: str, resource_type: ResourceType) -> None:
    """Raise `AwsError` for a text that is not the ARN of a resource of that type (D9)."""
    arn = parse_arn(text)
    if arn is None or arn.resource_type != resource_type.value:
        raise aws_errors.invalid_parameter_value(
            f"The parameter {parameter} must be the ARN of a DMS {resource_type.words}, not {text}"
        )


def _of_endpoint(registry: Registry, _scope: Scope, arn: str) -> Sequence[Connection]:
    endpoint = registry.endpoints.get(arn)
    return endpoint.connections if endpoint else ()


def _of_replication_instance(registry: Registry, _scope: Scope, arn: str) -> Sequence[Connection]:
    instance = registry.replication_instances.get(arn)
    return instance.connections if instance else ()


def _of_both(registry: Registry, arns: Mapping[str, Values]) -> list[Connection]:
    pairs = itertools.product(arns["endpoint-arn"], arns["replication-instance-arn"])
    found = map(registry.connections.get, pairs)
    return sorted((one for one in found if one), key=lambda connection: connection.number)


CONNECTIONS: Listing[Connection] = Listing(
    result_key="Connections",
    table=lambda registry: registry.connections,
    filters={
        "endpoint-arn": Filter(lambda connection: connection.endpoint.arn, _of_endpoint),
        "replication-instance-arn": Filter(
            lambda connection: connection.replication_instance.arn, _of_replication_instance
        ),
    },
    may_be_empty=True,
    find_all=_of_both,
)
