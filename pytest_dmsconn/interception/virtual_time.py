"""Virtual time: whose waits advance the fake's clock instead of being waited for."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.patching import Patch


class VirtualTime:
    """Takes the place of the module `time` in a library: its sleeps advance the fake's clock.

    Everything else is the module's own at that moment, so freezegun and its like keep working.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        """Advance the clock of the newest fake; without one, sleep."""
        if not wait(seconds):
            time.sleep(seconds)


def wait(seconds: float) -> bool:
    """Let a wait advance the clock of the newest fake.

    Returns:
        Whether it did; what there is no fake for, or what never ends, is for the real sleep.
    """
    fake = stack.newest()
    if fake is None or not 0 <= seconds < math.inf:
        return False
    fake.service.advance(seconds)
    return True


def skips_this_sleep() -> bool:
    """Whether a sleep of this thread is to be skipped for the newest fake."""
    fake = stack.newest()
    return fake is not None and fake.sleepers is not None and fake.sleepers.has_this_thread()


def _skip(seconds: float, /) -> None:
    if skips_this_sleep() and wait(seconds):
        seconds = 0  # other threads get their turn, as they would in a real sleep
    _SLEEP.original(seconds)


async def _skip_async(delay: float, result: Any = None) -> Any:
    if skips_this_sleep() and wait(delay):
        delay = 0  # other tasks get their turn
    return await _SLEEP_ASYNC.original(delay, result)


_SLEEP = Patch(time, "sleep", _skip)
_SLEEP_ASYNC = Patch(asyncio, "sleep", _skip_async)

PATCHES = (_SLEEP, _SLEEP_ASYNC)
"""They let `time.sleep` and `asyncio.sleep` advance virtual time where `skip_sleep` says so."""
