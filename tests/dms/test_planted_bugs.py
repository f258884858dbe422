"""The bugs that are planted to try the model test still fit the package."""

from __future__ import annotations

import pytest
from support.planted_bugs import BUGS, ROOT, Bug


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_the_package_has_the_place_where_the_bug_is_planted(bug: Bug) -> None:
    """If not, adapt the list in tests/support/planted_bugs.py."""
    source = (ROOT / "pytest_dmsconn" / bug.file).read_text(encoding="utf-8")

    assert source.count(bug.correct) == 1
