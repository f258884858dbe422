"""Seeds: check what a test gives for a connection or one of its ends, and add it to the registry.

Everything is checked before anything changes. What is not given is generated.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from pytest_dmsconn.arguments import check_account_id, check_region, check_text
from pytest_dmsconn.dms.arns import Arn, ResourceType, Scope, check_arn, generate_arn, partition_of
from pytest_dmsconn.dms.identifiers import check_identifier
from pytest_dmsconn.dms.lifecycle import Outcome, make_outcome
from pytest_dmsconn.dms.moto_resources import import_from_moto
from pytest_dmsconn.dms.registry import NamedT, NamedTable
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, change
from pytest_dmsconn.dms.rollback import Savepoint, all_or_nothing
from pytest_dmsconn.dms.status import Status, check_status
from pytest_dmsconn.dms.structures import check_members
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from pytest_dmsconn.dms.lifecycle import Lifecycle


@dataclass(slots=True)
class NamedSeed(Generic[NamedT]):
    """An endpoint or a replication instance to add, or to replace the state of."""

    kind: type[NamedT]
    arn: str | None
    identifier: str | None
    scope: Scope
    partition: str
    status: str
    members: dict[str, Any] | None


class ConnectionSeed(NamedTuple):
    """A connection to add. Many are kept at once, so its two ends have no objects of their own."""

    endpoint_arn: str | None
    endpoint_identifier: str | None
    replication_instance_arn: str | None
    replication_instance_identifier: str | None
    scope: Scope
    partition: str
    outcome: Outcome


def read_connection(  # noqa: PLR0913 - the keywords of FakeDms.add_connection
    default: Scope,
    *,
    endpoint_arn: str | None = None,
    replication_instance_arn: str | None = None,
    endpoint_identifier: object = None,
    replication_instance_identifier: object = None,
    status: object = Status.SUCCESSFUL,
    last_failure_message: str | None = None,
    region: object = None,
    account_id: object = None,
) -> ConnectionSeed:
    """Check the arguments of `FakeDms.add_connection`."""
    endpoint, name = _read_names(Endpoint, endpoint_arn, endpoint_identifier)
    instance, instance_name = _read_names(
        ReplicationInstance, replication_instance_arn, replication_instance_identifier
    )
    check_text("last_failure_message", last_failure_message)
    scope, partition = _read_scope(default, region, account_id, endpoint, instance)
    return ConnectionSeed(
        endpoint_arn,
        name,
        replication_instance_arn,
        instance_name,
        scope,
        partition,
        make_outcome(check_status(status), last_failure_message),
    )


def read_named(  # noqa: PLR0913 - the keywords of FakeDms.add_endpoint
    default: Scope,
    kind: type[NamedT],
    *,
    arn: str | None,
    identifier: object,
    members: object,
    status: str | None = None,
    region: object = None,
    account_id: object = None,
    nulls: bool = False,
) -> NamedSeed[NamedT]:
    """Check the arguments of `FakeDms.add_endpoint`, or of `add_replication_instance`.

    A status among the members takes precedence. Every status is kept unchanged. `nulls` is that of
    `check_members`.
    """
    parsed, name = _read_names(kind, arn, identifier)
    scope, partition = _read_scope(default, region, account_id, parsed)
    if members is None:
        members = {}
    if not isinstance(members, Mapping):
        raise UsageError(
            f"members must be a mapping of {kind.STRUCTURE} members to values, "
            f"not of the type {type(members).__name__}."
        )
    for member in (kind.ARN_MEMBER, kind.IDENTIFIER_MEMBER):
        if member in members:
            raise UsageError(f"{member} cannot be among the members; give it as an argument.")
    checked = check_members(kind.STRUCTURE, members, nulls=nulls)
    status = checked.pop(kind.STATUS_MEMBER, status or kind.AVAILABLE_STATUS)
    return NamedSeed(kind, arn, name, scope, partition, status, checked or None)


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
    lifecycle.record_seeded(connection)
    return connection


def add_connections(lifecycle: Lifecycle, seed: ConnectionSeed, count: int) -> list[Connection]:
    """Add several connections that are alike."""
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
    lifecycle.begin_seeded(existing)
    return existing


def _add_new(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    number = lifecycle.registry.next_number()
    resource = _make(lifecycle, seed.kind, seed, number, seed.arn, seed.identifier)
    change(resource, status=seed.status, members=seed.members)
    lifecycle.begin_seeded(resource)
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
    """The existing endpoint or instance that the names mean; an error if they mean two."""
    if arn is None and identifier is None:
        return None
    in_moto = import_from_moto(lifecycle, kind, scope, arn=arn, identifier=identifier)
    table = lifecycle.registry.table_of(kind)
    by_arn = table.get(arn) if arn else None
    by_identifier = table.named(scope, identifier) if identifier else None
    if by_arn is not None and identifier not in {None, by_arn.identifier}:
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
    """Add an available endpoint or instance; what is not given is generated."""
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
    """An ARN and an identifier that are free; those of an earlier dump may have been loaded."""
    source = str(number)
    attempt = 1
    while True:
        identifier = f"{kind.GENERATED_NAME}-{source}"
        arn = generate_arn(kind.RESOURCE_TYPE, scope, source, partition)
        if table.get(arn) is None and table.named(scope, identifier) is None:
            return arn, identifier
        attempt += 1
        source = f"{number}-{attempt}"


def _read_names(
    kind: type[NamedT], arn: object, identifier: object
) -> tuple[Arn | None, str | None]:
    """Check an ARN and an identifier, each None if it is not given."""
    return (
        None if arn is None else check_arn(arn, kind.RESOURCE_TYPE),
        None if identifier is None else check_identifier(kind.RESOURCE_TYPE, identifier),
    )


def _read_scope(
    default: Scope, region: object, account_id: object, *arns: Arn | None
) -> tuple[Scope, str]:
    """Scope and partition of a seed: what is given, else what the ARNs say, else the fake's."""
    named = [arn for arn in arns if arn is not None]
    scope, partition = _place_of(named[0][:3]) if named else (default, partition_of(default.region))
    if region is not None or account_id is not None:
        scope = Scope(
            scope.region if region is None else check_region(region),
            scope.account_id if account_id is None else check_account_id(account_id),
        )
        partition = partition if named else partition_of(scope.region)
    for arn in named:
        if arn.scope != scope or arn.partition != partition:
            words = ResourceType(arn.resource_type).words
            raise UsageError(
                f"The ARN of the {words} names {arn.partition}, {escaped(arn.region)}, account "
                f"{arn.account_id}; what else is given names {partition}, "
                f"{escaped(scope.region)}, account {scope.account_id}. They must agree: a "
                "connection and its two ends are in one region and account."
            )
    return scope, partition


@functools.lru_cache(maxsize=64)
def _place_of(parts: tuple[str, str, str]) -> tuple[Scope, str]:
    """Scope and partition, as objects that seeds share: many seeds are kept at once."""
    partition, region, account_id = parts
    return Scope(region, account_id), partition
