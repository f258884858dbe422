"""The threads whose sleeps the option `skip_sleep` skips."""

from __future__ import annotations

import threading
import weakref


class Sleepers:
    """The threads whose sleeps `skip_sleep` turns into virtual time.

    It is the thread that entered the fake, and those that were started since: a thread that was
    there before belongs to somebody else.
    """

    def __init__(self) -> None:
        """Take this thread as the one that enters."""
        others = set(threading.enumerate()) - {threading.current_thread()}
        self._others: weakref.WeakSet[threading.Thread] = weakref.WeakSet(others)

    def has_this_thread(self) -> bool:
        """Whether the running thread is one of them."""
        return threading.current_thread() not in self._others
