"""Measuring two things in turn, so that a noisy machine is noisy for both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Timed = Callable[[], float]
"""Does a piece of work and returns the seconds that it took, set-up not counted."""


@dataclass(frozen=True)
class Comparison:
    """Samples of ours and of the reference, taken in turn.

    Attributes:
        ours: seconds, one sample a round.
        reference: seconds, the sample beside it in the same round.
    """

    ours: list[float]
    reference: list[float]

    @property
    def ratio(self) -> float:
        """The median of ours divided by the reference, round by round."""
        return statistics.median(
            ours / reference for ours, reference in zip(self.ours, self.reference, strict=True)
        )

    @property
    def difference(self) -> float:
        """The median of the seconds that ours takes more, round by round."""
        return statistics.median(
            ours - reference for ours, reference in zip(self.ours, self.reference, strict=True)
        )


def compare(ours: Timed, reference: Timed, rounds: int, *, warm_up: bool = True) -> Comparison:
    """Take `rounds` samples of each, alternating.

    Garbage is collected before every sample, so that none pays for what another left; what a
    sample itself leaves is collected in it, as in a test run.

    Args:
        ours: what is measured.
        reference: what it is measured beside.
        rounds: how many samples of each.
        warm_up: take one of each before; processes of their own need none.
    """
    if warm_up:
        ours()
        reference()
    samples: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        pair = [(samples[0], ours), (samples[1], reference)]
        # Which one comes first alternates, too.
        for kept, timed in pair if number % 2 else reversed(pair):
            gc.collect()
            kept.append(timed())
    return Comparison(*samples)


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """The seconds that one call of `work` takes, as the mean of `repeat` calls."""
    begin = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - begin) / repeat


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of one call of `work`."""
    begin = time.process_time()
    work()
    return time.process_time() - begin
