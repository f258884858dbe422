"""What a test puts into the registry: connections, endpoints, replication instances.

Everything is checked before anything changes; what is not given is generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import check_account_id, check_region, check_text
from pytest_dmsconn.dms.arns import Arn, ResourceType, Scope
from pytest_dmsconn.dms.connection import Connection
from pytest_dmsconn.dms.seeds import (
    ENDPOINT,
    REPLICATION_INSTANCE,
    End,
    EndT,
    find,
    obtain,
    read_given,
)
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE, CREATING, Status, check_status
from pytest_dmsconn.dms.structures import check_members
from pytest_dmsconn.errors import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


def add_connection(  # noqa: PLR0913 - the keywords of FakeDms.add_connection
    service: FakeService,
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
    scope = _scope_of(service, region, account_id, endpoint_given.arn, instance_given.arn)
    registry = service.registry
    with registry.all_or_nothing():
        number = registry.next_number()
        endpoint = obtain(service.lifecycle, ENDPOINT, endpoint_given, scope, number)
        instance = obtain(service.lifecycle, REPLICATION_INSTANCE, instance_given, scope, number)
        existing = registry.connections.get((endpoint.arn, instance.arn))
        if existing is not None:
            msg = (
                f"A connection between {endpoint.arn} and {instance.arn} exists already "
                f"({existing.name}, {existing.status}). Change it with "
                "set_status(connection, status), or give other ARNs or identifiers."
            )
            raise UsageError(msg)
        outcome = service.lifecycle.make_outcome(checked_status, last_failure_message)
        connection = Connection(endpoint, instance, number, *outcome)
        registry.add(connection)
        service.lifecycle.record_seeded(connection)
    return connection


def add_end(  # noqa: PLR0913 - the keywords of FakeDms.add_endpoint
    service: FakeService,
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
    scope = _scope_of(service, region, account_id, given.arn)
    checked, status = read_members(end, members, default_status)
    registry = service.registry
    with registry.all_or_nothing():
        existing = find(service.lifecycle, end, given, scope)
        if existing is not None:
            msg = (
                f"The {end.resource_type.words} {existing.identifier!r} ({existing.arn}) exists "
                "already. Give another identifier and another ARN."
            )
            raise UsageError(msg)
        resource = obtain(service.lifecycle, end, given, scope, registry.next_number())
        registry.describe_as(resource, members=checked, status=status)
        service.lifecycle.begin_seeded(resource)
    return resource


def describe_end(service: FakeService, end: End[EndT], structure: Mapping[str, Any]) -> EndT:
    """Seed an endpoint or an instance from AWS's structure, or complete one that exists."""
    members = dict(structure)
    arn = members.pop(end.arn_member, None)
    if arn is None:
        msg = f"{end.arn_member} is missing."
        raise UsageError(msg)
    given = read_given(end, arn, members.pop(end.identifier_member, None))
    scope = _scope_of(service, None, None, given.arn)
    checked, status = read_members(end, members, ACTIVE if end is ENDPOINT else AVAILABLE)
    with service.registry.all_or_nothing():
        resource = obtain(service.lifecycle, end, given, scope, service.registry.next_number())
        service.registry.describe_as(resource, members=checked, status=status)
        service.lifecycle.begin_seeded(resource)
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


def _scope_of(service: FakeService, region: object, account_id: object, *arns: Arn | None) -> Scope:
    """Region and account of a seed: what is given, else what the ARNs say, else the fake's."""
    named = [arn for arn in arns if arn is not None]
    first = named[0].scope if named else service.scope
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
    return service.registry.shared(scope)
