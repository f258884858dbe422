"""The operations on endpoints and replication instances, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import aws_errors
from pytest_dmsconn.dms.describe import Filter, Listing, describe
from pytest_dmsconn.dms.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedT
    from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance


def describe_endpoints(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """List endpoints (N1)."""
    return describe(lifecycle, scope, parameters, ENDPOINTS)


def describe_replication_instances(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """List replication instances (N2)."""
    return describe(lifecycle, scope, parameters, REPLICATION_INSTANCES)


def delete_endpoint(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin to delete an endpoint (N3)."""
    endpoint = lifecycle.registry.endpoints.get(parameters["EndpointArn"])
    return {"Endpoint": _delete(lifecycle, scope, endpoint, "Endpoint")}


def delete_replication_instance(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin to delete a replication instance (N4)."""
    arn = parameters["ReplicationInstanceArn"]
    instance = lifecycle.registry.replication_instances.get(arn)
    answer = _delete(lifecycle, scope, instance, "Replication instance")
    return {"ReplicationInstance": answer}


def _delete(
    lifecycle: Lifecycle,
    scope: Scope,
    resource: Endpoint | ReplicationInstance | None,
    words: str,
) -> dict[str, Any]:
    if resource is None or resource.scope != scope:
        raise aws_errors.resource_not_found(f"{words} could not be found.")  # N3, N4
    if resource.status == Status.DELETING:
        raise aws_errors.invalid_resource_state(  # N6
            f"{words} {resource.identifier} is already being deleted"
        )
    lifecycle.begin_deletion(resource)  # E1, N5, N7
    answer = resource.to_dict()
    lifecycle.end_if_instant(resource)
    return answer


def _as_list(resource: NamedT | None) -> Sequence[NamedT]:
    return () if resource is None else (resource,)


ENDPOINTS: Listing[Endpoint] = Listing(
    result_key="Endpoints",
    table=lambda registry: registry.endpoints,
    filters={
        "endpoint-arn": Filter(
            lambda endpoint: endpoint.arn,
            lambda registry, _, arn: _as_list(registry.endpoints.get(arn)),
        ),
        "endpoint-type": Filter(  # N1: upper and lower case are equal
            lambda endpoint: endpoint.member("EndpointType").upper(), read=str.upper
        ),
        "endpoint-id": Filter(
            lambda endpoint: endpoint.identifier,
            lambda registry, scope, name: _as_list(registry.endpoints.by_identifier(scope, name)),
        ),
        "engine-name": Filter(lambda endpoint: endpoint.member("EngineName")),
    },
)

REPLICATION_INSTANCES: Listing[ReplicationInstance] = Listing(
    result_key="ReplicationInstances",
    table=lambda registry: registry.replication_instances,
    filters={
        "replication-instance-arn": Filter(
            lambda instance: instance.arn,
            lambda registry, _, arn: _as_list(registry.replication_instances.get(arn)),
        ),
        "replication-instance-id": Filter(
            lambda instance: instance.identifier,
            lambda registry, scope, name: _as_list(
                registry.replication_instances.by_identifier(scope, name)
            ),
        ),
        "replication-instance-class": Filter(
            lambda instance: instance.member("ReplicationInstanceClass")
        ),
        "engine-version": Filter(lambda instance: instance.member("EngineVersion")),
    },
)
