"""Measuring two functions alternately, so that noise of the machine affects both."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

Timed = Callable[[], float]
"""A function that does some work and returns its seconds, without those of the set-up."""


@dataclass(frozen=True)
class Comparison:
    """Alternating samples of the plugin and of a reference.

    Attributes:
        ours: the seconds of the plugin, one sample a round.
        reference: the seconds of the reference, one sample a round.
    """

    ours: list[float]
    reference: list[float]

    @property
    def ratio(self) -> float:
        """The median over all rounds of ours divided by the reference."""
        return statistics.median(
            ours / reference for ours, reference in zip(self.ours, self.reference, strict=True)
        )

    @property
    def difference(self) -> float:
        """The median over all rounds of the seconds of ours minus the reference."""
        return statistics.median(
            ours - reference for ours, reference in zip(self.ours, self.reference, strict=True)
        )


def compare(ours: Timed, reference: Timed, rounds: int, *, warm_up: bool = True) -> Comparison:
    """Take `rounds` samples of each, alternating.

    Garbage is collected before every sample, so that no sample includes the garbage of another one.
    During a sample, collection is on, as in a test run.

    Args:
        ours: the function to measure.
        reference: the function to compare it with.
        rounds: the number of samples of each.
        warm_up: call each function once before. This is useless if they start new processes.
    """
    if warm_up:
        ours()
        reference()
    samples: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        pair = [(samples[0], ours), (samples[1], reference)]
        # The first one of a round alternates, too.
        for kept, take in pair if number % 2 else reversed(pair):
            gc.collect()
            kept.append(take())
    return Comparison(*samples)


def timed(work: Callable[[], object], repeat: int) -> float:
    """The mean seconds of a call of `work`, over `repeat` calls."""
    begin = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - begin) / repeat


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of one call of `work`."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def traced_memory(work: Callable[[], object]) -> tuple[int, int]:
    """The bytes that one call of `work` leaves, and the peak of memory during the call."""
    gc.collect()
    tracemalloc.start()
    work()
    gc.collect()
    memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return memory
