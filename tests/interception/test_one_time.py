"""The option `skip_sleep`: clocks, deadlines and event loops move with virtual time."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import trio
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from support.aiobotocore_clients import both_sessions, whichever_httpx

from pytest_dmsconn import EndlessWait, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms

skipping = pytest.mark.dmsconn(skip_sleep=True, deleting_seconds=3600)
CLOCKS: dict[str, Callable[[], float]] = {
    "time": lambda: time.time(),  # noqa: PLW0108 - looked up when it is called
    "monotonic": lambda: time.monotonic(),  # noqa: PLW0108
    "time_ns": lambda: time.time_ns() / 1e9,
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
}


# Clocks


@skipping
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_shows_what_was_skipped(dmsconn: FakeDms, clock: str) -> None:
    read = CLOCKS[clock]
    begun = read()

    time.sleep(600)
    dmsconn.advance(300)

    assert 900 <= read() - begun < 960


@skipping
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_deadline_of_a_program_ends_in_time(dmsconn: FakeDms, clock: str) -> None:
    read = CLOCKS[clock]
    connection = dmsconn.add_connection(status="deleting")
    deadline = read() + 600
    while connection.status != "deleted" and read() < deadline:
        time.sleep(30)

    assert connection.status == "deleting"
    assert dmsconn.now == 600


@skipping
def test_a_measured_duration_is_real(dmsconn: FakeDms) -> None:
    begun = time.perf_counter()
    time.sleep(600)

    assert time.perf_counter() - begun < 60
    assert dmsconn.now == 600


@skipping
def test_clocks_do_not_go_back_at_a_reset(dmsconn: FakeDms) -> None:
    time.sleep(600)
    before = time.monotonic()

    dmsconn.reset()

    assert time.monotonic() >= before
    assert dmsconn.now == 0


def test_clocks_add_the_virtual_time_of_the_active_fakes() -> None:
    real = time.monotonic
    begun = real()
    with mock_dms(skip_sleep=True):
        time.sleep(600)
        with mock_dms(skip_sleep=True):
            time.sleep(60)
            assert 660 <= time.monotonic() - begun < 690
        with mock_dms():
            assert 600 <= time.monotonic() - begun < 630

    assert time.monotonic is real
    assert time.monotonic() - begun < 60


def test_without_the_option_clocks_are_the_real_ones() -> None:
    clocks = time.time, time.monotonic
    with mock_dms() as dms:
        dms.advance(600)
        assert (time.time, time.monotonic) == clocks


# asyncio

pairs_of_timeouts = pytest.mark.parametrize("timeout", [600, 595])


async def _poll(seconds: float, times: int) -> str:
    for _ in range(times):
        await asyncio.sleep(seconds)
    return "done"


@skipping
@pairs_of_timeouts
def test_wait_for_ends_in_time(dmsconn: FakeDms, timeout: float) -> None:
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(_poll(30, 100), timeout))

    assert dmsconn.now == pytest.approx(timeout, abs=1)


@skipping
@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is new in 3.11")
@pairs_of_timeouts
def test_a_timeout_ends_in_time(dmsconn: FakeDms, timeout: float) -> None:
    async def run() -> None:
        async with asyncio.timeout(timeout):  # type: ignore[attr-defined]
            await _poll(30, 100)

    with pytest.raises(TimeoutError):
        asyncio.run(run())

    assert dmsconn.now == pytest.approx(timeout, abs=1)


@skipping
def test_a_task_that_ends_before_its_timeout_succeeds(dmsconn: FakeDms) -> None:
    assert asyncio.run(asyncio.wait_for(_poll(30, 10), 301)) == "done"
    assert dmsconn.now == 300


@skipping
def test_skipped_sleeps_move_the_clock_and_the_timers_of_a_loop(dmsconn: FakeDms) -> None:
    told: list[str] = []

    async def run() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        loop.call_later(50, told.append, "timer")
        for number in range(3):
            await asyncio.sleep(30)
            told.append(f"sleep{number}")
        return loop.time() - begun

    assert 90 <= asyncio.run(run()) < 120
    assert told == ["sleep0", "timer", "sleep1", "sleep2"]
    assert dmsconn.now == pytest.approx(90, abs=1)


@skipping
def test_concurrent_sleeps_take_the_time_of_one(dmsconn: FakeDms) -> None:
    async def run() -> list[str]:
        polls = (asyncio.wait_for(_poll(30, 10), 301) for _ in range(50))
        return await asyncio.gather(*polls)

    assert asyncio.run(run()) == ["done"] * 50
    assert dmsconn.now == 300


@skipping
def test_tasks_wake_in_the_order_of_time(dmsconn: FakeDms) -> None:
    told: list[str] = []

    async def tell(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        told.append(f"{name} at {dmsconn.now:g}")

    async def run() -> None:
        await asyncio.gather(tell("c", 30), tell("a", 10), tell("b", 20))

    asyncio.run(run())

    assert told == ["a at 10", "b at 20", "c at 30"]


@skipping
def test_virtual_time_does_not_pass_while_a_task_is_busy(dmsconn: FakeDms) -> None:
    async def work() -> float:
        for _ in range(500):
            await asyncio.sleep(0)
        return dmsconn.now

    async def run() -> tuple[None, float]:
        return await asyncio.gather(asyncio.sleep(30), work())

    assert asyncio.run(run())[1] == 0


@skipping
def test_a_cancelled_sleep_leaves_the_others(dmsconn: FakeDms) -> None:
    async def run() -> str:
        first, second = (asyncio.create_task(asyncio.sleep(s, "slept")) for s in (10, 20))
        await asyncio.sleep(5)
        first.cancel()
        return await second

    assert asyncio.run(run()) == "slept"
    assert dmsconn.now == 20


@pytest.mark.slow
def test_a_sleep_that_outlives_the_fake_is_real_from_then_on() -> None:
    async def run() -> str:
        with mock_dms(skip_sleep=True) as dms:
            task = asyncio.create_task(asyncio.sleep(10.05, "slept"))
            await asyncio.sleep(10)
            assert dms.now == 10
        return await task

    assert asyncio.run(run()) == "slept"


@skipping
def test_anyio_sleeps_in_virtual_time(dmsconn: FakeDms) -> None:
    async def run() -> None:
        with anyio.move_on_after(600):
            while True:  # noqa: ASYNC110 - what is tested
                await anyio.sleep(30)

    anyio.run(run)

    assert dmsconn.now == pytest.approx(600, abs=1)


# trio


@skipping
@pytest.mark.parametrize("seconds", [600, 595])
@pytest.mark.parametrize("library", [trio, anyio])
def test_trio_sleeps_in_virtual_time(dmsconn: FakeDms, library: Any, seconds: float) -> None:
    async def run() -> float:
        begun = trio.current_time()
        with library.move_on_after(seconds):
            for _ in range(100):
                await library.sleep(30)
        return trio.current_time() - begun

    assert seconds <= trio.run(run) < seconds + 60
    assert dmsconn.now == pytest.approx(seconds, abs=1)


def test_trio_is_not_patched_without_the_option() -> None:
    sleep = trio.sleep
    with mock_dms(skip_sleep=True):
        assert trio.sleep is not sleep
    with mock_dms():
        assert trio.sleep is sleep
    assert trio.sleep is sleep


# Slow answers


@skipping
@both_sessions
@whichever_httpx
@pytest.mark.parametrize(("seconds", "timeout", "now"), [(45, 10, 10), (10, 45, 10)])
def test_a_timeout_around_a_slow_answer_ends_in_time(
    dmsconn: FakeDms, http_session: type, seconds: float, timeout: float, now: float
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.delay("DeleteConnection", seconds, connection=connection)

    async def run() -> None:
        config = AioConfig(http_session_cls=http_session)
        async with AioSession().create_client("dms", config=config) as client:
            await asyncio.wait_for(client.delete_connection(**connection.arns), timeout)

    if seconds > timeout:
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(run())
    else:
        asyncio.run(run())

    assert dmsconn.now == pytest.approx(now, abs=0.5)
    dmsconn.assert_only_deleted(connection)


@skipping
def test_concurrent_slow_answers_take_the_time_of_one(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(5)
    dmsconn.delay("DeleteConnection", 45, times=None)

    async def run() -> None:
        async with AioSession().create_client("dms") as client:
            calls = (client.delete_connection(**one.arns) for one in connections)
            await asyncio.gather(*calls)

    asyncio.run(run())

    assert dmsconn.now == 45
    dmsconn.assert_only_deleted(*connections)


# Waits without an end


@skipping
def test_a_loop_without_an_end_is_an_error(dmsconn: FakeDms) -> None:
    dmsconn.add_connection()

    with pytest.raises(EndlessWait) as raised:  # noqa: PT012
        while dmsconn.connections:
            time.sleep(1)  # here

    line = raised.traceback[0].lineno + 1
    place = f"{os.path.relpath(__file__)}:{line}"
    assert str(raised.value) == (
        "10,000 waits in a row were skipped, and nothing in the fake changed. "
        f"The program waits at {place}, at virtual second 9999. Limit the loop by "
        "time.time() or time.monotonic(); datetime.now() shows real time. Or let the fake end "
        "the loop: set_status(), deleting_seconds=, testing_seconds=."
    )
    assert isinstance(raised.value, RuntimeError)


@skipping
def test_a_coroutine_without_an_end_is_an_error(dmsconn: FakeDms) -> None:
    async def run() -> None:
        while True:  # noqa: ASYNC110 - what is tested
            await asyncio.sleep(1)

    with pytest.raises(EndlessWait, match=r"waits at .*test_one_time\.py:\d+,"):
        asyncio.run(run())
    assert dmsconn.now == 9999


@skipping
def test_a_change_in_the_fake_restarts_the_count_of_waits(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    for _ in range(6000):
        time.sleep(1)
    dmsconn.set_status(connection, "failed")
    for _ in range(6000):
        time.sleep(1)

    assert dmsconn.now == 12000
