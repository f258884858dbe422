"""Interrupts at random moments leave nothing behind."""

from __future__ import annotations

import functools
import random
import signal
import timeit
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support import snapshots

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.attack

TRIES = 3_000


@pytest.fixture
def _interrupts() -> Iterator[None]:
    """Let the timer raise KeyboardInterrupt, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.signal(signal.SIGALRM, before)


def use_a_fake(client: Any) -> None:
    with mock_dms(strict=False) as dms:
        connections = dms.add_connections(3)
        client.delete_connection(**connections[0].arns)


def is_interrupted(use: Callable[[], object], seconds: float) -> bool:
    """Whether the timer, which expires once, did so during `use`."""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        use()
        signal.setitimer(signal.ITIMER_REAL, 0)
        return False  # in here, where the interrupt is caught  # noqa: TRY300
    except KeyboardInterrupt:
        return True


@pytest.mark.usefixtures("_interrupts")
def test_what_an_interrupt_leaves_is_put_right_by_the_next_fake() -> None:
    # With keys: without a fake, looking for them would open a connection to a metadata service.
    client: Any = boto3.client(
        "dms", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    use = functools.partial(use_a_fake, client)
    use()  # imports
    usual = min(timeit.repeat(use, number=1, repeat=20))
    before = snapshots.take()
    chance = random.Random(15)
    interrupted = 0

    for number in range(TRIES):
        interrupted += is_interrupted(use, chance.uniform(1e-6, usual * 1.2))
        use()
        assert snapshots.left_behind(before) == [], number

    assert interrupted > TRIES / 4
