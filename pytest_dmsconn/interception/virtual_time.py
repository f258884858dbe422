"""The option `skip_sleep`: sleeps advance virtual time, and clocks show it."""

from __future__ import annotations

import asyncio
import sys
import time
from types import BuiltinFunctionType
from typing import Any

from pytest_dmsconn.arguments import MOST_SECONDS
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.patching import Patch


def skip(seconds: float) -> bool:
    """Let a wait advance the clock of the newest fake; return whether it did.

    Without a fake, or for a wait that never ends, it is up to the real function.
    """
    fake = stack.newest()
    if fake is None or not 0 <= seconds <= MOST_SECONDS:
        return False
    if seconds:
        fake.waits.count(fake.service)
        fake.service.advance(seconds)
    return True


def sleep_for_real(seconds: float) -> None:
    """Sleep, whatever `skip_sleep` says."""
    sleep = time.sleep
    (_SLEEP.original if sleep is _sleep else sleep)(seconds)


async def sleep_for_real_async(seconds: float, result: Any = None) -> Any:
    """Sleep in a coroutine, whatever `skip_sleep` says."""
    sleep = asyncio.sleep
    return await (_SLEEP_ASYNC.original if sleep is _sleep_async else sleep)(seconds, result)


def skips_sleep() -> bool:
    """Whether `skip_sleep` of the newest fake applies to this thread."""
    fake = stack.newest()
    return fake is not None and fake.waits.has_this_thread()


def seconds_skipped() -> float:
    """How far the clocks of this thread are ahead of the real ones."""
    return sum(fake.elapsed for fake in tuple(stack.fakes) if fake.waits.has_this_thread())


def _sleep(seconds: float, /) -> None:
    if skips_sleep() and skip(seconds):
        seconds = 0  # other threads get their turn, as they would in a real sleep
    _SLEEP.original(seconds)


async def _sleep_async(delay: float, result: Any = None) -> Any:
    from pytest_dmsconn.interception import event_loops

    if not skips_sleep() or not 0 < delay <= MOST_SECONDS:
        return await _SLEEP_ASYNC.original(delay, result)
    if _MONOTONIC.shows_virtual_time() and event_loops.can_skip():
        return await event_loops.sleep(delay, result)
    skip(delay)
    return await _SLEEP_ASYNC.original(0, result)


class _ClockPatch(Patch):
    """Adds virtual time to a function of `time`, unless another library holds that clock."""

    __slots__ = ("_per_second",)

    def __init__(self, name: str, per_second: int | None = None) -> None:
        super().__init__(time, name, self._read)
        self._replacement = self._read  # bound once: `undo` compares identities
        self._per_second = per_second

    def apply(self) -> None:
        # freezegun, say, has put a function of its own in place of Python's.
        if isinstance(vars(time)[self._name], BuiltinFunctionType):
            super().apply()

    def undo(self) -> None:
        if vars(time)[self._name] is self._replacement:
            super().undo()

    def shows_virtual_time(self) -> bool:
        """Whether the clock of this moment is this one."""
        return vars(time)[self._name] is self._replacement and not self._is_held()

    def _is_held(self) -> bool:
        # time-machine changes Python's own functions.
        library = sys.modules.get("time_machine")
        holds = self._name in {"time", "time_ns"} or hasattr(library, self._name)
        return library is not None and holds and library.escape_hatch.is_travelling()

    def _read(self) -> Any:
        now = self.original()
        skipped = seconds_skipped()
        if not skipped or self._is_held():
            return now
        return now + (skipped if self._per_second is None else int(skipped * self._per_second))


class _AnyioSleep:
    """Patches `anyio.sleep` on asyncio: anyio has bound `asyncio.sleep` to a name of its own."""

    def __init__(self) -> None:
        self._applied: Patch | None = None

    def apply(self) -> None:
        module = sys.modules.get("anyio._backends._asyncio")
        if module is not None and "sleep" in vars(module):
            self._applied = Patch(module, "sleep", _sleep_async)
            self._applied.apply()

    def undo(self) -> None:
        if self._applied is not None:
            self._applied.undo()


_SLEEP = Patch(time, "sleep", _sleep)
_SLEEP_ASYNC = Patch(asyncio, "sleep", _sleep_async)
_MONOTONIC = _ClockPatch("monotonic")  # which event loops of asyncio read as well
_NANOSECONDS = 1_000_000_000

PATCHES = (
    _SLEEP,
    _SLEEP_ASYNC,
    _AnyioSleep(),
    _ClockPatch("time"),
    _ClockPatch("time_ns", _NANOSECONDS),
    _MONOTONIC,
    _ClockPatch("monotonic_ns", _NANOSECONDS),
)
"""`perf_counter` stays: it measures how long something really takes."""
