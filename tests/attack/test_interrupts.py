"""Interrupts at random moments leave nothing behind."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support import snapshots

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.attack

TRIES = 3_000


@contextlib.contextmanager
def interrupts() -> Iterator[None]:
    """Let the timer raise KeyboardInterrupt, as Ctrl-C does."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def use_a_fake() -> None:
    with mock_dms(strict=False) as dms:
        connections = dms.add_connections(3)
        client: Any = boto3.client("dms", region_name="us-east-1")
        client.delete_connection(**connections[0].arns)


def test_what_an_interrupt_leaves_is_put_right_by_the_next_fake() -> None:
    use_a_fake()  # imports
    start = time.perf_counter()
    use_a_fake()
    longest = time.perf_counter() - start
    names, environment = snapshots.of_names(), snapshots.of_environment()
    chance = random.Random(15)
    interrupted = 0

    with interrupts():
        for number in range(TRIES):
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, longest * 1.2))
                use_a_fake()
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                with contextlib.suppress(KeyboardInterrupt):
                    signal.setitimer(signal.ITIMER_REAL, 0)
            use_a_fake()
            assert snapshots.differences(names, snapshots.of_names()) == [], number
            assert snapshots.differences(environment, snapshots.of_environment()) == [], number

    assert interrupted > TRIES / 4
