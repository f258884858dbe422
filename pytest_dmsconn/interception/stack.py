"""The stack of active fakes. The newest one answers.

Every suite imports this file. `entering` is imported with the first fake.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import deque

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.entering import StackEntry
    from pytest_dmsconn.interception.environment import AwsEnvironment


class RunningTest:
    """A test, from the set-up of its first function-scoped fixture to the end of its teardown."""

    def __init__(self) -> None:
        """Begin a test."""
        self.set_by_fakes: list[AwsEnvironment] = []
        """The environments that fakes set during the test."""
        self.before: AwsEnvironment | None = None
        """The environment before the first of these fakes."""
        self.in_wider_fixture = False
        """Whether a fixture of a wider scope is being set up."""
        self.over = False
        """Whether all fixtures of the test are torn down."""


running_test: RunningTest | None = None
"""The running test, which the plugin sets; None outside pytest."""

ended_fakes: deque[FakeDms] | None = None
"""The last fakes that ended during the test, for its report; the plugin sets the deque."""

lock: threading.RLock = threading.RLock()
"""Held while a fake is entered or left."""

entries: list[StackEntry] = []
"""The active fakes, the oldest first."""


def newest_entry() -> StackEntry | None:
    """The entry of the newest active fake, or None."""
    # Without the lock: a change by another thread during the loop does no harm.
    for entry in reversed(entries):
        if not entry.ended:
            return entry
    return None


def newest() -> FakeDms | None:
    """The newest active fake, or None."""
    entry = newest_entry()
    return None if entry is None else entry.fake


def active_fakes() -> list[FakeDms]:
    """All active fakes, the newest last."""
    return [entry.fake for entry in entries if not entry.ended]


def current() -> FakeDms:
    """Return the newest active fake.

    Raises:
        UsageError: no fake is active.

    Example:
        >>> from pytest_dmsconn import current, mock_dms
        >>> @mock_dms
        ... def count():
        ...     current().add_connection()
        ...     return len(current().connections)
        >>> count()
        1
    """
    fake = newest()
    if fake is None:
        from pytest_dmsconn.errors import UsageError

        raise UsageError(
            "No fake of DMS is active. Request the fixture 'dmsconn', "
            "or enter 'with mock_dms() as dms:'."
        )
    return fake
