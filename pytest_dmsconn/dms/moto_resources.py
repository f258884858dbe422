"""moto beside the fake: whether it is active, and the endpoints and instances that live in it.

Nothing here imports moto before it is active: what is not imported is not active either.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_dmsconn.dms.arns import ResourceType
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    for held in _held_by_moto(resource_type, scope):
        if held.arn == arn or (arn is None and held.name == identifier):
            return _take_in(lifecycle, resource_type, scope, held)
    return None


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


class _Held(NamedTuple):
    """An endpoint or a replication instance as moto has it."""

    arn: str
    identifier: str
    name: str
    """The identifier as a seed gives it."""
    structure: dict[str, Any]
    original: object
    """moto's own object, by which another of the same ARN is told from it."""


def stubber() -> BotocoreStubber | None:
    """What answers for moto, while it is active."""
    found = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    return found if found is not None and found.enabled else None


def _held_by_moto(resource_type: ResourceType, scope: Scope) -> Iterator[_Held]:
    models = sys.modules.get("moto.dms.models")
    if models is None or not is_active():
        return
    # `get` looks without making the account and the region, as moto's own look-up would.
    dms: DatabaseMigrationServiceBackend | None = models.dms_backends.get(scope.account_id, {}).get(
        scope.region
    )
    if dms is None:
        return
    if resource_type is ResourceType.ENDPOINT:
        for endpoint in list(dms.endpoints.values()):
            identifier = endpoint.endpoint_identifier
            arn, structure = endpoint.endpoint_arn, endpoint.to_dict()
            yield _Held(arn, identifier, identifier, structure, endpoint)
    else:
        for instance in list(dms.replication_instances.values()):
            structure = instance.to_dict()
            yield _Held(instance.arn, instance.id, instance.id.lower(), structure, instance)


def _take_in(
    lifecycle: Lifecycle, resource_type: ResourceType, scope: Scope, held: _Held
) -> Endpoint | ReplicationInstance:
    registry = lifecycle.registry
    table: NamedTable[Any] = (
        registry.endpoints
        if resource_type is ResourceType.ENDPOINT
        else registry.replication_instances
    )
    resource: Endpoint | ReplicationInstance | None = table.get(held.arn)
    if resource in registry.external and not registry.external[resource]():
        lifecycle.remove(resource)
        resource = None
    if resource is None:
        resource = _make(lifecycle, resource_type, scope, held)
        registry.add(resource)
        registry.external[resource] = lambda: any(
            one.original is held.original for one in _held_by_moto(resource_type, scope)
        )
    elif resource in registry.external and resource.identifier != held.identifier:
        table.rename(resource, held.identifier)
    return resource


def _make(
    lifecycle: Lifecycle, resource_type: ResourceType, scope: Scope, held: _Held
) -> Endpoint | ReplicationInstance:
    number = lifecycle.registry.next_number()
    if resource_type is ResourceType.ENDPOINT:
        members = _described(held, Endpoint.DEFAULTS)
        return Endpoint(held.arn, held.identifier, scope, number, ACTIVE, members)
    members = _described(held, ReplicationInstance.DEFAULTS)
    return ReplicationInstance(
        held.arn, held.identifier, scope, number, AVAILABLE, members, lifecycle=lifecycle
    )


def _described(held: _Held, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The members that would else be the fake's defaults."""
    return {name: held.structure[name] for name in defaults if held.structure.get(name)}
