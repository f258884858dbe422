"""Resources of moto: finding its endpoints and replication instances, and importing them.

moto is not imported here, because it is active only if the test has imported it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.botocore_stubber import BotocoreStubber
    from moto.dms.models import DatabaseMigrationServiceBackend

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedT


def moto_stubber() -> BotocoreStubber | None:
    """The object that answers requests for moto; None if no `mock_aws` is active."""
    found = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    return found if found is not None and found.enabled else None


def sync(lifecycle: Lifecycle, operation: str, scope: Scope, parameters: Mapping[str, Any]) -> None:
    """Update the registry from moto before a call is answered."""
    remove_lost(lifecycle)
    if operation == "TestConnection":
        for kind in (Endpoint, ReplicationInstance):
            import_from_moto(lifecycle, kind, scope, arn=parameters[kind.ARN_MEMBER])


def import_from_moto(
    lifecycle: Lifecycle,
    kind: type[NamedT],
    scope: Scope,
    *,
    arn: str | None = None,
    identifier: str | None = None,
) -> NamedT | None:
    """Add an endpoint or a replication instance of moto to the registry, if moto has it.

    It is available, whatever its status in moto is. With an ARN, the identifier is ignored.
    """
    original = _find(kind, scope, arn=arn, identifier=identifier)
    return _import(lifecycle, kind, scope, original) if original is not None else None


def remove_lost(lifecycle: Lifecycle) -> None:
    """Remove imported resources that moto no longer has (E1).

    After the end of `mock_aws` they stay, so that a test can still read them.
    """
    external = lifecycle.registry.external
    if external and moto_stubber() is not None:
        for resource in [one for one, is_in_moto in external.items() if not is_in_moto()]:
            lifecycle.remove(resource)


def remove_deleted(lifecycle: Lifecycle, operation: str, body: bytes) -> None:
    """Remove the resource that moto has just deleted, even if the test seeded its ARN (E1)."""
    for kind in (Endpoint, ReplicationInstance):
        if operation == f"Delete{kind.STRUCTURE}":
            resource = lifecycle.registry.table_of(kind).get(json.loads(body)[kind.ARN_MEMBER])
            if resource is not None:
                lifecycle.remove(resource)


def _resources_of_moto(kind: type[NamedT], scope: Scope) -> Mapping[str, Any]:
    """The objects of moto: endpoints by identifier, replication instances by ARN."""
    # Another thread may be importing the module.
    backends = getattr(sys.modules.get("moto.dms.models"), "dms_backends", None)
    if backends is None or moto_stubber() is None:
        return {}
    # With `get`, because `backends[...]` would create the account and the region in moto.
    backend: DatabaseMigrationServiceBackend | None = backends.get(scope.account_id, {}).get(
        scope.region
    )
    if backend is None:
        return {}
    return backend.endpoints if kind is Endpoint else backend.replication_instances


def _find(kind: type[NamedT], scope: Scope, *, arn: str | None, identifier: str | None) -> Any:
    found = _resources_of_moto(kind, scope)
    if kind is Endpoint:
        if arn is None:
            return found.get(identifier or "")
        return next((one for one in list(found.values()) if one.endpoint_arn == arn), None)
    if arn is not None:
        return found.get(arn)
    return next((one for one in list(found.values()) if one.id.lower() == identifier), None)


def _is_in_moto(kind: type[NamedT], scope: Scope, original: Any) -> bool:
    """Whether moto still has this very object, not a new one with the same name."""
    key = original.endpoint_identifier if kind is Endpoint else original.arn
    return _resources_of_moto(kind, scope).get(key) is original


def _import(lifecycle: Lifecycle, kind: type[NamedT], scope: Scope, original: Any) -> NamedT:
    # moto's ARNs and identifiers may break the rules of DMS, so they are not checked.
    if kind is Endpoint:
        arn, identifier = original.endpoint_arn, original.endpoint_identifier
    else:
        arn, identifier = original.arn, original.id
    registry, table = lifecycle.registry, lifecycle.registry.table_of(kind)
    resource = table.get(arn)
    if resource in registry.external and not registry.external[resource]():
        lifecycle.remove(resource)
        resource = None
    if resource is None:
        number, structure = registry.next_number(), original.to_dict()
        # Members that are empty in moto get the defaults of the fake.
        members = {name: structure[name] for name in kind.DEFAULTS if structure.get(name)}
        status = kind.AVAILABLE_STATUS
        resource = kind(arn, identifier, scope, number, status, members, lifecycle)
        registry.add(resource)
        registry.external[resource] = lambda: _is_in_moto(kind, scope, original)
    elif resource in registry.external and resource.identifier != identifier:
        table.rename(resource, identifier)
    return resource
