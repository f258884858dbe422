"""The option `skip_sleep`: sleeps advance virtual time, and clocks add virtual time."""

from __future__ import annotations

import asyncio
import sys
import time
from types import BuiltinFunctionType
from typing import Any

from pytest_dmsconn.arguments import MAX_NUMBER
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.patching import Patch


def skip_wait(seconds: float) -> bool:
    """Advance virtual time instead of waiting.

    Return False, and change nothing, without a fake or for an infinite or negative wait.
    """
    entry = stack.newest_entry()
    if entry is None or not 0 <= seconds <= MAX_NUMBER:
        return False
    if seconds:
        entry.count_skipped_wait()
        entry.fake.service.advance(seconds)
    return True


def sleep_for_real(seconds: float) -> None:
    """Sleep in real time."""
    sleep = time.sleep
    (_SLEEP.original if sleep is _sleep else sleep)(seconds)


async def sleep_for_real_async(seconds: float, result: Any = None) -> Any:
    """Sleep in real time in a coroutine."""
    sleep = asyncio.sleep
    return await (_SLEEP_ASYNC.original if sleep is skip_or_sleep else sleep)(seconds, result)


async def pass_time(seconds: float) -> None:
    """Let virtual time pass for a task; with `skip_sleep`, other tasks can sleep in parallel."""
    from pytest_dmsconn.interception.waiting.event_loops import can_skip, sleep

    if skips_sleep() and _MONOTONIC.shows_virtual_time() and can_skip():
        await sleep(seconds, None)
    else:
        skip_wait(seconds)


def skips_sleep() -> bool:
    """Whether `skip_sleep` of the newest fake applies to this thread."""
    entry = stack.newest_entry()
    return entry is not None and entry.skips_this_thread()


def seconds_skipped() -> float:
    """The virtual seconds that the clocks of this thread add to real time."""
    return sum(
        entry.fake.elapsed
        for entry in tuple(stack.entries)
        if entry.skips_this_thread() and not entry.ended
    )


def _sleep(seconds: float, /) -> None:
    if skips_sleep() and skip_wait(seconds):
        seconds = 0  # lets other threads run, as a real sleep does
    _SLEEP.original(seconds)


async def skip_or_sleep(delay: float, result: Any = None) -> Any:
    """Replace `asyncio.sleep`."""
    if not skips_sleep() or not 0 < delay <= MAX_NUMBER:
        return await _SLEEP_ASYNC.original(delay, result)
    await pass_time(delay)
    return await _SLEEP_ASYNC.original(0, result)


class _ClockPatch(Patch):
    """Adds virtual time to a function of `time`, unless freezegun or time-machine replaced it."""

    __slots__ = ("_per_second",)

    def __init__(self, name: str, per_second: int | None = None) -> None:
        super().__init__(time, name, self._read)
        self._per_second = per_second

    def apply(self) -> None:
        # freezegun replaces the functions of `time` by its own Python functions.
        if isinstance(vars(time)[self._name], BuiltinFunctionType):
            super().apply()

    def shows_virtual_time(self) -> bool:
        """Whether the function of `time` is this replacement, and adds virtual time."""
        return vars(time)[self._name] is self._replacement and not self._is_held()

    def _is_held(self) -> bool:
        # time-machine changes the built-in functions in place, so their identity is the same.
        library = sys.modules.get("time_machine")
        holds = self._name in {"time", "time_ns"} or hasattr(library, self._name)
        hatch = getattr(library, "escape_hatch", None)  # another thread may be importing it
        return holds and hatch is not None and hatch.is_travelling()

    def _read(self) -> Any:
        now = self.original()
        skipped = seconds_skipped()
        if not skipped or self._is_held():
            return now
        return now + (skipped if self._per_second is None else int(skipped * self._per_second))


_SLEEP = Patch(time, "sleep", _sleep)
_SLEEP_ASYNC = Patch(asyncio, "sleep", skip_or_sleep)
_MONOTONIC = _ClockPatch("monotonic")  # event loops of asyncio read it too
_NANOSECONDS = 1_000_000_000

PATCHES = (
    _SLEEP,
    _SLEEP_ASYNC,
    _ClockPatch("time"),
    _ClockPatch("time_ns", _NANOSECONDS),
    _MONOTONIC,
    _ClockPatch("monotonic_ns", _NANOSECONDS),
)
"""`perf_counter` is not patched, because it measures real time."""
