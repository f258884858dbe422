"""Numbers are finite, and so are their sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

HUGE = [10**400, -(10**400), 10**5000, 1.7e308, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("number", HUGE, ids=lambda number: f"{type(number).__name__}")
@pytest.mark.parametrize("option", ["deleting_seconds", "testing_seconds", "deleting_polls"])
def test_options_are_bounded(option: str, number: Any) -> None:
    options: dict[str, Any] = {option: number}
    with (
        pytest.raises(UsageError, match=f"{option}=.* is not allowed") as refused,
        mock_dms(**options),
    ):
        pass
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("number", HUGE, ids=lambda number: f"{type(number).__name__}")
def test_time_stays_finite(dmsconn: FakeDms, number: Any) -> None:
    for _ in range(2):
        with pytest.raises(UsageError, match=r"seconds=.* is not allowed"):
            dmsconn.advance(number)
    with pytest.raises(UsageError, match="count="):
        dmsconn.add_connections(number)
    assert dmsconn.now == 0

    dmsconn.advance(10**9)
    dmsconn.advance(0.5)
    assert dmsconn.now == 10**9 + 0.5
