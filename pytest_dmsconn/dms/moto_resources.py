"""moto beside the fake: whether it is active, and its endpoints and replication instances.

moto is never imported here: it is active only if the test has imported it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.arns import ResourceType, Scope
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.botocore_stubber import BotocoreStubber
    from moto.dms.models import DatabaseMigrationServiceBackend

    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedTable


def stubber() -> BotocoreStubber | None:
    """The object that answers requests for moto; None if no `mock_aws` is in force."""
    found = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    return found if found is not None and found.enabled else None


def sync(lifecycle: Lifecycle, operation: str, scope: Scope, parameters: Mapping[str, Any]) -> None:
    """Bring the registry up to date with moto before a call is answered."""
    remove_lost(lifecycle)
    if operation == "TestConnection":
        for resource_type, parameter in (
            (ResourceType.ENDPOINT, "EndpointArn"),
            (ResourceType.REPLICATION_INSTANCE, "ReplicationInstanceArn"),
        ):
            import_from_moto(lifecycle, resource_type, scope, arn=parameters[parameter])


def import_from_moto(
    lifecycle: Lifecycle,
    resource_type: ResourceType,
    scope: Scope,
    *,
    arn: str | None = None,
    identifier: str | None = None,
) -> Endpoint | ReplicationInstance | None:
    """Add an endpoint or a replication instance of moto to the registry, if moto has it.

    It always counts as available. The identifier is used only if no ARN is given.
    """
    original = _find(resource_type, scope, arn=arn, identifier=identifier)
    return _import(lifecycle, resource_type, scope, original) if original is not None else None


def remove_lost(lifecycle: Lifecycle) -> None:
    """Remove imported resources that moto no longer has (E1).

    At the end of `mock_aws` they stay, so that a test can look at them.
    """
    external = lifecycle.registry.external
    if external and stubber() is not None:
        for resource in [one for one, is_in_moto in external.items() if not is_in_moto()]:
            lifecycle.remove(resource)


def remove_deleted(lifecycle: Lifecycle, operation: str, body: bytes) -> None:
    """Remove what moto has just deleted, even if the test seeded it by its ARN (E1)."""
    registry = lifecycle.registry
    resource: Endpoint | ReplicationInstance | None = None
    if operation == "DeleteEndpoint":
        resource = registry.endpoints.get(json.loads(body)["EndpointArn"])
    elif operation == "DeleteReplicationInstance":
        arn = json.loads(body)["ReplicationInstanceArn"]
        resource = registry.replication_instances.get(arn)
    if resource is not None:
        lifecycle.remove(resource)


def _resources_of_moto(resource_type: ResourceType, scope: Scope) -> Mapping[str, Any]:
    """Moto's own objects: endpoints by identifier, replication instances by ARN."""
    models = sys.modules.get("moto.dms.models")
    if models is None or stubber() is None:
        return {}
    # `get` does not create the account and the region, as moto's own look-up does.
    backend: DatabaseMigrationServiceBackend | None = models.dms_backends.get(
        scope.account_id, {}
    ).get(scope.region)
    if backend is None:
        return {}
    is_endpoint = resource_type is ResourceType.ENDPOINT
    return backend.endpoints if is_endpoint else backend.replication_instances


def _find(
    resource_type: ResourceType, scope: Scope, *, arn: str | None, identifier: str | None
) -> Any:
    found = _resources_of_moto(resource_type, scope)
    if resource_type is ResourceType.ENDPOINT:
        if arn is None:
            return found.get(identifier or "")
        return next((one for one in list(found.values()) if one.endpoint_arn == arn), None)
    if arn is not None:
        return found.get(arn)
    return next((one for one in list(found.values()) if one.id.lower() == identifier), None)


def _is_in_moto(resource_type: ResourceType, scope: Scope, original: Any) -> bool:
    """Whether moto still has this object, and not another one of the same name."""
    is_endpoint = resource_type is ResourceType.ENDPOINT
    key = original.endpoint_identifier if is_endpoint else original.arn
    return _resources_of_moto(resource_type, scope).get(key) is original


def _import(
    lifecycle: Lifecycle, resource_type: ResourceType, scope: Scope, original: Any
) -> Endpoint | ReplicationInstance:
    registry = lifecycle.registry
    # moto's ARNs and identifiers may break the rules of DMS, so they are not checked.
    if resource_type is ResourceType.ENDPOINT:
        arn, identifier = original.endpoint_arn, original.endpoint_identifier
        table: NamedTable[Any] = registry.endpoints
    else:
        arn, identifier = original.arn, original.id
        table = registry.replication_instances
    resource: Endpoint | ReplicationInstance | None = table.get(arn)
    if resource in registry.external and not registry.external[resource]():
        lifecycle.remove(resource)
        resource = None
    if resource is None:
        number, structure = registry.next_number(), original.to_dict()
        if resource_type is ResourceType.ENDPOINT:
            members = _given_members(structure, Endpoint.DEFAULTS)
            resource = Endpoint(arn, identifier, scope, number, ACTIVE, members)
        else:
            members = _given_members(structure, ReplicationInstance.DEFAULTS)
            resource = ReplicationInstance(
                arn, identifier, scope, number, AVAILABLE, members, lifecycle=lifecycle
            )
        registry.add(resource)
        registry.external[resource] = lambda: _is_in_moto(resource_type, scope, original)
    elif resource in registry.external and resource.identifier != identifier:
        table.rename(resource, identifier)
    return resource


def _given_members(structure: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The members that replace the fake's defaults."""
    return {name: structure[name] for name in defaults if structure.get(name)}
