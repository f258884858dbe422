"""Hypothesis strategies: registries such as a program may find, from the extra `hypothesis`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_dmsconn.dms.status import SEEDABLE_STATUSES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def identifiers() -> SearchStrategy[str]:
    """Identifiers that keep DMS's rules, for endpoints and replication instances alike.

    They are in lower case, as instances' are stored, and at most 63 characters long.
    """
    return st.from_regex(r"[a-z](-?[a-z0-9]){0,30}", fullmatch=True)


def seeds(max_size: int = 20) -> SearchStrategy[list[dict[str, Any]]]:
    """What the option `seed` takes: connections between a few endpoints and instances.

    Args:
        max_size: how many connections at the most.

    Example:
        >>> from hypothesis import given
        >>> from pytest_dmsconn import mock_dms
        >>> from pytest_dmsconn.strategies import seeds
        >>> @given(seeds())
        ... def test_lists_them_all(seed):
        ...     with mock_dms(seed=seed) as dms:
        ...         assert len(dms.connections) == len(seed)
        >>> test_lists_them_all()
    """
    few = st.lists(identifiers(), min_size=1, max_size=4, unique=True)
    return st.tuples(few, few).flatmap(lambda ends: _connections(*ends, max_size))


def _connections(
    endpoints: list[str], instances: list[str], max_size: int
) -> SearchStrategy[list[dict[str, Any]]]:
    connection = st.fixed_dictionaries(
        {
            "endpoint_identifier": st.sampled_from(endpoints),
            "replication_instance_identifier": st.sampled_from(instances),
            "status": st.sampled_from([status.value for status in SEEDABLE_STATUSES]),
        }
    )
    return st.lists(
        connection,
        max_size=max_size,
        unique_by=lambda one: (one["endpoint_identifier"], one["replication_instance_identifier"]),
    )
