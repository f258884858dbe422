"""Hypothesis strategies: registries such as a program may find, from the extra `hypothesis`."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_dmsconn.dms.status import SEEDABLE_STATUSES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST_ENDS = 8
STATUSES = tuple(status.value for status in SEEDABLE_STATUSES)


def identifiers() -> SearchStrategy[str]:
    """Identifiers that keep DMS's rules, for endpoints and replication instances alike.

    They are in lower case, as instances' are stored, and at most 63 characters long.
    """
    return st.from_regex(r"[a-z](-?[a-z0-9]){0,30}", fullmatch=True)


def seeds(max_size: int = 20) -> SearchStrategy[list[dict[str, Any]]]:
    """What the option `seed` takes: connections between a few endpoints and instances.

    Hypothesis shrinks to few connections, short names and the status `successful`.

    Args:
        max_size: how many connections at the most. There are never more than 64.

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
    # Two draws of the kinds that Hypothesis makes fastest, and no strategy made in a draw.
    name = st.text(ascii_lowercase, min_size=1, max_size=12)
    return st.builds(_connections, name, st.binary(max_size=max_size))


def _connections(name: str, choices: bytes) -> list[dict[str, Any]]:
    """Turn each byte into an endpoint, an instance and a status; the last of a pair counts."""
    statuses = {}
    for choice in choices:
        rest, status = divmod(choice, len(STATUSES))
        statuses[divmod(rest, MOST_ENDS)] = STATUSES[status]
    return [
        {
            "endpoint_identifier": f"{name}-{endpoint}",
            "replication_instance_identifier": f"{name}-{instance}",
            "status": status,
        }
        for (endpoint, instance), status in statuses.items()
    ]
