"""The option `skip_sleep` for trio: its clock, and `trio.sleep`, which anyio on trio uses too."""

from __future__ import annotations

from typing import Any

import trio
import trio._core._run as trio_run

from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.waiting.virtual_time import seconds_skipped, skip_wait, skips_sleep


async def _sleep(seconds: float) -> None:
    if skips_sleep() and seconds > 0:
        until_deadline = max(trio.current_effective_deadline() - trio.current_time(), 0)
        if skip_wait(min(seconds, until_deadline)):
            seconds = 0  # lets other tasks run
    await _SLEEP.original(seconds)


def _read_clock() -> Any:
    return _CLOCK.original() + seconds_skipped()


_SLEEP = Patch(trio, "sleep", _sleep)
_CLOCK = Patch(trio_run, "perf_counter", _read_clock)  # the clock of `trio.current_time`

PATCHES = (_SLEEP, _CLOCK)
