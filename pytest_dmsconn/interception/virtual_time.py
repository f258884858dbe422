"""The option `skip_sleep`: `time.sleep` and `asyncio.sleep` advance virtual time."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.patching import Patch


def skip(seconds: float) -> bool:
    """Let a wait advance the clock of the newest fake; return whether it did.

    Without a fake, or for a wait that never ends, it is up to the real function.
    """
    fake = stack.newest()
    if fake is None or not 0 <= seconds < math.inf:
        return False
    fake.service.advance(seconds)
    return True


def sleep_for_real(seconds: float) -> None:
    """Sleep, whatever `skip_sleep` says."""
    sleep = time.sleep
    (_SLEEP.original if sleep is _sleep else sleep)(seconds)


async def sleep_for_real_async(seconds: float) -> None:
    """Sleep in a coroutine, whatever `skip_sleep` says."""
    sleep = asyncio.sleep
    await (_SLEEP_ASYNC.original if sleep is _sleep_async else sleep)(seconds)


def skips_sleep() -> bool:
    """Whether `skip_sleep` of the newest fake applies to this thread."""
    fake = stack.newest()
    return fake is not None and fake.sleepers is not None and fake.sleepers.has_this_thread()


def _sleep(seconds: float, /) -> None:
    if skips_sleep() and skip(seconds):
        seconds = 0  # other threads get their turn, as they would in a real sleep
    _SLEEP.original(seconds)


async def _sleep_async(delay: float, result: Any = None) -> Any:
    if skips_sleep() and skip(delay):
        delay = 0  # other tasks get their turn
    return await _SLEEP_ASYNC.original(delay, result)


_SLEEP = Patch(time, "sleep", _sleep)
_SLEEP_ASYNC = Patch(asyncio, "sleep", _sleep_async)

PATCHES = (_SLEEP, _SLEEP_ASYNC)
