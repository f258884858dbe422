"""Seeds that take effect as a whole or not at all."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, TypeVar

from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance, change

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.dms.lifecycle import Lifecycle

ResultT = TypeVar("ResultT")


class Savepoint:
    """What it takes to undo a seed: its beginning, and the earlier state of what it changed."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        """Remember the state of a fake."""
        self._lifecycle = lifecycle
        self._number = lifecycle.registry.newest_number
        self._changes = len(lifecycle.journal)
        self._replaced: list[Callable[[], None]] = []

    def replace(
        self,
        resource: Endpoint | ReplicationInstance,
        *,
        status: str,
        members: Mapping[str, object] | None,
    ) -> None:
        """Give an existing endpoint or instance another status and other members."""
        pending = self._lifecycle.registry.pending
        before = {"status": resource.status, "members": resource.members}
        transition = pending.get(resource)

        def undo() -> None:
            change(resource, **before)
            pending.pop(resource, None)
            if transition is not None:
                pending[resource] = transition

        self._replaced.append(undo)
        pending.pop(resource, None)
        change(resource, status=status, members=members)

    def roll_back(self) -> None:
        """Undo everything since; can be repeated."""
        for undo in reversed(self._replaced):
            undo()
        self._lifecycle.registry.remove_newer_than(self._number)
        del self._lifecycle.journal[self._changes :]


def all_or_nothing(lifecycle: Lifecycle, work: Callable[[Savepoint], ResultT]) -> ResultT:
    """Return the result of `work`; undo what it did if it ends in an exception.

    Garbage collection pauses meanwhile: it would look through all that is being added, again and
    again, and find nothing.

    Plain `try` statements rather than a context manager: an interrupt can end a context manager's
    exit before it begins. Two of them, because it can end a roll-back as well.
    """
    with lifecycle.registry.lock:
        savepoint = Savepoint(lifecycle)
        collects = gc.isenabled()
        done = False
        try:
            try:
                gc.disable()
                result = work(savepoint)
                done = True
            finally:
                _end(savepoint, done=done, collects=collects)
        finally:
            _end(savepoint, done=done, collects=collects)
        return result


def _end(savepoint: Savepoint, *, done: bool, collects: bool) -> None:
    """End a seed; can be repeated."""
    if not done:
        savepoint.roll_back()
    if collects:
        gc.enable()
