"""The clean-up tool against every way in which a DeleteConnection can end."""

from typing import Any

import cleanup
import pytest

from pytest_dmsconn import DELETE_OUTCOMES, FakeDms


@pytest.mark.dmsconn(skip_sleep=True)
@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
def test_says_what_is_left_and_deletes_the_others(dmsconn: FakeDms, outcome: Any) -> None:
    first, stale, last = dmsconn.add_connections(3, status="failed")
    healthy = dmsconn.add_connection()
    outcome.arm(dmsconn, stale)

    exit_code = cleanup.main([])

    if outcome.deletes:
        assert exit_code == 0
        dmsconn.assert_only_deleted(first, stale, last)
        assert dmsconn.connections == (healthy,)
    elif outcome.name == "ResourceNotFoundFault":  # somebody else has deleted it
        assert exit_code == 0
        dmsconn.assert_only_deleted(first, last)
        assert dmsconn.connections == (healthy,)
    else:
        assert exit_code == 1
        dmsconn.assert_only_deleted(first, last)
        assert dmsconn.connections == (stale, healthy)
