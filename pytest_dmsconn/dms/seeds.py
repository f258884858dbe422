"""Seeds: what a test says of a connection or of one of its ends, read, and added to the registry.

Everything is checked before anything changes. What is not given is generated.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from pytest_dmsconn.arguments import check_account_id, check_region, check_text
from pytest_dmsconn.dms.arns import (
    Arn,
    ResourceType,
    Scope,
    check_arn,
    generate_arn,
    partition_of,
)
from pytest_dmsconn.dms.identifiers import check_identifier
from pytest_dmsconn.dms.moto_resources import import_from_moto
from pytest_dmsconn.dms.registry import NamedT
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance
from pytest_dmsconn.dms.status import Status, check_status
from pytest_dmsconn.dms.structures import check_members
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.rollback import Savepoint

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


@dataclass(slots=True)
class Reference(Generic[NamedT]):
    """An endpoint or a replication instance as a seed names it: by ARN, identifier, both, none."""

    kind: type[NamedT]
    arn: str | None
    identifier: str | None
    parsed: Arn | None


class ConnectionSeed(NamedTuple):
    """A connection to add."""

    endpoint: Reference[Endpoint]
    replication_instance: Reference[ReplicationInstance]
    scope: Scope
    status: Status
    last_failure_message: str | None


@dataclass(slots=True)
class NamedSeed(Generic[NamedT]):
    """An endpoint or a replication instance to add, or to replace the state of."""

    reference: Reference[NamedT]
    scope: Scope
    status: str
    members: dict[str, Any] | None


def read_connection(  # noqa: PLR0913 - the keywords of FakeDms.add_connection
    default: Scope,
    *,
    endpoint_arn: object = None,
    replication_instance_arn: object = None,
    endpoint_identifier: object = None,
    replication_instance_identifier: object = None,
    status: object = Status.SUCCESSFUL,
    last_failure_message: str | None = None,
    region: object = None,
    account_id: object = None,
) -> ConnectionSeed:
    """Check the arguments of `FakeDms.add_connection`."""
    endpoint = read_reference(Endpoint, endpoint_arn, endpoint_identifier)
    instance = read_reference(
        ReplicationInstance, replication_instance_arn, replication_instance_identifier
    )
    check_text("last_failure_message", last_failure_message)
    scope = _read_scope(default, region, account_id, endpoint.parsed, instance.parsed)
    return ConnectionSeed(endpoint, instance, scope, check_status(status), last_failure_message)


def read_named(  # noqa: PLR0913 - the keywords of FakeDms.add_endpoint
    default: Scope,
    kind: type[NamedT],
    *,
    arn: object,
    identifier: object,
    members: object,
    status: str | None = None,
    region: object = None,
    account_id: object = None,
    nulls: bool = False,
) -> NamedSeed[NamedT]:
    """Check the arguments of `FakeDms.add_endpoint`, or of `add_replication_instance`.

    A status among the members wins. Any is kept as it is. `nulls` is that of `check_members`.
    """
    reference = read_reference(kind, arn, identifier)
    scope = _read_scope(default, region, account_id, reference.parsed)
    if members is None:
        members = {}
    if not isinstance(members, Mapping):
        msg = f"members={quoted(members)} is not a mapping of {kind.STRUCTURE} members to values."
        raise UsageError(msg)
    for name in (kind.ARN_MEMBER, kind.IDENTIFIER_MEMBER):
        if name in members:
            msg = f"{name} cannot be among the members; give it as an argument."
            raise UsageError(msg)
    checked = check_members(kind.STRUCTURE, members, nulls=nulls)
    status = checked.pop(kind.STATUS_MEMBER, status or kind.AVAILABLE_STATUS)
    return NamedSeed(reference, scope, status, checked or None)


def read_reference(kind: type[NamedT], arn: object, identifier: object) -> Reference[NamedT]:
    """Check an ARN and an identifier, each None if it is not given."""
    return Reference(
        kind,
        None if arn is None else str(arn),
        None if identifier is None else check_identifier(kind.RESOURCE_TYPE, identifier),
        None if arn is None else check_arn(arn, kind.RESOURCE_TYPE),
    )


def add_connection(lifecycle: Lifecycle, seed: ConnectionSeed) -> Connection:
    """Add a connection, and its two ends if they do not exist."""
    registry = lifecycle.registry
    number = registry.next_number()
    scope = registry.shared(seed.scope)
    endpoint = _find_or_make(lifecycle, seed.endpoint, scope, number)
    instance = _find_or_make(lifecycle, seed.replication_instance, scope, number)
    existing = registry.connections.get((endpoint.arn, instance.arn))
    if existing is not None:
        msg = (
            f"A connection between {endpoint.arn} and {instance.arn} exists already "
            f"({existing.name}, {existing.status}). Change it with "
            "set_status(connection, status), or give other ARNs or identifiers."
        )
        raise UsageError(msg)
    outcome = lifecycle.make_outcome(seed.status, seed.last_failure_message)
    connection = Connection(endpoint, instance, number, *outcome)
    registry.add(connection)
    lifecycle.record_seeded(connection)
    return connection


def add_named(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    """Add an endpoint or a replication instance that does not exist yet."""
    existing = _find(lifecycle, seed.reference, seed.scope)
    if existing is not None:
        msg = (
            f"The {existing.RESOURCE_TYPE.words} {existing.identifier!r} ({existing.arn}) exists "
            "already. Give another identifier and another ARN."
        )
        raise UsageError(msg)
    return _add_new(lifecycle, seed)


def add_or_replace_named(
    lifecycle: Lifecycle, savepoint: Savepoint, seed: NamedSeed[NamedT]
) -> NamedT:
    """Add an endpoint or a replication instance, or give an existing one the state of the seed."""
    existing = _find(lifecycle, seed.reference, seed.scope)
    if existing is None:
        return _add_new(lifecycle, seed)
    savepoint.replace(existing, status=seed.status, members=seed.members)
    lifecycle.begin_seeded(existing)
    return existing


def _add_new(lifecycle: Lifecycle, seed: NamedSeed[NamedT]) -> NamedT:
    registry = lifecycle.registry
    scope = registry.shared(seed.scope)
    resource = _make(lifecycle, seed.reference, scope, registry.next_number(), seed)
    lifecycle.begin_seeded(resource)
    return resource


def _find_or_make(
    lifecycle: Lifecycle, reference: Reference[NamedT], scope: Scope, number: int
) -> NamedT:
    if reference.arn is not None or reference.identifier is not None:
        existing = _find(lifecycle, reference, scope)
        if existing is not None:
            return existing
    return _make(lifecycle, reference, scope, number)


def _find(lifecycle: Lifecycle, reference: Reference[NamedT], scope: Scope) -> NamedT | None:
    """The endpoint or instance that is meant, if it exists; an error if two are."""
    kind, arn, identifier = reference.kind, reference.arn, reference.identifier
    in_moto = import_from_moto(lifecycle, kind.RESOURCE_TYPE, scope, arn=arn, identifier=identifier)
    table = lifecycle.registry.table_of(kind)
    by_arn = table.get(arn) if arn else None
    by_identifier = table.named(scope, identifier) if identifier else None
    if by_arn is not None and identifier not in {None, by_arn.identifier}:
        msg = (
            f"{arn} is the {kind.RESOURCE_TYPE.words} {by_arn.identifier!r}; "
            f"it cannot be {identifier!r} as well. Leave the identifier out."
        )
        raise UsageError(msg)
    if by_arn is None and arn and by_identifier is not None:
        msg = (
            f"The identifier {identifier!r} belongs to the {kind.RESOURCE_TYPE.words} "
            f"{by_identifier.arn}; identifiers are unique within a region and account."
        )
        raise UsageError(msg)
    return by_arn or by_identifier or (table.get(in_moto.arn) if in_moto else None)


def _make(
    lifecycle: Lifecycle,
    reference: Reference[NamedT],
    scope: Scope,
    number: int,
    seed: NamedSeed[NamedT] | None = None,
) -> NamedT:
    """Add an endpoint or instance; what the reference does not give is generated."""
    kind, arn, identifier = reference.kind, reference.arn, reference.identifier
    parsed = reference.parsed
    if arn is None or identifier is None:
        partition = parsed.partition if parsed else partition_of(scope.region)
        free_identifier, free_arn = _generate(lifecycle, kind, scope, number, partition)
        arn, identifier = arn or free_arn, identifier or free_identifier
    status = seed.status if seed else kind.AVAILABLE_STATUS
    members = seed.members if seed else None
    resource: Endpoint | ReplicationInstance
    if kind is Endpoint:
        resource = Endpoint(arn, identifier, scope, number, status, members)
    else:
        resource = ReplicationInstance(
            arn, identifier, scope, number, status, members, lifecycle=lifecycle
        )
    lifecycle.registry.add(resource)
    return resource  # type: ignore[return-value]  # mypy does not narrow a type by its class


def _generate(
    lifecycle: Lifecycle, kind: type[NamedT], scope: Scope, number: int, partition: str
) -> tuple[str, str]:
    """An identifier and an ARN that are free; those of an earlier dump may have been loaded."""
    table = lifecycle.registry.table_of(kind)
    seed = str(number)
    for attempt in itertools.count(2):
        identifier = f"{kind.GENERATED_NAME}-{seed}"
        arn = generate_arn(kind.RESOURCE_TYPE, scope, seed, partition)
        if table.named(scope, identifier) is None and table.get(arn) is None:
            break
        seed = f"{number}-{attempt}"
    return identifier, arn


def _read_scope(default: Scope, region: object, account_id: object, *arns: Arn | None) -> Scope:
    """Region and account of a seed: what is given, else what the ARNs say, else the fake's."""
    named = [arn for arn in arns if arn is not None]
    first = named[0].scope if named else default
    scope = Scope(
        first.region if region is None else check_region(region),
        first.account_id if account_id is None else check_account_id(account_id),
    )
    for arn in named:
        if arn.scope != scope or arn.partition != named[0].partition:
            words = ResourceType(arn.resource_type).words
            msg = (
                f"The ARN of the {words} names {arn.partition}, {arn.region}, account "
                f"{arn.account_id}; what else is given names {named[0].partition}, "
                f"{scope.region}, account {scope.account_id}. They must agree: a connection and "
                "its two ends are in one region and account."
            )
            raise UsageError(msg)
    return scope
