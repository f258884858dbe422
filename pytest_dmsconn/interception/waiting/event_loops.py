"""Skipped sleeps of asyncio: if all tasks of a loop wait, virtual time jumps to the next timer."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from typing import Any
from weakref import WeakKeyDictionary

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.waiting.virtual_time import seconds_skipped, skips_sleep

SLACK = 0.5
"""Seconds. A timer that is due up to this long before the end of a sleep fires with its end."""

PATIENCE = 0.001
"""Real seconds that a loop must be idle before time jumps, if some of its tasks do not sleep."""

_numbers = itertools.count()
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _SleepingTasks] = WeakKeyDictionary()


def can_skip() -> bool:
    """Whether the running loop is asyncio's, whose clock is `time.monotonic`."""
    try:
        return isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop)
    except RuntimeError:  # a loop of trio
        return False


async def sleep(delay: float, result: Any) -> Any:
    """Sleep for `delay` virtual seconds, and return `result`."""
    entry = stack.newest_entry()
    if entry is not None:
        entry.count_skipped_wait()
    loop: Any = asyncio.get_running_loop()
    tasks = _loops.get(loop)
    if tasks is None:
        tasks = _loops[loop] = _SleepingTasks(loop)
    return await tasks.sleep(delay, result)


class _SleepingTasks:
    """The sleeping tasks of one loop, and the callback that detects when the loop is idle."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop
        self._sleeping: list[tuple[float, int, asyncio.Future[Any]]] = []
        self._watch: asyncio.Handle | None = None

    async def sleep(self, delay: float, result: Any) -> Any:
        woken = self._loop.create_future()
        entry = (seconds_skipped() + delay, next(_numbers), woken)
        heapq.heappush(self._sleeping, entry)
        if self._watch is None:
            self._look_again()
        try:
            await woken
        finally:
            if entry in self._sleeping:  # cancelled
                self._sleeping.remove(entry)
                heapq.heapify(self._sleeping)
        return result

    def _look_again(self) -> None:
        self._watch = self._loop.call_soon(self._look)

    def _look(self) -> None:
        if not self._sleeping:
            self._watch = None
        elif not skips_sleep():
            self._sleep_for_real()
        elif self._loop._ready:  # noqa: SLF001 - other callbacks are due
            self._look_again()
        else:
            only_sleepers = len(asyncio.all_tasks(self._loop)) == len(self._sleeping)
            patience = 0 if only_sleepers else PATIENCE
            self._watch = self._loop.call_later(patience, self._jump_if_idle)

    def _jump_if_idle(self) -> None:
        fake = stack.newest()
        if self._loop._ready or not self._sleeping or fake is None:  # noqa: SLF001
            self._look()
            return
        seconds = max(self._sleeping[0][0] - seconds_skipped(), 0)
        timers = (one.when() for one in self._loop._scheduled if not one.cancelled())  # noqa: SLF001
        until_timer = min(timers, default=float("inf")) - self._loop.time()
        if until_timer < seconds - SLACK:
            seconds = max(until_timer, 0)
        fake.service.advance(seconds)
        # Due timers run in the next iteration of the loop, before the sleeping tasks wake.
        self._watch = self._loop.call_soon(lambda: self._loop.call_soon(self._wake))

    def _wake(self) -> None:
        now = seconds_skipped()
        while self._sleeping and self._sleeping[0][0] <= now:
            _, _, woken = heapq.heappop(self._sleeping)
            _finish(woken)
        self._look()

    def _sleep_for_real(self) -> None:
        """Finish each sleep in real time, because the fake has ended."""
        now = seconds_skipped()
        for due, _, woken in self._sleeping:
            self._loop.call_later(max(due - now, 0), _finish, woken)
        self._sleeping.clear()
        self._watch = None


def _finish(woken: asyncio.Future[Any]) -> None:
    if not woken.done():
        woken.set_result(None)
