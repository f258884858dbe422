"""The stack of fakes in force. The newest one answers."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

from pytest_dmsconn.errors import EndlessWait, UsageError
from pytest_dmsconn.user_code import user_line

if TYPE_CHECKING:
    from collections import deque

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.environment import Surroundings
    from pytest_dmsconn.interception.patching import Patch

MOST_WAITS_IN_A_ROW = 10_000


class RunningTest:
    """A test, from the set-up of its first function-scoped fixture to the end of its teardown."""

    def __init__(self) -> None:
        """Begin a test."""
        self.placed: list[Surroundings] = []
        """The environments that fakes set during the test."""
        self.found: Surroundings | None = None
        """The environment before the first of them."""
        self.in_wider_fixture = False
        """Whether a fixture of a wider scope is being set up."""
        self.over = False
        """Whether all fixtures of the test are torn down."""


class Entry:
    """A fake in force, and what is restored when it ends."""

    def __init__(
        self,
        fake: FakeDms,
        found: Surroundings,
        owner: weakref.ref[object] | None,
        test: RunningTest | None,
        *,
        outlives_test: bool,
    ) -> None:
        """Describe a fake that is about to be entered.

        `owner` is the `mock_dms()` object that enters it; a fixture has none. `outlives_test` is
        whether a fixture of a wider scope enters it.
        """
        self.fake = fake
        self.found = found
        self.owner = owner
        self.test = test
        self.outlives_test = outlives_test
        self.patched: dict[str, tuple[Patch, ...]] = {}
        """The applied patches of each adapter. The oldest entry has them, and passes them on."""
        self.ended = False
        """Whether the fake has ended; the entry is removed when everything is restored."""
        self._skips_sleep = False
        self._waiting_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        """The threads whose sleeps are not skipped."""
        self._waits_in_a_row = 0
        self._state_at_wait: object = None

    def skip_sleep(self) -> None:
        """Skip the sleeps of this thread and of threads that start later."""
        self._waiting_threads.update({*threading.enumerate()} - {threading.current_thread()})
        self._skips_sleep = True

    def skips_this_thread(self) -> bool:
        """Whether the sleeps of this thread are skipped."""
        return self._skips_sleep and threading.current_thread() not in self._waiting_threads

    def count_skipped_wait(self) -> None:
        """Count a skipped wait; raise `EndlessWait` after too many without a change."""
        service = self.fake.service
        state = (id(service), service.lifecycle.changes, service.registry.newest_number)
        self._waits_in_a_row = self._waits_in_a_row + 1 if state == self._state_at_wait else 1
        self._state_at_wait = state
        if self._waits_in_a_row >= MOST_WAITS_IN_A_ROW:
            self._waits_in_a_row = 0
            raise EndlessWait(
                f"{MOST_WAITS_IN_A_ROW:,} waits in a row were skipped, and nothing in the fake "
                f"changed. The program waits at {user_line()}, at virtual second "
                f"{service.lifecycle.now:g}. Give the loop an end by time.time() or "
                "time.monotonic(), because datetime.now() stays real; or let the fake end it: "
                "set_status(), deleting_seconds=, testing_seconds=."
            )


running_test: RunningTest | None = None
"""The running test, which the plugin sets; None outside pytest."""

ended_fakes: deque[FakeDms] | None = None
"""The fakes that ended last during the test, for its report; the plugin sets the list."""

lock: threading.RLock = threading.RLock()
"""Held while a fake is entered or left."""

entries: list[Entry] = []
"""The fakes in force, the oldest first. This list is the only state."""


def newest_entry() -> Entry | None:
    """The entry of the newest fake in force, or None."""
    # Not under the lock: other threads may change the list meanwhile, which does no harm.
    for entry in reversed(entries):
        if not entry.ended:
            return entry
    return None


def newest() -> FakeDms | None:
    """The newest fake in force, or None."""
    entry = newest_entry()
    return None if entry is None else entry.fake


def in_force() -> list[FakeDms]:
    """All fakes in force, the newest last."""
    return [entry.fake for entry in entries if not entry.ended]


def current() -> FakeDms:
    """Return the newest fake in force.

    Raises:
        UsageError: no fake is in force.

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
        raise UsageError(
            "No fake of DMS is in force. Request the fixture 'dmsconn', "
            "or enter 'with mock_dms() as dms:'."
        )
    return fake


def _mark_copies() -> None:
    """Mark the fakes of a forked child as copies, and make new locks.

    The thread that held an old lock does not exist in the child.
    """
    globals()["lock"] = threading.RLock()
    for entry in entries:
        entry.fake.service.is_copy = True
        entry.fake.service.registry.lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_mark_copies)
