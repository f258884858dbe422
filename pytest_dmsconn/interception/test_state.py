"""The test that runs. The plugin sets it; outside pytest it is empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import deque

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.environment import Surroundings


@dataclass(eq=False)
class RunningTest:
    """A test, from the set-up of its first own fixture to the end of the teardown."""

    placed: list[Surroundings] = field(default_factory=list)
    """What the fakes that were entered during the test put in place."""
    found: Surroundings | None = None
    """What the first of them found."""
    in_wider_fixture: bool = False
    """Whether a fixture of a wider scope is being set up."""


running: RunningTest | None = None

ended_fakes: deque[FakeDms] | None = None
"""The last fakes that have ended during the test, kept for its report."""
