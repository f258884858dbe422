"""Adding seeds to the registry, with generated ARNs and identifiers where a seed has none."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

from pytest_dmsconn.dms.arns import generate_arn
from pytest_dmsconn.dms.identifiers import are_equal
from pytest_dmsconn.dms.moto_resources import import_from_moto
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, change
from pytest_dmsconn.dms.rollback import all_or_nothing
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedT, NamedTable
    from pytest_dmsconn.dms.rollback import Savepoint
    from pytest_dmsconn.dms.seeds import ConnectionSeed, NamedSeed


def add_connection(lifecycle: Lifecycle, seed: ConnectionSeed) -> Connection:
    """Add a connection, and its two ends if they do not exist."""
    registry = lifecycle.registry
    number = registry.next_number()
    endpoint = _find_or_make(
        lifecycle, Endpoint, seed, number, seed.endpoint_arn, seed.endpoint_identifier
    )
    instance = _find_or_make(
        lifecycle,
        ReplicationInstance,
        seed,
        number,
        seed.replication_instance_arn,
        seed.replication_instance_identifier,
    )
    existing = registry.connections.get((endpoint.arn, instance.arn))
    if existing is not None:
        raise UsageError(
            f"A connection between {escaped(endpoint.arn)} and {escaped(instance.arn)} exists "
            f"already ({escaped(existing.name)}, {existing.status}). Change it with "
            "set_status(connection, status), or give other ARNs or identifiers."
        )
    connection = Connection(endpoint, instance, number, *seed.outcome)
    registry.add(connection)
    lifecycle.record_seed(connection)
    lifecycle.schedule_end(connection)
    return connection


def add_connections(lifecycle: Lifecycle, seed: ConnectionSeed, count: int) -> list[Connection]:
    """Add several connections with the same arguments."""
    add = functools.partial(add_connection, lifecycle)
    return all_or_nothing(lifecycle, lambda _: map(add, itertools.repeat(seed, count)))


def add_named(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    """Add an endpoint or a replication instance that does not exist yet."""
    add = functools.partial(_refuse_existing_or_add, lifecycle)
    added: list[NamedT] = all_or_nothing(lifecycle, lambda _: map(add, [seed]))
    return added[0]


def _refuse_existing_or_add(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    existing = _find(lifecycle, seed.kind, seed.scope, seed.arn, seed.identifier)
    if existing is not None:
        raise UsageError(
            f"The {existing.RESOURCE_TYPE.words} {quoted(existing.identifier)} "
            f"({escaped(existing.arn)}) exists "
            "already. Give another identifier and another ARN."
        )
    return _add_new(lifecycle, seed)


def add_or_replace_named(
    lifecycle: Lifecycle, savepoint: Savepoint, seed: NamedSeed[NamedT]
) -> NamedT:
    """Add an endpoint or a replication instance, or give an existing one the state of the seed."""
    existing = _find(lifecycle, seed.kind, seed.scope, seed.arn, seed.identifier)
    if existing is None:
        return _add_new(lifecycle, seed)
    savepoint.replace(existing, status=seed.status, members=seed.members)
    lifecycle.schedule_end(existing)
    return existing


def _add_new(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    number = lifecycle.registry.next_number()
    resource = _make(lifecycle, seed.kind, seed, number, seed.arn, seed.identifier)
    change(resource, status=seed.status, members=seed.members)
    lifecycle.schedule_end(resource)
    return resource


def _find_or_make(  # noqa: PLR0913, PLR0917 - no objects for the two ends of many connections
    lifecycle: Lifecycle,
    kind: type[NamedT],
    seed: ConnectionSeed,
    number: int,
    arn: str | None,
    identifier: str | None,
) -> NamedT:
    """The endpoint or instance of a connection."""
    found = _find(lifecycle, kind, seed.scope, arn, identifier)
    return found or _make(lifecycle, kind, seed, number, arn, identifier)


def _find(
    lifecycle: Lifecycle, kind: type[NamedT], scope: Scope, arn: str | None, identifier: str | None
) -> NamedT | None:
    """The existing resource with the ARN or identifier; `UsageError` if they belong to two."""
    if arn is None and identifier is None:
        return None
    in_moto = import_from_moto(lifecycle, kind, scope, arn=arn, identifier=identifier)
    table = lifecycle.registry.table_of(kind)
    by_arn = table.get(arn) if arn else None
    by_identifier = table.by_identifier(scope, identifier) if identifier else None
    if (
        by_arn is not None
        and identifier is not None
        and not are_equal(kind.RESOURCE_TYPE, identifier, by_arn.identifier)
    ):
        raise UsageError(
            f"{escaped(arn)} is the {kind.RESOURCE_TYPE.words} {quoted(by_arn.identifier)}; "
            f"it cannot be {quoted(identifier)} as well. Leave the identifier out."
        )
    if by_arn is None and arn and by_identifier is not None:
        raise UsageError(
            f"The identifier {quoted(identifier)} belongs to the {kind.RESOURCE_TYPE.words} "
            f"{escaped(by_identifier.arn)}; identifiers are unique within a region and account."
        )
    return by_arn or by_identifier or in_moto


def _make(  # noqa: PLR0913, PLR0917 - as for `_find_or_make`
    lifecycle: Lifecycle,
    kind: type[NamedT],
    seed: ConnectionSeed | NamedSeed[NamedT],
    number: int,
    arn: str | None,
    identifier: str | None,
) -> NamedT:
    """Add an available endpoint or instance; generate a missing ARN or identifier."""
    registry = lifecycle.registry
    scope = registry.shared(seed.scope)
    if arn is None or identifier is None:
        free = _generate(registry.table_of(kind), kind, scope, seed.partition, number)
        arn, identifier = arn or free[0], identifier or free[1]
    resource = kind(arn, identifier, scope, number, kind.AVAILABLE_STATUS, None, lifecycle)
    registry.add(resource)
    return resource


def _generate(
    table: NamedTable[NamedT], kind: type[NamedT], scope: Scope, partition: str, number: int
) -> tuple[str, str]:
    """A free ARN and identifier; a loaded dump may already use some generated ones."""
    source = str(number)
    attempt = 1
    while True:
        identifier = f"{kind.GENERATED_NAME}-{source}"
        arn = generate_arn(kind.RESOURCE_TYPE, scope, source, partition)
        if table.get(arn) is None and table.by_identifier(scope, identifier) is None:
            return arn, identifier
        attempt += 1
        source = f"{number}-{attempt}"
