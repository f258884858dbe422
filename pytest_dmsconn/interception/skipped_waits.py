"""The waits that a fake skips."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from pytest_dmsconn.errors import EndlessWait
from pytest_dmsconn.user_code import user_line

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.dispatch import FakeService

MOST_IN_A_ROW = 10_000


class SkippedWaits:
    """The threads whose sleeps a fake skips, and the number of skipped waits without a change."""

    def __init__(self) -> None:
        """Skip the sleeps of no thread."""
        self._others: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._skip_sleep = False
        self._in_a_row = 0
        self._state: object = None

    def skip_sleep(self) -> None:
        """Skip the sleeps of this thread and of threads that start later."""
        self._others.update({*threading.enumerate()} - {threading.current_thread()})
        self._skip_sleep = True

    def has_this_thread(self) -> bool:
        """Whether `skip_sleep` applies to this thread."""
        return self._skip_sleep and threading.current_thread() not in self._others

    def count(self, service: FakeService) -> None:
        """Count a skipped wait; raise `EndlessWait` after too many without a change."""
        state = (id(service), service.lifecycle.changes, service.registry.newest_number)
        self._in_a_row = self._in_a_row + 1 if state == self._state else 1
        self._state = state
        if self._in_a_row >= MOST_IN_A_ROW:
            self._in_a_row = 0
            raise EndlessWait(
                f"{MOST_IN_A_ROW:,} waits in a row were skipped, and nothing in the fake changed. "
                f"The program waits at {user_line()}, at virtual second "
                f"{service.lifecycle.now:g}. Give the loop an end by time.time() or "
                "time.monotonic(), because datetime.now() stays real; or let the fake end it: "
                "set_status(), deleting_seconds=, testing_seconds=."
            )
