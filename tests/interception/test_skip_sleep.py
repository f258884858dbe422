"""The option `skip_sleep`: whose sleeps become virtual time, and whose stay real."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import FakeDms

REAL_SLEEP, REAL_ASYNCIO_SLEEP = time.sleep, asyncio.sleep


class Slept(Exception):  # noqa: N818 - what happened
    """Something would really have slept."""


@pytest.fixture(autouse=True)
def _nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the real functions before the fake does, so that a real wait raises `Slept`."""

    def sleep(seconds: float) -> None:
        if seconds > 0:
            raise Slept(seconds)
        REAL_SLEEP(seconds)

    async def sleep_async(delay: float, result: Any = None) -> Any:
        if delay > 0:
            raise Slept(delay)
        return await REAL_ASYNCIO_SLEEP(delay, result)

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(asyncio, "sleep", sleep_async)


@contextmanager
def another_thread() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Start a thread; yield a function that runs another one in it and returns its result."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(int).result()
        yield lambda function: executor.submit(function).result()


# The thread that entered the fake


@pytest.mark.dmsconn(skip_sleep=True, deleting_seconds=60)
def test_a_polling_loop_sleeps_in_virtual_time(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dms_client.delete_connection(**connection.arns)

    while dms_client.describe_connections()["Connections"]:
        time.sleep(25)

    assert dmsconn.now == 75
    assert len(dmsconn.calls_to("DescribeConnections")) == 4


@pytest.mark.dmsconn(skip_sleep=True, deleting_seconds=60)
def test_a_polling_coroutine_sleeps_in_virtual_time(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    async def delete() -> str:
        dms_client.delete_connection(**connection.arns)
        while True:
            await asyncio.sleep(25)
            if not dms_client.describe_connections()["Connections"]:
                return await asyncio.sleep(5, "done")

    assert asyncio.run(delete()) == "done"
    assert dmsconn.now == 80


@pytest.mark.dmsconn(skip_sleep=True)
def test_other_tasks_get_their_turn_in_a_skipped_sleep(dmsconn: FakeDms) -> None:
    told: list[str] = []

    async def tell(name: str) -> None:
        for number in range(2):
            told.append(f"{name}{number}")
            await asyncio.sleep(10)

    async def both() -> None:
        await asyncio.gather(tell("a"), tell("b"))

    asyncio.run(both())

    assert told == ["a0", "b0", "a1", "b1"]
    assert dmsconn.now == 20


@pytest.mark.usefixtures("dmsconn")
def test_without_the_option_sleeps_are_real() -> None:
    with pytest.raises(Slept):
        time.sleep(5)
    with pytest.raises(Slept):
        asyncio.run(asyncio.sleep(5))


@pytest.mark.dmsconn(skip_sleep=True)
@pytest.mark.parametrize(
    ("seconds", "error"),
    [(-1, ValueError), (float("nan"), ValueError), ("soon", TypeError), (None, TypeError)],
)
def test_arguments_that_the_real_sleep_refuses_are_refused(
    dmsconn: FakeDms, seconds: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        time.sleep(seconds)

    assert dmsconn.now == 0


@pytest.mark.dmsconn(skip_sleep=True)
def test_negative_asyncio_sleeps_end_at_once(dmsconn: FakeDms) -> None:
    assert asyncio.run(asyncio.sleep(-1, "over")) == "over"
    assert dmsconn.now == 0


@pytest.mark.dmsconn(skip_sleep=True)
def test_an_infinite_sleep_is_not_skipped(dmsconn: FakeDms) -> None:
    with pytest.raises(Slept):
        asyncio.run(asyncio.sleep(float("inf")))
    assert dmsconn.now == 0


# Other threads


def test_threads_started_before_the_fake_sleep_really() -> None:
    with another_thread() as run, mock_dms(skip_sleep=True) as dms:
        with pytest.raises(Slept):
            run(lambda: time.sleep(5))
        with pytest.raises(Slept):
            run(lambda: asyncio.run(asyncio.sleep(5)))
        assert dms.now == 0


def test_threads_started_during_the_fake_sleep_in_virtual_time() -> None:
    with mock_dms(skip_sleep=True) as dms, another_thread() as run:
        run(lambda: time.sleep(5))
        run(lambda: asyncio.run(asyncio.sleep(6)))
        assert dms.now == 11


def test_a_fake_skips_sleeps_of_the_thread_that_entered_it() -> None:
    with another_thread() as run:
        context = mock_dms(skip_sleep=True)
        dms = run(context.__enter__)
        try:
            run(lambda: time.sleep(5))
            with pytest.raises(Slept):
                time.sleep(7)
        finally:
            run(lambda: context.__exit__(None, None, None))

    assert dms.now == 5


def test_after_the_fake_other_threads_sleep_really() -> None:
    with another_thread() as run:
        with mock_dms(skip_sleep=True) as dms:
            time.sleep(1)
        with pytest.raises(Slept):
            run(lambda: time.sleep(5))

    assert dms.now == 1


# Nested fakes, and afterwards


def test_the_real_sleeps_are_restored_afterwards() -> None:
    sleep, sleep_async = time.sleep, asyncio.sleep

    with mock_dms(skip_sleep=True):
        assert time.sleep is not sleep
        assert asyncio.sleep is not sleep_async

    assert time.sleep is sleep
    assert asyncio.sleep is sleep_async


def test_sleeps_are_not_replaced_without_the_option() -> None:
    sleep, sleep_async = time.sleep, asyncio.sleep

    with mock_dms():
        assert time.sleep is sleep
        assert asyncio.sleep is sleep_async


def test_the_newest_fake_says_whether_to_skip() -> None:
    with mock_dms(skip_sleep=True) as outer:
        with mock_dms() as inner, pytest.raises(Slept):
            time.sleep(1)
        with mock_dms(skip_sleep=True) as skipping:
            time.sleep(2)
        time.sleep(4)

    assert (outer.now, inner.now, skipping.now) == (4, 0, 2)


def test_a_fake_within_one_that_does_not_skip_may_skip() -> None:
    sleep = time.sleep

    with mock_dms() as outer:
        with mock_dms(skip_sleep=True) as inner:
            time.sleep(2)
        with pytest.raises(Slept):
            time.sleep(1)

    assert (outer.now, inner.now) == (0, 2)
    assert time.sleep is sleep


def test_the_real_sleeps_are_restored_after_fakes_that_end_out_of_order() -> None:
    sleep = time.sleep
    first, second = mock_dms(skip_sleep=True), mock_dms()
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    with pytest.raises(Slept):
        time.sleep(1)
    second.__exit__(None, None, None)

    assert time.sleep is sleep


@pytest.mark.dmsconn(skip_sleep=True)
def test_a_test_can_patch_a_module_that_imported_sleep_by_name(
    dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Program:
        """Stands for a module with `from time import sleep`."""

        sleep = staticmethod(REAL_SLEEP)

    monkeypatch.setattr(Program, "sleep", time.sleep)
    Program.sleep(5)

    assert dmsconn.now == 5
