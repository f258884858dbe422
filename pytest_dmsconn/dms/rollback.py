"""Seeds take effect completely or not at all. Other threads can run during a large seed."""

from __future__ import annotations

import gc
import itertools
import threading
from typing import TYPE_CHECKING, TypeVar

from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance, change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_dmsconn.dms.lifecycle import Lifecycle

ResultT = TypeVar("ResultT")

SLICE = 1000
"""The number of entries that are added while other threads wait."""
SECONDS_BETWEEN_SLICES = 0.0001


class Savepoint:
    """The data to undo a seed: the added resources, and the earlier state of changed ones.

    Callers hold the lock of the registry.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        """Begin with nothing to undo."""
        self._lifecycle = lifecycle
        self._slice_begin: int | None = None
        self._added: list[range] = []
        """The numbers of the added resources, a range for each slice."""
        self._replaced: list[Callable[[], None]] = []

    def begin_slice(self) -> None:
        """Record that all new resources from now on belong to the seed."""
        self._slice_begin = self._lifecycle.registry.newest_number + 1

    def end_slice(self) -> None:
        """Record that new resources from now on may not belong to the seed."""
        if self._slice_begin is not None:
            end = self._lifecycle.registry.newest_number + 1
            self._added.append(range(self._slice_begin, end))
            self._slice_begin = None

    def replace(
        self,
        resource: Endpoint | ReplicationInstance,
        *,
        status: str,
        members: Mapping[str, object] | None,
    ) -> None:
        """Give an existing endpoint or instance another status and other members."""
        registry = self._lifecycle.registry
        pending = registry.pending
        before = {"status": resource.status, "members": resource.members}
        transition = pending.get(resource)

        def undo() -> None:
            if not registry.holds(resource) or resource.status not in {status, before["status"]}:
                return  # another thread has changed it since
            change(resource, **before)
            pending.pop(resource, None)
            if transition is not None:
                pending[resource] = transition

        self._replaced.append(undo)
        pending.pop(resource, None)
        change(resource, status=status, members=members)

    def roll_back(self) -> None:
        """Undo everything; can be repeated."""
        self.end_slice()
        for undo in reversed(self._replaced):
            undo()
        journal = self._lifecycle.journal
        while self._added:
            numbers = self._added[-1]
            self._lifecycle.registry.remove_numbers(numbers)
            journal[:] = [entry for entry in journal if entry.resource.number not in numbers]
            self._added.pop()  # other resources may get the numbers from now on
        self._replaced.clear()


def all_or_nothing(
    lifecycle: Lifecycle, work: Callable[[Savepoint], Iterator[ResultT]]
) -> list[ResultT]:
    """Add all entries of `work`, and return its results; undo everything after an exception.

    Other threads can run after each slice of entries. Garbage collection is paused, because it
    would search all new objects repeatedly, and find no garbage.

    An interrupt can prevent the exit of a context manager, so this uses `try`. An interrupt can
    also stop the first roll-back, so there are two `try` statements.
    """
    savepoint = Savepoint(lifecycle)
    results: list[ResultT] = []
    collects = gc.isenabled()
    done = False
    try:
        try:
            if collects:  # otherwise another thread may have paused it, and will resume it
                gc.disable()
            entries = work(savepoint)
            while not done:
                added = _add_slice(lifecycle, savepoint, entries)
                results += added
                done = len(added) < SLICE
        finally:
            _end(lifecycle, savepoint, done=done, collects=collects)
    finally:
        _end(lifecycle, savepoint, done=done, collects=collects)
    return results


def _add_slice(
    lifecycle: Lifecycle, savepoint: Savepoint, entries: Iterator[ResultT]
) -> list[ResultT]:
    """Add a slice; after an exception, undo all slices before another thread adds anything."""
    with lifecycle.registry.lock:
        done = False
        try:
            try:
                savepoint.begin_slice()
                added = list(itertools.islice(entries, SLICE))
                savepoint.end_slice()
                done = True
            finally:
                if not done:
                    savepoint.roll_back()
        finally:
            if not done:
                savepoint.roll_back()
    if len(added) == SLICE:
        _let_other_threads_run()
    return added


def _let_other_threads_run() -> None:
    # Without a pause, this thread would get the lock back before the threads that wait for it.
    # `time.sleep` is not used, because tests replace it.
    threading.Event().wait(SECONDS_BETWEEN_SLICES)


def _end(lifecycle: Lifecycle, savepoint: Savepoint, *, done: bool, collects: bool) -> None:
    """End a seed; can be repeated."""
    if collects:
        gc.enable()
    if not done:
        with lifecycle.registry.lock:
            savepoint.roll_back()
