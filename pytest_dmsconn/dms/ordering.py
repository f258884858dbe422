"""Lists of resources in order of creation, searched by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dmsconn.dms.resources import Resource

ResourceT = TypeVar("ResourceT", bound="Resource")

_number = attrgetter("number")


def after(resources: Sequence[ResourceT], number: int) -> Iterator[ResourceT]:
    """The resources with a number above `number`, the oldest first."""
    begin = bisect_right(resources, number, key=_number)
    return (resources[index] for index in range(begin, len(resources)))


def discard(resources: list[ResourceT], resource: ResourceT) -> None:
    """Remove a resource from a list if it is there."""
    index = bisect_left(resources, resource.number, key=_number)
    if index < len(resources) and resources[index] is resource:
        del resources[index]
