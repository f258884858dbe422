"""What a test puts into the registry: connections, endpoints, replication instances.

Everything is checked before anything changes; what is not given is generated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_dmsconn import model
from pytest_dmsconn.arns import (
    Arn,
    ResourceType,
    Scope,
    check_account_id,
    check_arn,
    check_region,
    generate_arn,
    partition_of,
)
from pytest_dmsconn.connection import (
    ACTIVE,
    AVAILABLE,
    CREATING,
    Connection,
    Endpoint,
    ReplicationInstance,
    Status,
    check_endpoint_identifier,
    check_replication_instance_identifier,
    check_status,
)
from pytest_dmsconn.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.backend import Backend
    from pytest_dmsconn.registry import NamedTable, Registry

EndT = TypeVar("EndT", Endpoint, ReplicationInstance)


@dataclass(frozen=True)
class End(Generic[EndT]):
    """What differs between the two ends of a connection when they are seeded."""

    resource_type: ResourceType
    structure: str
    identifier_member: str
    arn_member: str
    status_member: str
    generated_name: str
    table: Callable[[Registry], NamedTable[EndT]]
    check_identifier: Callable[[object], str]
    make: Callable[[Backend, str, str, Scope, int], EndT]


ENDPOINT: End[Endpoint] = End(
    resource_type=ResourceType.ENDPOINT,
    structure="Endpoint",
    identifier_member="EndpointIdentifier",
    arn_member="EndpointArn",
    status_member="Status",
    generated_name="endpoint",
    table=lambda registry: registry.endpoints,
    check_identifier=check_endpoint_identifier,
    make=lambda _backend, arn, identifier, scope, number: Endpoint(arn, identifier, scope, number),
)

REPLICATION_INSTANCE: End[ReplicationInstance] = End(
    resource_type=ResourceType.REPLICATION_INSTANCE,
    structure="ReplicationInstance",
    identifier_member="ReplicationInstanceIdentifier",
    arn_member="ReplicationInstanceArn",
    status_member="ReplicationInstanceStatus",
    generated_name="instance",
    table=lambda registry: registry.replication_instances,
    check_identifier=check_replication_instance_identifier,
    make=lambda backend, arn, identifier, scope, number: ReplicationInstance(
        arn, identifier, scope, number, backend.lifecycle.set_available
    ),
)


@dataclass(frozen=True)
class Given:
    """What a test says of one end of a connection: an ARN, an identifier, both or neither."""

    arn: Arn | None
    arn_text: str | None
    identifier: str | None


def read_given(end: End[EndT], arn: object, identifier: object) -> Given:
    """Check what is said of an end.

    Raises:
        UsageError: the ARN or the identifier breaks DMS's rules.
    """
    parsed = None if arn is None else check_arn(arn, end.resource_type)
    return Given(
        arn=parsed,
        arn_text=None if arn is None else str(arn),
        identifier=None if identifier is None else end.check_identifier(identifier),
    )


def add_connection(  # noqa: PLR0913 - the keywords of FakeDms.add_connection
    backend: Backend,
    endpoint_arn: str | None = None,
    replication_instance_arn: str | None = None,
    *,
    endpoint_identifier: str | None = None,
    replication_instance_identifier: str | None = None,
    status: str = Status.SUCCESSFUL,
    last_failure_message: str | None = None,
    region: str | None = None,
    account_id: str | None = None,
) -> Connection:
    """Seed a connection; see `FakeDms.add_connection`."""
    endpoint_given = read_given(ENDPOINT, endpoint_arn, endpoint_identifier)
    instance_given = read_given(
        REPLICATION_INSTANCE, replication_instance_arn, replication_instance_identifier
    )
    checked_status = check_status(status)
    check_text("last_failure_message", last_failure_message)
    scope = _scope_of(backend, region, account_id, endpoint_given.arn, instance_given.arn)
    registry = backend.registry
    with registry.all_or_nothing():
        number = registry.next_number()
        endpoint = _obtain(backend, ENDPOINT, endpoint_given, scope, number)
        instance = _obtain(backend, REPLICATION_INSTANCE, instance_given, scope, number)
        existing = registry.connections.get((endpoint.arn, instance.arn))
        if existing is not None:
            msg = (
                f"A connection between {endpoint.arn} and {instance.arn} exists already "
                f"({existing.name}, {existing.status}). Change it with "
                "set_status(connection, status), or give other ARNs or identifiers."
            )
            raise UsageError(msg)
        outcome = backend.lifecycle.make_outcome(checked_status, last_failure_message)
        connection = Connection(endpoint, instance, number, *outcome)
        registry.add(connection)
        backend.lifecycle.begin_seeded(connection)
    return connection


def add_end(  # noqa: PLR0913 - the keywords of FakeDms.add_endpoint
    backend: Backend,
    end: End[EndT],
    *,
    identifier: str | None,
    arn: str | None,
    members: Mapping[str, Any] | None,
    region: str | None,
    account_id: str | None,
    default_status: str,
) -> EndT:
    """Seed an endpoint or a replication instance that does not exist yet."""
    given = read_given(end, arn, identifier)
    scope = _scope_of(backend, region, account_id, given.arn)
    checked, status = check_members(end, members, default_status)
    registry = backend.registry
    with registry.all_or_nothing():
        existing = _find(registry, end, given, scope)
        if existing is not None:
            msg = (
                f"The {end.resource_type.words} {existing.identifier!r} ({existing.arn}) exists "
                "already. Give another identifier and another ARN."
            )
            raise UsageError(msg)
        resource = _obtain(backend, end, given, scope, registry.next_number())
        registry.describe_as(resource, members=checked, status=status)
        backend.lifecycle.begin_seeded(resource)
    return resource


def describe_end(backend: Backend, end: End[EndT], structure: Mapping[str, Any]) -> EndT:
    """Seed an endpoint or an instance from AWS's structure, or complete one that exists."""
    members = dict(structure)
    arn = members.pop(end.arn_member, None)
    if arn is None:
        msg = f"{end.arn_member} is missing."
        raise UsageError(msg)
    given = read_given(end, arn, members.pop(end.identifier_member, None))
    scope = _scope_of(backend, None, None, given.arn)
    checked, status = check_members(end, members, ACTIVE if end is ENDPOINT else AVAILABLE)
    with backend.registry.all_or_nothing():
        resource = _obtain(backend, end, given, scope, backend.registry.next_number())
        backend.registry.describe_as(resource, members=checked, status=status)
        backend.lifecycle.begin_seeded(resource)
    return resource


