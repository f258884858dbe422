"""What a test puts into the registry: connections, endpoints, replication instances.

Everything is checked before anything changes; what is not given is generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arns import (
    Arn,
    ResourceType,
    Scope,
    check_account_id,
    check_region,
)
from pytest_dmsconn.connection import Connection
from pytest_dmsconn.connection_ends import (
    ENDPOINT,
    REPLICATION_INSTANCE,
    End,
    EndT,
    find,
    obtain,
    read_given,
)
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.members import check_members
from pytest_dmsconn.status import ACTIVE, AVAILABLE, CREATING, Status, check_status

if TYPE_CHECKING:
    from pytest_dmsconn.backend import Backend

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


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
        endpoint = obtain(backend, ENDPOINT, endpoint_given, scope, number)
        instance = obtain(backend, REPLICATION_INSTANCE, instance_given, scope, number)
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
        backend.lifecycle.appear(connection)
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
    checked, status = read_members(end, members, default_status)
    registry = backend.registry
    with registry.all_or_nothing():
        existing = find(backend, end, given, scope)
        if existing is not None:
            msg = (
                f"The {end.resource_type.words} {existing.identifier!r} ({existing.arn}) exists "
                "already. Give another identifier and another ARN."
            )
            raise UsageError(msg)
        resource = obtain(backend, end, given, scope, registry.next_number())
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
    checked, status = read_members(end, members, ACTIVE if end is ENDPOINT else AVAILABLE)
    with backend.registry.all_or_nothing():
        resource = obtain(backend, end, given, scope, backend.registry.next_number())
        backend.registry.describe_as(resource, members=checked, status=status)
        backend.lifecycle.begin_seeded(resource)
    return resource


def status_of_new_instance(*, available: object) -> str:
    """The status of a replication instance that is seeded as available or not."""
    if not isinstance(available, bool):
        msg = f"available={available!r} is not allowed; it must be True or False."
        raise UsageError(msg)
    return AVAILABLE if available else CREATING


def read_members(
    end: End[EndT], members: object, default_status: str
) -> tuple[dict[str, Any] | None, str]:
    """Check the members of an endpoint or an instance; return them and its status.

    Any status is taken as it stands.

    Raises:
        UsageError: a member is unknown, has a value of the wrong type, or is one that
            an argument gives.
    """
    if members is None:
        return None, default_status
    if not isinstance(members, Mapping):
        msg = f"members={members!r} is not a mapping of {end.structure} members to values."
        raise UsageError(msg)
    for name in (end.arn_member, end.identifier_member):
        if name in members:
            msg = f"{name} cannot be among the members; give it as an argument."
            raise UsageError(msg)
    remaining = check_members(end.structure, members)
    status = remaining.pop(end.status_member, default_status)
    return remaining or None, status


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
            words = ResourceType(arn.resource_type).words
            msg = (
                f"The ARN of the {words} names {arn.partition}, {arn.region}, account "
                f"{arn.account_id}; what else is given names {named[0].partition}, "
                f"{scope.region}, account {scope.account_id}. They must agree: a connection and "
                "its two ends are in one region and account."
            )
            raise UsageError(msg)
    return backend.registry.shared(scope)


def check_text(name: str, value: object) -> None:
    """Refuse what is neither a string nor None.

    Raises:
        UsageError: naming the argument.
    """
    if value is not None and not isinstance(value, str):
        msg = f"{name}={value!r} is not allowed; it must be a string or None."
        raise UsageError(msg)
