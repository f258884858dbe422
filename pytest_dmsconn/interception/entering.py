"""Entering and leaving fakes: replacing environment and libraries, and restoring them."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import EndlessWait
from pytest_dmsconn.interception import environment, patching, stack
from pytest_dmsconn.protocol.user_code import user_line

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.environment import AwsEnvironment
    from pytest_dmsconn.interception.mock_dms import MockDms
    from pytest_dmsconn.interception.patching import Patch
    from pytest_dmsconn.interception.stack import RunningTest

MAX_WAITS_IN_A_ROW = 10_000


class StackEntry:
    """An active fake, and the state to restore when it ends."""

    def __init__(
        self,
        fake: FakeDms,
        before: AwsEnvironment,
        owner: weakref.ref[object] | None,
        test: RunningTest | None,
        *,
        outlives_test: bool,
    ) -> None:
        """Describe a fake that is about to be entered.

        `before` is the environment to restore. `owner` is the `mock_dms()` object that enters the
        fake, or None for a fixture. `outlives_test` is True if a fixture of a wider scope does.
        """
        self.fake = fake
        self.before = before
        self.owner = owner
        self.test = test
        self.outlives_test = outlives_test
        self.patched: dict[str, tuple[Patch, ...]] = {}
        """The applied patches of each adapter. Only the oldest entry has any."""
        self.ended = False
        """Whether the fake has ended. The entry is removed after everything is restored."""
        self._skips_sleep = False
        self._waiting_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        """The threads whose sleeps are not skipped."""
        self._waits_in_a_row = 0
        self._state_at_wait: object = None

    def skip_sleep(self) -> None:
        """Skip the sleeps of this thread and of threads that start later."""
        self._waiting_threads.update({*threading.enumerate()} - {threading.current_thread()})
        self._skips_sleep = True

    def skips_this_thread(self) -> bool:
        """Whether the sleeps of this thread are skipped."""
        return self._skips_sleep and threading.current_thread() not in self._waiting_threads

    def count_skipped_wait(self) -> None:
        """Count a skipped wait; raise `EndlessWait` after too many without a change."""
        service = self.fake.service
        state = (id(service), service.lifecycle.changes, service.registry.newest_number)
        self._waits_in_a_row = self._waits_in_a_row + 1 if state == self._state_at_wait else 1
        self._state_at_wait = state
        if self._waits_in_a_row >= MAX_WAITS_IN_A_ROW:
            self._waits_in_a_row = 0
            raise EndlessWait(
                f"{MAX_WAITS_IN_A_ROW:,} waits in a row were skipped, and nothing in the fake "
                f"changed. The program waits at {user_line()}, at virtual second "
                f"{service.lifecycle.now:g}. Limit the loop by time.time() or time.monotonic(); "
                "datetime.now() shows real time. Or let the fake end the loop: set_status(), "
                "deleting_seconds=, testing_seconds=."
            )


def prepare(*, of_clients: bool) -> None:
    """Load modules and data files for `enter`; with `of_clients`, also those of new clients."""
    service_model.read_data_files(of_clients=of_clients)
    patching.load_adapters()


def enter(fake: FakeDms, owner: MockDms | None = None) -> None:
    """Activate a fake. The caller must call `leave`, even after an exception."""
    recover()
    # Without the lock, because another thread may be importing one of the libraries.
    patches = patching.load_adapters(skip_sleep=fake.options.skip_sleep)
    wanted = environment.environment_of_fake(fake.region)
    with stack.lock:
        entry = _new_entry(fake, owner)
        stack.entries.append(entry)  # before anything changes, so that an interrupt can be undone
        if entry.test is not None:
            entry.test.set_by_fakes.append(wanted)
        environment.replace(entry.before, wanted)
        patching.apply(patches)


def leave(fake: FakeDms) -> None:
    """End a fake. Fakes may end in any order. The call can be repeated."""
    try:
        _leave(fake)
    except BaseException:
        _leave(fake)  # an interrupt may have come at any line
        raise


def recover() -> None:
    """Complete what an interrupt, such as Ctrl+C, stopped halfway."""
    with contextlib.suppress(RuntimeError):
        while True:  # an interrupt may have left the lock held by this thread
            stack.lock.release()
    with stack.lock:
        for entry in stack.entries:
            # An interrupt may have prevented the end of a `with mock_dms()`.
            if (entry.owner is not None and entry.owner() is None) or _test_is_over(entry):
                entry.ended = True
        _remove_ended()


def restore(test: RunningTest, before: AwsEnvironment | None, older: list[StackEntry]) -> None:
    """Correct the environment after a fixture such as `monkeypatch` has undone its edits.

    `before` is the environment before the fixture; `older` are the fakes that were active then.
    """
    recover()
    before = before or test.before
    if older and not set(older) & set(stack.entries):
        before = older[0].before  # `before` contains values of ended fakes
    if before is None:
        return
    with stack.lock:
        newer = [entry for entry in stack.entries if entry not in older]
        if newer:
            newest = environment.environment_of_fake(stack.entries[-1].fake.region)
            environment.reapply(before, newer[0], newest)
        else:
            environment.undo_leaks(before, test.set_by_fakes)


def end_test(test: RunningTest) -> None:
    """End the fakes that a test left active."""
    test.over = True
    recover()
    with stack.lock:
        if not stack.entries:
            # A mock that stopped after the end of the fake may have restored a replacement.
            patching.undo(patching.load_adapters(skip_sleep=True))


def _new_entry(fake: FakeDms, owner: MockDms | None) -> StackEntry:
    test, before = stack.running_test, environment.read()
    if test is not None:
        test.before = test.before or before
    entry = StackEntry(
        fake=fake,
        before=before,
        owner=None if owner is None else weakref.ref(owner),
        test=test,
        outlives_test=test is not None and test.in_wider_fixture,
    )
    if fake.options.skip_sleep:
        entry.skip_sleep()
    return entry


def _test_is_over(entry: StackEntry) -> bool:
    return entry.test is not None and entry.test.over and not entry.outlives_test


def _leave(fake: FakeDms) -> None:
    with stack.lock:
        for entry in stack.entries:
            if entry.fake is fake:
                entry.ended = True
        _remove_ended()


def _remove_ended() -> None:
    """Remove ended fakes, and restore what they replaced; can be repeated."""
    errors: list[Exception] = []
    for entry in [entry for entry in reversed(stack.entries) if entry.ended]:
        position = stack.entries.index(entry)
        if position + 1 < len(stack.entries):
            above = stack.entries[position + 1]
            above.before = entry.before
            if entry.patched:
                above.patched = entry.patched
        else:
            errors += patching.undo(entry.patched)
            environment.replace(environment.read(), entry.before)
        if stack.ended_fakes is not None and entry.fake not in stack.ended_fakes:
            stack.ended_fakes.append(entry.fake)
        stack.entries.remove(entry)  # last, so that an interrupted removal can be repeated
    if errors:
        raise errors[0]


def _mark_copies() -> None:
    """Mark the fakes of a forked child as copies, and make new locks.

    The thread that held an old lock does not exist in the child.
    """
    stack.lock = threading.RLock()
    for entry in stack.entries:
        entry.fake.service.is_copy = True
        entry.fake.service.registry.lock = threading.RLock()


# Not in `stack`, which every suite imports: CPython never frees the callback, and with it pytest's
# objects.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_mark_copies)
