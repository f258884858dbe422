"""Hypothesis strategies for seeds and identifiers. They need the extra `hypothesis`."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_dmsconn.dms.status import SEEDABLE_STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

MAX_ENDS = 8
STATUSES = tuple(status.value for status in SEEDABLE_STATUSES)


def identifiers() -> SearchStrategy[str]:
    """Valid identifiers of endpoints and replication instances.

    They are in lower case, as DMS stores those of instances, and at most 63 characters long.
    """
    return st.from_regex(r"[a-z](-?[a-z0-9]){0,30}", fullmatch=True)


def seeds(max_size: int = 20) -> SearchStrategy[list[dict[str, Any]]]:
    """Values of the option `seed`: connections between a few endpoints and instances.

    Hypothesis shrinks to few connections, short names and the status `successful`.

    Args:
        max_size: the largest number of connections. There are never more than 64.

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
    name = st.text(ascii_lowercase, min_size=1, max_size=12)
    end = st.integers(0, MAX_ENDS - 1)
    statuses = st.dictionaries(st.tuples(end, end), st.sampled_from(STATUSES), max_size=max_size)
    return st.builds(_connections, name, statuses)


def _connections(name: str, statuses: Mapping[tuple[int, int], str]) -> list[dict[str, Any]]:
    """One connection for each pair of an endpoint's and an instance's number."""
    return [
        {
            "endpoint_identifier": f"{name}-{endpoint}",
            "replication_instance_identifier": f"{name}-{instance}",
            "status": status,
        }
        for (endpoint, instance), status in statuses.items()
    ]
