"""Answers of all Describe operations: filters, pages, markers, and polls."""

from __future__ import annotations

import base64
import heapq
import math
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from pytest_dmsconn.dms import aws_errors
from pytest_dmsconn.dms.registry import Registry, ResourceT, Table, after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.lifecycle import Lifecycle

MIN_RECORDS, MAX_RECORDS = 20, 100  # Q6

Values: TypeAlias = "set[str]"
"""The values of a filter."""


@dataclass(frozen=True)
class Filter(Generic[ResourceT]):
    """A filter of a Describe operation."""

    value_of: Callable[[ResourceT], object]
    find: Callable[[Registry, Scope, str], Sequence[ResourceT]] | None = None
    """Finds the resources with a value in an index; None if there is no index."""
    read: Callable[[str], str] = str
    """Converts a value of a call to the form that `value_of` returns."""


@dataclass(frozen=True)
class Listing(Generic[ResourceT]):
    """The resources and filters of one Describe operation."""

    result_key: str
    table: Callable[[Registry], Table[Any, ResourceT]]
    filters: Mapping[str, Filter[ResourceT]]
    may_be_empty: bool = False
    """Whether the option `unmatched_filters` can replace the fault of Q3 by an empty list."""
    find_all: Callable[[Registry, Mapping[str, Values]], list[ResourceT]] | None = None
    """Finds the resources by the values of all filters together."""


def describe(
    lifecycle: Lifecycle, scope: Scope, parameters: Mapping[str, Any], listing: Listing[ResourceT]
) -> dict[str, Any]:
    """Answer a Describe operation.

    Raises:
        AwsError: a parameter is out of bounds, or the filters select nothing.
    """
    registry = lifecycle.registry
    most = _max_records(parameters)
    selection = _read_filters(parameters.get("Filters") or (), listing)
    marker = parameters.get("Marker")
    number = _number_of(registry, listing, marker) if marker else 0

    page: list[ResourceT] = []
    visible = 0
    newer = _matching(registry, scope, listing, selection, number)
    for resource in newer:
        page.append(resource)
        visible += not lifecycle.vanishes_when_described(resource)
        if visible == most:
            break
    more = next(newer, None) is not None

    records = [resource.to_dict() for resource in page if lifecycle.count_poll(resource)]
    empty_allowed = listing.may_be_empty and lifecycle.options.unmatched_filters == "empty"
    if not records and selection and not marker and not empty_allowed:
        raise aws_errors.resource_not_found(  # Q3
            f"No {_words(listing.result_key)} found matching provided filters"
        )
    answer: dict[str, Any] = {listing.result_key: records}
    if more:
        answer["Marker"] = _new_marker(registry, listing, page[-1].number)  # Q7
    return answer


def _max_records(parameters: Mapping[str, Any]) -> int:
    most = parameters.get("MaxRecords", MAX_RECORDS)
    if not MIN_RECORDS <= most <= MAX_RECORDS:
        raise aws_errors.invalid_parameter_value(  # Q6
            f"The parameter MaxRecords must be a value between {MIN_RECORDS} and "
            f"{MAX_RECORDS}, not {most}."
        )
    return int(most)


def _read_filters(
    filters: Iterable[Mapping[str, Any]], listing: Listing[ResourceT]
) -> list[tuple[str, Values]]:
    """The name and the values of each filter."""
    selection = []
    for given in filters:
        name, values = given["Name"], given["Values"]
        if name not in listing.filters:  # Q4
            valid = ", ".join(listing.filters)
            raise aws_errors.invalid_parameter_value(
                f"The parameter Filters has an unknown filter name: {name}. Valid names: {valid}."
            )
        if not values:  # Q5
            raise aws_errors.invalid_parameter_value(
                f"The parameter Filters has no values for the filter {name}."
            )
        selection.append((name, set(map(listing.filters[name].read, values))))
    return selection


def _matching(
    registry: Registry,
    scope: Scope,
    listing: Listing[ResourceT],
    selection: Sequence[tuple[str, Values]],
    number: int,
) -> Iterator[ResourceT]:
    """The resources after `number` that match all filters, in order of creation (Q2, Q9)."""
    everything = listing.table(registry).in_scope(scope)
    if not selection:
        return after(everything, number)
    conditions = [(listing.filters[name], values) for name, values in selection]
    indexed = [
        [one.find(registry, scope, value) for value in values]
        for one, values in conditions
        if one.find is not None
    ]
    found = min(indexed, key=_total, default=[everything])
    by_name = dict(selection)
    if (
        listing.find_all is not None
        and by_name.keys() == listing.filters.keys()
        and math.prod(map(len, by_name.values())) < _total(found)
    ):
        found = [listing.find_all(registry, by_name)]
    return (
        resource
        for resource in heapq.merge(
            *(after(one, number) for one in found), key=attrgetter("number")
        )
        if resource.scope == scope
        and all(one.value_of(resource) in values for one, values in conditions)
    )


def _total(found: Iterable[Sequence[ResourceT]]) -> int:
    return sum(map(len, found))


def _new_marker(registry: Registry, listing: Listing[ResourceT], number: int) -> str:
    marker = base64.urlsafe_b64encode(f"{listing.result_key}:{number}".encode()).decode()
    registry.markers[marker] = (listing.result_key, number)
    return marker


def _number_of(registry: Registry, listing: Listing[ResourceT], marker: str) -> int:
    result_key, number = registry.markers.get(marker, ("", 0))
    if result_key != listing.result_key:  # Q8
        raise aws_errors.invalid_parameter_value(
            f"The parameter Marker is not the marker of a page of {listing.result_key}: {marker}"
        )
    return number


def _words(result_key: str) -> str:
    return "Replication Instances" if result_key == "ReplicationInstances" else result_key
