"""The resources of a fake, with an index for each kind of look-up. No HTTP, no AWS errors."""

from __future__ import annotations

import itertools
import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, Resource, change

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Transition

KeyT = TypeVar("KeyT", bound="Hashable")
ResourceT = TypeVar("ResourceT", bound=Resource)
NamedT = TypeVar("NamedT", bound=Endpoint | ReplicationInstance)

_number = attrgetter("number")


def after(resources: Sequence[ResourceT], number: int) -> Iterator[ResourceT]:
    """The resources with a number above `number`, of a list in order of creation."""
    begin = bisect_right(resources, number, key=_number)
    return (resources[index] for index in range(begin, len(resources)))


def discard(resources: list[ResourceT], resource: ResourceT) -> None:
    """Remove a resource from a list in order of creation if it is there."""
    index = bisect_left(resources, resource.number, key=_number)
    if index < len(resources) and resources[index] is resource:
        del resources[index]


@dataclass(eq=False)
class Table(Generic[KeyT, ResourceT]):
    """All resources of one kind, by key, and in order of creation within a scope."""

    by_key: dict[KeyT, ResourceT] = field(default_factory=dict)
    _in_scope: dict[Scope, list[ResourceT]] = field(default_factory=partial(defaultdict, list))

    def get(self, key: KeyT) -> ResourceT | None:
        """The resource of that key, or None."""
        return self.by_key.get(key)

    def in_scope(self, scope: Scope) -> list[ResourceT]:
        """The resources of one region and account, in order of creation."""
        return self._in_scope[scope]

    def numbered(self, numbers: range) -> list[ResourceT]:
        """The resources with these numbers, the newest first."""
        newest_first = reversed(self.by_key.values())
        not_older = itertools.takewhile(lambda one: one.number >= numbers.start, newest_first)
        return [one for one in not_older if one.number in numbers]

    def add(self, key: KeyT, resource: ResourceT) -> None:
        """Add a resource that is newer than all others."""
        # First, so that `numbered` finds a resource that an interrupt has left half-added.
        self.by_key[key] = resource
        self._in_scope[resource.scope].append(resource)

    def remove(self, key: KeyT, resource: ResourceT) -> None:
        """Remove a resource, even if an interrupt has left it half-added or half-removed."""
        discard(self._in_scope[resource.scope], resource)
        if self.by_key.get(key) is resource:
            del self.by_key[key]


@dataclass(eq=False)
class NamedTable(Table[str, NamedT]):
    """Resources with an ARN as their key, and an identifier that is unique within its scope."""

    _by_identifier: dict[Scope, dict[str, NamedT]] = field(
        default_factory=partial(defaultdict, dict)
    )

    def by_identifier(self, scope: Scope, identifier: str) -> NamedT | None:
        """The resource of that identifier in that scope, or None."""
        return self._by_identifier[scope].get(identifier)

    def add(self, key: str, resource: NamedT) -> None:
        """Add a resource that is newer than all others."""
        super().add(key, resource)
        # A resource of moto may have the identifier of another one, which then keeps it.
        self._by_identifier[resource.scope].setdefault(resource.identifier, resource)

    def remove(self, key: str, resource: NamedT) -> None:
        """Remove a resource, even if an interrupt has left it half-added or half-removed."""
        self._forget_identifier(resource)
        super().remove(key, resource)

    def rename(self, resource: NamedT, identifier: str) -> None:
        """Change the identifier of a resource of this table."""
        self._forget_identifier(resource)
        change(resource, identifier=identifier)
        self._by_identifier[resource.scope].setdefault(identifier, resource)

    def _forget_identifier(self, resource: NamedT) -> None:
        identifiers = self._by_identifier[resource.scope]
        if identifiers.get(resource.identifier) is resource:
            del identifiers[resource.identifier]


