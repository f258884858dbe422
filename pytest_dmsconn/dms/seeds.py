"""Seeds: the checked arguments for a connection, an endpoint or a replication instance."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple

from pytest_dmsconn.arguments import check_account_id, check_region, check_text
from pytest_dmsconn.dms.arns import Arn, ResourceType, Scope, check_arn, partition_of
from pytest_dmsconn.dms.identifiers import check_identifier
from pytest_dmsconn.dms.lifecycle import Outcome, make_outcome
from pytest_dmsconn.dms.registry import NamedT
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.dms.status import Status, check_status
from pytest_dmsconn.dms.structures import check_members
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import escaped


@dataclass
class NamedSeed(Generic[NamedT]):
    """An endpoint or a replication instance to add, or the new state of an existing one."""

    kind: type[NamedT]
    arn: str | None
    identifier: str | None
    scope: Scope
    partition: str
    status: str
    members: dict[str, Any] | None


class ConnectionSeed(NamedTuple):
    """A connection to add. It has no objects for its two ends, because seeds can be many."""

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

    A status among the members takes precedence. Any string is accepted as a status. `nulls` is
    that of `check_members`.
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
    """The scope and partition of a seed, from arguments, else from ARNs, else from the fake."""
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
                f"{arn.account_id}; the other arguments name {partition}, "
                f"{escaped(scope.region)}, account {scope.account_id}. They must agree: a "
                "connection and its two ends are in one region and account."
            )
    return scope, partition


@functools.lru_cache(maxsize=64)
def _place_of(parts: tuple[str, str, str]) -> tuple[Scope, str]:
    """The scope and partition of an ARN, cached because many seeds share the objects."""
    partition, region, account_id = parts
    return Scope(region, account_id), partition
