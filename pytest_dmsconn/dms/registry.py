"""The fake's memory: what exists, indexed by what it is looked up by. No HTTP, no AWS errors."""

from __future__ import annotations

import contextlib
import re
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pytest_dmsconn.dms.connection import Connection
from pytest_dmsconn.dms.ordering import CreationOrder, added, removed
from pytest_dmsconn.dms.resource import Resource, change
from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance, link

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Transition
    from pytest_dmsconn.dms.ordering import Numbered

    class Record(Numbered, Protocol):
        """What a table holds."""

        @property
        def scope(self) -> Scope:
            """Region and account."""


__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

RecordT = TypeVar("RecordT", bound="Record")
NamedT = TypeVar("NamedT", bound=Endpoint | ReplicationInstance)
KeyT = TypeVar("KeyT", bound="Hashable")

_GENERATED = re.compile(r"[a-z]+-([1-9]\d{0,15})")


class Table(Generic[KeyT, RecordT]):
    """All records of one kind, by their key, and in order of creation within a scope."""

    def __init__(self) -> None:
        """Start empty."""
        self.by_key: dict[KeyT, RecordT] = {}
        self._orders: dict[Scope, CreationOrder[RecordT]] = defaultdict(CreationOrder)

    def get(self, key: KeyT) -> RecordT | None:
        """The record of that key, or None."""
        return self.by_key.get(key)

    def in_scope(self, scope: Scope) -> CreationOrder[RecordT]:
        """The records of one region and account."""
        return self._orders[scope]

    def add(self, key: KeyT, record: RecordT) -> None:
        """Take in a new record."""
        self.by_key[key] = record
        self._orders[record.scope].add(record)

    def remove(self, key: KeyT, record: RecordT) -> None:
        """Take out a record that is here."""
        del self.by_key[key]
        self._orders[record.scope].remove(record)


