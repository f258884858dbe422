"""moto beside the fake: whether it is active, and the endpoints and instances that live in it.

Nothing here imports moto before it is active: what is not imported is not active either.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.arns import ResourceType
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.botocore_stubber import BotocoreStubber
    from moto.dms.models import DatabaseMigrationServiceBackend

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedTable


def is_active() -> bool:
    """Whether a `mock_aws` is in force in this process."""
    return stubber() is not None


def sync(lifecycle: Lifecycle, operation: str, scope: Scope, parameters: Mapping[str, Any]) -> None:
    """Bring the registry up to date with moto, before a call is answered.

    What moto has lost, to a reset for example, is gone; what a TestConnection names is taken over.
    """
    drop_lost(lifecycle)
    if operation == "TestConnection":
        import_from_moto(lifecycle, ResourceType.ENDPOINT, scope, arn=parameters["EndpointArn"])
        import_from_moto(
            lifecycle,
            ResourceType.REPLICATION_INSTANCE,
            scope,
            arn=parameters["ReplicationInstanceArn"],
        )


def import_from_moto(
    lifecycle: Lifecycle,
    resource_type: ResourceType,
    scope: Scope,
    *,
    arn: str | None = None,
    identifier: str | None = None,
) -> Endpoint | ReplicationInstance | None:
    """Take an endpoint or an instance that lives in moto into the registry, if there is one.

    It counts as available whatever moto says of it. ARN and identifier are taken as they are,
    though moto's may break the rules of DMS.

    Args:
        lifecycle: the rule over the registry.
        resource_type: what it is.
        scope: the region and account in which to look.
        arn: its ARN.
        identifier: its name, an instance's in lower case; looked for if no ARN is given.
    """
    original = _find(resource_type, scope, arn=arn, identifier=identifier)
    return _take_in(lifecycle, resource_type, scope, original) if original is not None else None


def drop_lost(lifecycle: Lifecycle) -> None:
    """Let go of what was taken over from moto and is not there any more: E1.

    What moto forgets as its `mock_aws` ends stays, so that a test can look at it afterwards.
    """
    external = lifecycle.registry.external
    if external and is_active():
        for resource in [guest for guest, lives in external.items() if not lives()]:
            lifecycle.remove(resource)


def drop_deleted(lifecycle: Lifecycle, operation: str, body: bytes) -> None:
    """Let go of what moto has just deleted, also if a test had seeded it by its ARN: E1.

    Args:
        lifecycle: the rule over the registry.
        operation: the operation of DMS that moto has carried out.
        body: the body of that request.
    """
    registry = lifecycle.registry
    resource: Endpoint | ReplicationInstance | None = None
    if operation == "DeleteEndpoint":
        resource = registry.endpoints.get(json.loads(body)["EndpointArn"])
    elif operation == "DeleteReplicationInstance":
        arn = json.loads(body)["ReplicationInstanceArn"]
        resource = registry.replication_instances.get(arn)
    if resource is not None:
        lifecycle.remove(resource)


def stubber() -> BotocoreStubber | None:
    """What answers for moto, while it is active."""
    found = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    return found if found is not None and found.enabled else None


def _held_by_moto(resource_type: ResourceType, scope: Scope) -> Mapping[str, Any]:
    """Moto's own objects: endpoints by identifier, replication instances by ARN."""
    models = sys.modules.get("moto.dms.models")
    if models is None or not is_active():
        return {}
    # `get` looks without making the account and the region, as moto's own look-up would.
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
    held = _held_by_moto(resource_type, scope)
    if resource_type is ResourceType.ENDPOINT:
        if arn is None:
            return held.get(identifier or "")
        return next((one for one in list(held.values()) if one.endpoint_arn == arn), None)
    if arn is not None:
        return held.get(arn)
    return next((one for one in list(held.values()) if one.id.lower() == identifier), None)


def _is_held(resource_type: ResourceType, scope: Scope, original: Any) -> bool:
    """Whether moto still has this very object, and not another of the same name."""
    is_endpoint = resource_type is ResourceType.ENDPOINT
    key = original.endpoint_identifier if is_endpoint else original.arn
    return _held_by_moto(resource_type, scope).get(key) is original


def _take_in(
    lifecycle: Lifecycle, resource_type: ResourceType, scope: Scope, original: Any
) -> Endpoint | ReplicationInstance:
    registry = lifecycle.registry
    is_endpoint = resource_type is ResourceType.ENDPOINT
    arn, identifier = (
        (original.endpoint_arn, original.endpoint_identifier)
        if is_endpoint
        else (original.arn, original.id)
    )
    table: NamedTable[Any] = registry.endpoints if is_endpoint else registry.replication_instances
    resource: Endpoint | ReplicationInstance | None = table.get(arn)
    if resource in registry.external and not registry.external[resource]():
        lifecycle.remove(resource)
        resource = None
    if resource is None:
        number, described = registry.next_number(), original.to_dict()
        if is_endpoint:
            members = _described(described, Endpoint.DEFAULTS)
            resource = Endpoint(arn, identifier, scope, number, ACTIVE, members)
        else:
            members = _described(described, ReplicationInstance.DEFAULTS)
            resource = ReplicationInstance(
                arn, identifier, scope, number, AVAILABLE, members, lifecycle=lifecycle
            )
        registry.add(resource)
        registry.external[resource] = lambda: _is_held(resource_type, scope, original)
    elif resource in registry.external and resource.identifier != identifier:
        table.rename(resource, identifier)
    return resource


def _described(structure: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The members that would otherwise be the fake's defaults."""
    return {name: structure[name] for name in defaults if structure.get(name)}
