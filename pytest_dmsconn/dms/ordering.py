"""Records in order of creation, entered at any depth without a walk."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator


class Numbered(Protocol):
    """Anything that carries the number under which the registry made it."""

    @property
    def number(self) -> int:
        """Rises with every record that the registry makes."""


RecordT = TypeVar("RecordT", bound=Numbered)

BLOCK_SIZE = 256
FEW = 4


class CreationOrder(Generic[RecordT]):
    """Records by rising number, cut into blocks.

    A record is added at the end, removed anywhere, and a reader starts after any number, each by
    two binary searches and one move inside a block, however many records there are.
    """

    __slots__ = ("_blocks", "_size")

    def __init__(self) -> None:
        """Start empty."""
        self._blocks: list[list[RecordT]] = []
        self._size = 0

    def __len__(self) -> int:
        """How many records there are."""
        return self._size

    def __iter__(self) -> Iterator[RecordT]:
        """All records, the oldest first."""
        for block in self._blocks:
            yield from block

    def add(self, record: RecordT) -> None:
        """Append a record whose number is higher than all before it."""
        if not self._blocks or len(self._blocks[-1]) >= BLOCK_SIZE:
            self._blocks.append([])
        self._blocks[-1].append(record)
        self._size += 1

    def remove(self, record: RecordT) -> None:
        """Take out a record that is here."""
        index = self._block_of(record.number)
        block = self._blocks[index]
        del block[bisect_left(block, record.number, key=_number)]
        if not block:
            del self._blocks[index]
        self._size -= 1

    def numbered(self, number: int) -> RecordT | None:
        """The record of that number, or None."""
        if self._blocks:
            block = self._blocks[self._block_of(number)]
            index = bisect_left(block, number, key=_number)
            if index < len(block) and block[index].number == number:
                return block[index]
        return None

    def after(self, number: int) -> Iterator[RecordT]:
        """The records made after `number`, the oldest first."""
        if not self._blocks:
            return
        index = self._block_of(number)
        block = self._blocks[index]
        yield from block[bisect_right(block, number, key=_number) :]
        for later in range(index + 1, len(self._blocks)):
            yield from self._blocks[later]

    def _block_of(self, number: int) -> int:
        return max(bisect_right(self._blocks, number, key=_first_number) - 1, 0)


# Most endpoints and replication instances have one connection or two. A tuple holds so few in a
# sixth of the memory, and is turned into a CreationOrder when they become many.
Ordered: TypeAlias = tuple[RecordT, ...] | CreationOrder[RecordT]


def added(records: Ordered[RecordT], record: RecordT) -> Ordered[RecordT]:
    """`records` with `record` at their end."""
    if isinstance(records, CreationOrder):
        records.add(record)
        return records
    if len(records) < FEW:
        return (*records, record)
    many: CreationOrder[RecordT] = CreationOrder()
    for one in (*records, record):
        many.add(one)
    return many


def removed(records: Ordered[RecordT], record: RecordT) -> Ordered[RecordT]:
    """`records` without `record`, which is among them."""
    if isinstance(records, CreationOrder):
        records.remove(record)
        return records
    return tuple(one for one in records if one is not record)


def after(records: Ordered[RecordT], number: int) -> Iterator[RecordT]:
    """The records made after `number`, the oldest first."""
    if isinstance(records, CreationOrder):
        return records.after(number)
    return (one for one in records if one.number > number)


def _number(record: Numbered) -> int:
    return record.number


def _first_number(block: list[RecordT]) -> int:
    return block[0].number