@dataclass(eq=False)
class Registry:
    """Connections, endpoints and replication instances, and their current tests and deletions.

    Callers hold `lock` while they read or change it.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    connections: Table[tuple[str, str], Connection] = field(default_factory=Table)
    endpoints: NamedTable[Endpoint] = field(default_factory=NamedTable)
    replication_instances: NamedTable[ReplicationInstance] = field(default_factory=NamedTable)
    last_connections: dict[tuple[str, str], Connection] = field(default_factory=dict)
    """The last connection of each pair that has lost a connection."""
    former_names: dict[str, str] = field(default_factory=dict)
    """The identifiers of removed endpoints and instances, by ARN."""
    pending: dict[Resource, Transition] = field(default_factory=dict)
    """The tests and deletions that have begun and not ended."""
    external: dict[Resource, Callable[[], bool]] = field(default_factory=dict)
    """The resources of moto, each with a function that returns whether moto still has it."""
    markers: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The markers of pages: the listing of each, and the number of the last resource."""
    newest_number: int = 0
    _scopes: dict[Scope, Scope] = field(default_factory=dict)

    def shared(self, scope: Scope) -> Scope:
        """The `Scope` object that all resources in that region and account share."""
        return self._scopes.setdefault(scope, scope)

    def next_number(self) -> int:
        """A number that is higher than all earlier ones."""
        self.newest_number += 1
        return self.newest_number

    def newest_connection(self, pair: tuple[str, str]) -> Connection | None:
        """The connection of that pair, or the last one if it is gone."""
        return self.connections.get(pair) or self.last_connections.get(pair)

    def name_of_arn(self, arn: str) -> str:
        """The identifier of the resource with that ARN; the ARN itself if it is unknown."""
        known = self.endpoints.get(arn) or self.replication_instances.get(arn)
        return known.identifier if known else self.former_names.get(arn, arn)

    def name_of_pair(self, pair: tuple[str, str]) -> str:
        """A short name for a pair of ARNs."""
        return " @ ".join(map(self.name_of_arn, pair))

    def table_of(self, kind: type[NamedT]) -> NamedTable[NamedT]:
        """The table of endpoints, or that of replication instances."""
        found: Any = self.endpoints if kind is Endpoint else self.replication_instances
        table: NamedTable[NamedT] = found
        return table

    def holds(self, resource: Resource) -> bool:
        """Whether this very object is in the registry, not another one with the same key."""
        table, key = self._place_of(resource)
        return table.get(key) is resource

    def add(self, resource: Resource) -> None:
        """Add a new resource, and link a connection to its two ends."""
        if isinstance(resource, Connection):
            self.connections.add(resource.pair, resource)
            _link(resource.endpoint, resource)
            _link(resource.replication_instance, resource)
        else:
            self.table_of(type(resource)).add(resource.arn, resource)

    def remove(self, resource: Resource) -> None:
        """Remove a resource. The connections of an endpoint or instance must be removed before."""
        self.pending.pop(resource, None)
        self.external.pop(resource, None)
        if isinstance(resource, Connection):
            _unlink(resource.endpoint, resource)
            _unlink(resource.replication_instance, resource)
        table, key = self._place_of(resource)
        table.remove(key, resource)

    def remove_numbers(self, numbers: range) -> None:
        """Remove the resources with these numbers. Free the numbers if they are the newest.

        Their connections, which another thread may have made, are removed too.
        """
        tables: tuple[Table[Any, Any], ...] = (
            self.connections,
            self.endpoints,
            self.replication_instances,
        )
        for table in tables:
            for resource in table.numbered(numbers):
                if not isinstance(resource, Connection):
                    for connection in tuple(resource.connections):
                        self.remove(connection)
                self.remove(resource)
        if self.newest_number < numbers.stop:
            self.newest_number = numbers.start - 1

    def _place_of(self, resource: Resource) -> tuple[Table[Any, Any], object]:
        if isinstance(resource, Connection):
            return self.connections, resource.pair
        return self.table_of(type(resource)), resource.arn


def _link(end: Endpoint | ReplicationInstance, connection: Connection) -> None:
    if end.linked is None:
        object.__setattr__(end, "linked", connection)  # faster than `change`, for most seeds
    elif isinstance(end.linked, list):
        end.linked.append(connection)
    else:
        change(end, linked=[end.linked, connection])


def _unlink(end: Endpoint | ReplicationInstance, connection: Connection) -> None:
    if end.linked is connection:
        change(end, linked=None)
    elif isinstance(end.linked, list):
        discard(end.linked, connection)