class NamedTable(Table[str, NamedT]):
    """Records that have an ARN as their key, and an identifier that is unique in its scope."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._by_identifier: dict[Scope, dict[str, NamedT]] = defaultdict(dict)

    def named(self, scope: Scope, identifier: str) -> NamedT | None:
        """The record of that identifier in that scope, or None."""
        return self._by_identifier[scope].get(identifier) or self._generated(scope, identifier)

    def add(self, key: str, record: NamedT) -> None:
        """Take in a new record."""
        self._keep_identifier(record)
        super().add(key, record)

    def remove(self, key: str, record: NamedT) -> None:
        """Take out a record that is here."""
        super().remove(key, record)
        self._forget_identifier(record)

    def rename(self, record: NamedT, identifier: str) -> None:
        """Give a record that is here another identifier."""
        self._forget_identifier(record)
        change(record, given_identifier=identifier)
        self._keep_identifier(record)

    def _generated(self, scope: Scope, identifier: str) -> NamedT | None:
        """The record of a generated identifier, which tells the number."""
        match = _GENERATED.fullmatch(identifier)
        record = self.in_scope(scope).numbered(int(match.group(1))) if match else None
        if record is None or record.given_identifier is not None:
            return None
        return record if record.identifier == identifier else None

    def _keep_identifier(self, record: NamedT) -> None:
        # That of a guest may be taken here: who came first keeps it.
        identifier = record.given_identifier
        if identifier is not None and self.named(record.scope, identifier) is None:
            self._by_identifier[record.scope][identifier] = record

    def _forget_identifier(self, record: NamedT) -> None:
        identifiers = self._by_identifier[record.scope]
        if identifiers.get(record.identifier) is record:
            del identifiers[record.identifier]


class Registry:
    """Connections, endpoints and replication instances, and what is under way with them.

    Whoever reads or changes it holds `lock`.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.lock = threading.RLock()
        self.connections: Table[tuple[str, str], Connection] = Table()
        self.endpoints: NamedTable[Endpoint] = NamedTable()
        self.replication_instances: NamedTable[ReplicationInstance] = NamedTable()
        self.last_lives: dict[tuple[str, str], Connection] = {}
        """The newest connection of each pair whose connection is gone."""
        self.former_names: dict[str, str] = {}
        """The identifiers of endpoints and instances that are gone, by ARN."""
        self.pending: dict[Resource, Transition] = {}
        """Which tests and deletions are under way."""
        self.external: dict[Resource, Callable[[], bool]] = {}
        """What lives elsewhere, in moto: each with the question whether it still does."""
        self.markers: dict[str, tuple[str, int]] = {}
        """The markers that pages ended with: of which listing, behind which number."""
        self._scopes: dict[Scope, Scope] = {}
        self._newest_number = 0
        self._undo: list[Callable[[], object]] | None = None

    def shared(self, scope: Scope) -> Scope:
        """The one object for all resources in that region and account."""
        return self._scopes.setdefault(scope, scope)

    def next_number(self) -> int:
        """A number higher than all before it."""
        self._newest_number += 1
        return self._newest_number

    def last_life(self, pair: tuple[str, str]) -> Connection | None:
        """The connection of that pair, or the one that it had last."""
        return self.connections.get(pair) or self.last_lives.get(pair)

    def name_of_arn(self, arn: str) -> str:
        """The identifier behind an ARN, or the ARN itself."""
        known = self.endpoints.get(arn) or self.replication_instances.get(arn)
        return known.identifier if known else self.former_names.get(arn, arn)

    def name_of_pair(self, pair: tuple[str, str]) -> str:
        """A short name for a pair of ARNs."""
        life = self.last_life(pair)
        return life.name if life else " @ ".join(map(self.name_of_arn, pair))

    def holds(self, resource: Resource) -> bool:
        """Whether this very resource is here, and not gone."""
        table, key = self._place_of(resource)
        return table.get(key) is resource

    def add(self, resource: Resource) -> None:
        """Take in a new resource, and link a connection to its two ends."""
        table, key = self._place_of(resource)
        table.add(key, resource)
        if isinstance(resource, Connection):
            for end in (resource.endpoint, resource.replication_instance):
                link(end, added(end.connections, resource))
        self.if_taken_back(lambda: self.remove(resource))

    def remove(self, resource: Resource) -> None:
        """Take out a resource; an endpoint or an instance has no connection any more."""
        self.pending.pop(resource, None)
        self.external.pop(resource, None)
        table, key = self._place_of(resource)
        table.remove(key, resource)
        if isinstance(resource, Connection):
            for end in (resource.endpoint, resource.replication_instance):
                link(end, removed(end.connections, resource))

    def describe_as(self, resource: Endpoint | ReplicationInstance, **values: object) -> None:
        """Give an endpoint or an instance other members or another status; nothing is under way."""
        before = {name: getattr(resource, name) for name in values}
        pending = self.pending.pop(resource, None)

        def undo() -> None:
            change(resource, **before)
            self.pending.pop(resource, None)
            if pending is not None:
                self.pending[resource] = pending

        change(resource, **values)
        self.if_taken_back(undo)

    def if_taken_back(self, undo: Callable[[], object]) -> None:
        """Have `undo` called too, should the block of `all_or_nothing` under way take back."""
        if self._undo is not None:
            self._undo.append(undo)

    @contextlib.contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Hold the lock, and take back what was added in the block if it ends in an exception."""
        with self.lock:
            outer, self._undo = self._undo, []
            newest_number = self._newest_number
            try:
                yield
            except BaseException:
                for undo in reversed(self._undo):
                    undo()
                self._newest_number = newest_number
                self._undo = outer
                raise
            if outer is not None:
                outer.extend(self._undo)
            self._undo = outer

    def _place_of(self, resource: Resource) -> tuple[Table[Any, Any], object]:
        if isinstance(resource, Connection):
            return self.connections, resource.pair
        if isinstance(resource, Endpoint):
            return self.endpoints, resource.arn
        if isinstance(resource, ReplicationInstance):
            return self.replication_instances, resource.arn
        raise TypeError(resource)
