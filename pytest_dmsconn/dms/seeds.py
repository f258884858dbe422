"""The two ends of a connection as they are seeded: found by ARN or identifier, or made."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pytest_dmsconn.dms.arns import (
    Arn,
    ResourceType,
    Scope,
    check_arn,
    generate_arn,
    partition_of,
)
from pytest_dmsconn.dms.identifiers import (
    check_endpoint_identifier,
    check_replication_instance_identifier,
)
from pytest_dmsconn.dms.moto_resources import import_from_moto
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
from pytest_dmsconn.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.registry import NamedTable, Registry

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

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
    make: Callable[[Lifecycle, str, str | None, Scope, int], EndT]


ENDPOINT: End[Endpoint] = End(
    resource_type=ResourceType.ENDPOINT,
    structure="Endpoint",
    identifier_member="EndpointIdentifier",
    arn_member="EndpointArn",
    status_member="Status",
    generated_name=Endpoint.GENERATED_NAME,
    table=lambda registry: registry.endpoints,
    check_identifier=check_endpoint_identifier,
    make=lambda _lifecycle, arn, identifier, scope, number: Endpoint(
        arn, identifier, scope, number
    ),
)

REPLICATION_INSTANCE: End[ReplicationInstance] = End(
    resource_type=ResourceType.REPLICATION_INSTANCE,
    structure="ReplicationInstance",
    identifier_member="ReplicationInstanceIdentifier",
    arn_member="ReplicationInstanceArn",
    status_member="ReplicationInstanceStatus",
    generated_name=ReplicationInstance.GENERATED_NAME,
    table=lambda registry: registry.replication_instances,
    check_identifier=check_replication_instance_identifier,
    make=lambda lifecycle, arn, identifier, scope, number: ReplicationInstance(
        arn, identifier, scope, number, lifecycle
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


def obtain(lifecycle: Lifecycle, end: End[EndT], given: Given, scope: Scope, number: int) -> EndT:
    """The endpoint or instance that is meant; made if there is none."""
    registry = lifecycle.registry
    existing = find(lifecycle, end, given, scope)
    if existing is not None:
        return existing
    table = end.table(registry)
    partition = given.arn.partition if given.arn else partition_of(scope.region)
    identifier, arn = _generate(table, end, scope, number, partition)
    identifier, arn = given.identifier or identifier, given.arn_text or arn
    resource = end.make(lifecycle, arn, identifier, scope, number)
    registry.add(resource)
    return resource


def find(lifecycle: Lifecycle, end: End[EndT], given: Given, scope: Scope) -> EndT | None:
    """The endpoint or instance that is meant, if it exists.

    Raises:
        UsageError: the ARN and the identifier mean different ones.
    """
    in_moto = import_from_moto(
        lifecycle, end.resource_type, scope, arn=given.arn_text, identifier=given.identifier
    )
    table = end.table(lifecycle.registry)
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
    return by_arn or by_identifier or (table.get(in_moto.arn) if in_moto else None)


def _generate(
    table: NamedTable[EndT], end: End[EndT], scope: Scope, number: int, partition: str
) -> tuple[str | None, str]:
    """An identifier and an ARN that nobody has; those of an earlier dump may have been loaded.

    The identifier is None where it is the one that goes with the number.
    """
    for attempt in itertools.count(1):
        seed = str(number) if attempt == 1 else f"{number}-{attempt}"
        identifier = f"{end.generated_name}-{seed}"
        arn = generate_arn(end.resource_type, scope, seed, partition)
        if table.named(scope, identifier) is None and table.get(arn) is None:
            break
    return (None if attempt == 1 else identifier), arn