def status_of_new_instance(*, available: object) -> str:
    """The status of a replication instance that is seeded as available or not."""
    if not isinstance(available, bool):
        msg = f"available={available!r} is not allowed; it must be True or False."
        raise UsageError(msg)
    return AVAILABLE if available else CREATING


def check_members(
    end: End[EndT], members: Mapping[str, Any] | None, default_status: str
) -> tuple[dict[str, Any] | None, str]:
    """Check members of AWS's structure against botocore's model; return them and the status.

    Raises:
        UsageError: a member is unknown, has a value of the wrong type, or is one that
            an argument gives.
    """
    if members is None:
        return None, default_status
    try:
        remaining = dict(members)
    except (TypeError, ValueError):
        msg = f"members={members!r} is not a mapping of {end.structure} members to values."
        raise UsageError(msg) from None
    known = model.members_of(end.structure)
    for name in remaining:
        if name not in known:
            hint = did_you_mean(str(name), known)
            msg = f"{name!r} is not a member of AWS's {end.structure} structure.{hint}"
            raise UsageError(msg)
        if name in {end.arn_member, end.identifier_member}:
            msg = f"{name} cannot be among the members; give it as an argument."
            raise UsageError(msg)
    complaint = model.complaints_about_structure(end.structure, remaining)
    if complaint:
        msg = f"The members do not fit AWS's {end.structure} structure: {complaint}"
        raise UsageError(msg)
    status = remaining.pop(end.status_member, default_status)
    if status == Status.DELETED:
        msg = f"{end.status_member} 'deleted' cannot be seeded; leave out what is gone."
        raise UsageError(msg)
    return model.with_timestamps(end.structure, remaining) or None, status


def _obtain(backend: Backend, end: End[EndT], given: Given, scope: Scope, number: int) -> EndT:
    """The endpoint or instance that is meant; made if there is none."""
    registry = backend.registry
    existing = _find(registry, end, given, scope)
    if existing is not None:
        return existing
    table = end.table(registry)
    identifier = given.identifier or _free_identifier(table, end, scope, number)
    partition = given.arn.partition if given.arn else partition_of(scope.region)
    arn = given.arn_text or generate_arn(end.resource_type, scope, number, partition)
    resource = end.make(backend, arn, identifier, scope, number)
    registry.add(resource)
    return resource


def _find(registry: Registry, end: End[EndT], given: Given, scope: Scope) -> EndT | None:
    table = end.table(registry)
    by_arn = table.get(given.arn_text) if given.arn_text else None
    by_identifier = table.named(scope, given.identifier) if given.identifier else None
    if by_arn is not None and given.identifier not in {None, by_arn.identifier}:
        msg = (
            f"{given.arn_text} is the {end.resource_type.words} {by_arn.identifier!r}; "
            f"it cannot be {given.identifier!r} as well. Leave the identifier out."
        )
        raise UsageError(msg)
    if by_arn is None and given.arn_text and by_identifier is not None:
        msg = (
            f"The identifier {given.identifier!r} belongs to the {end.resource_type.words} "
            f"{by_identifier.arn}; identifiers are unique within a region and account."
        )
        raise UsageError(msg)
    return by_arn or by_identifier


def _free_identifier(table: NamedTable[EndT], end: End[EndT], scope: Scope, number: int) -> str:
    identifier = f"{end.generated_name}-{number}"
    taken = 1
    while table.named(scope, identifier) is not None:
        taken += 1
        identifier = f"{end.generated_name}-{number}-{taken}"
    return identifier


def _scope_of(backend: Backend, region: object, account_id: object, *arns: Arn | None) -> Scope:
    """Region and account of a seed: what is given, else what the ARNs say, else the fake's."""
    named = [arn for arn in arns if arn is not None]
    first = named[0].scope if named else backend.scope
    scope = Scope(
        first.region if region is None else check_region(region),
        first.account_id if account_id is None else check_account_id(account_id),
    )
    for arn in named:
        if arn.scope != scope or arn.partition != named[0].partition:
            msg = (
                f"The {arn.resource_type} ARN is in {arn.partition}, {arn.region}, account "
                f"{arn.account_id}, and the rest in {named[0].partition}, {scope.region}, account "
                f"{scope.account_id}. Both ends of a connection are in one region and account."
            )
            raise UsageError(msg)
    return scope


def check_text(name: str, value: object) -> None:
    """Refuse what is neither a string nor None.

    Raises:
        UsageError: naming the argument.
    """
    if value is not None and not isinstance(value, str):
        msg = f"{name}={value!r} is not allowed; it must be a string or None."
        raise UsageError(msg)
