"""`mock_dms`: entering a fake, and leaving everything as it was."""

from __future__ import annotations

import contextlib
import functools
import inspect
import weakref
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.fake_dms import FakeDms
from pytest_dmsconn.interception import environment, patching, stack
from pytest_dmsconn.options import GivenOptions, Options, make_options
from pytest_dmsconn.report import strict
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Unpack

    from pytest_dmsconn.interception.environment import Surroundings
    from pytest_dmsconn.interception.stack import Entry, RunningTest

FunctionT = TypeVar("FunctionT", bound="Callable[..., Any]")


def prepare(*, of_clients: bool) -> None:
    """Import and read what `enter` needs, and if `of_clients` also what new clients need."""
    service_model.read_data_files(of_clients=of_clients)
    patching.load_adapters()


def enter(fake: FakeDms, owner: MockDms | None = None) -> None:
    """Put a fake in force. The caller calls `leave` in any case, after an exception too."""
    recover()
    # Not under the lock: another thread may be importing one of the libraries.
    patches = patching.load_adapters(skip_sleep=fake.options.skip_sleep)
    placed = environment.placed_by_fake(fake.region)
    with stack.lock:
        entry = _new_entry(fake, owner)
        stack.entries.append(entry)  # before anything changes, so that an interrupt can be undone
        if entry.test is not None:
            entry.test.placed.append(placed)
        environment.replace(entry.found, placed)
        patching.apply(patches)


def leave(fake: FakeDms) -> None:
    """End a fake. Fakes may end in any order, and this can be repeated."""
    try:
        _leave(fake)
    except BaseException:
        _leave(fake)  # an interrupt may have come at any line
        raise


def recover() -> None:
    """Finish what an interrupt left half done."""
    with contextlib.suppress(RuntimeError):
        while True:  # an interrupt may have left the lock held by this thread
            stack.lock.release()
    with stack.lock:
        for entry in stack.entries:
            # An interrupt may have prevented the end of a `with mock_dms()`.
            if (entry.owner is not None and entry.owner() is None) or _test_is_over(entry):
                entry.ended = True
        _remove_ended()


def restore(test: RunningTest, before: Surroundings | None, older: list[Entry]) -> None:
    """Restore the environment after a fixture, which may have undone its edits after a fake's end.

    `before` is the environment before the fixture; `older` are the fakes that were in force then.
    """
    recover()
    before = before or test.found
    if older and not set(older) & set(stack.entries):
        before = older[0].found  # `before` has values of fakes that have ended
    if before is None:
        return
    with stack.lock:
        newer = [entry for entry in stack.entries if entry not in older]
        if newer:
            newest = environment.placed_by_fake(stack.entries[-1].fake.region)
            environment.reapply(before, newer[0], newest)
        else:
            environment.undo_leaks(before, test.placed)


def end_test(test: RunningTest) -> None:
    """End the fakes that a test left in force."""
    test.over = True
    recover()
    with stack.lock:
        if not stack.entries:
            # A mock that stopped after the fake's end may have restored a replacement.
            patching.undo(patching.load_adapters(skip_sleep=True))


def _new_entry(fake: FakeDms, owner: MockDms | None) -> stack.Entry:
    test, found = stack.running_test, environment.look()
    if test is not None:
        test.found = test.found or found
    entry = stack.Entry(
        fake=fake,
        found=found,
        owner=None if owner is None else weakref.ref(owner),
        test=test,
        outlives_test=test is not None and test.in_wider_fixture,
    )
    if fake.options.skip_sleep:
        entry.skip_sleep()
    return entry


def _test_is_over(entry: stack.Entry) -> bool:
    return entry.test is not None and entry.test.over and not entry.outlives_test


def _leave(fake: FakeDms) -> None:
    with stack.lock:
        for entry in stack.entries:
            if entry.fake is fake:
                entry.ended = True
        _remove_ended()


def _remove_ended() -> None:
    """Restore what the ended fakes replaced; repeatable after an interrupt."""
    errors: list[Exception] = []
    for entry in [entry for entry in reversed(stack.entries) if entry.ended]:
        position = stack.entries.index(entry)
        if position + 1 < len(stack.entries):
            above = stack.entries[position + 1]
            above.found = entry.found
            if entry.patched:
                above.patched = entry.patched
        else:
            errors += patching.undo(entry.patched)
            environment.replace(environment.look(), entry.found)
        if stack.ended_fakes is not None and entry.fake not in stack.ended_fakes:
            stack.ended_fakes.append(entry.fake)
        stack.entries.remove(entry)  # after everything is undone, so that this can be repeated
    if errors:
        raise errors[0]


class MockDms(AbstractContextManager[FakeDms]):
    """What `mock_dms(...)` returns: a context manager, and a decorator."""

    def __init__(self, options: Options) -> None:
        """Store the options; each `with` makes a new fake."""
        self._options = options
        self._fake: FakeDms | None = None

    def __enter__(self) -> FakeDms:
        """Put a new fake in force.

        Raises:
            UsageError: the fake of an earlier `with` is in force, or the seed is wrong.
        """
        if self._fake in stack.in_force():
            raise UsageError(
                "This mock_dms() object is in force already. Call mock_dms() for each 'with', "
                "or decorate a function: each of its calls has a fake of its own."
            )
        service_model.read_data_files()
        self._fake = fake = FakeDms(self._options)
        try:
            enter(fake, self)
            return fake  # noqa: TRY300 - an interrupt can come at this line
        except BaseException:
            leave(fake)
            raise

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        """End the fake.

        Raises:
            AssertionError: the option `strict` is set, no exception is under way, and a call was
                blocked or a fault was never met.
        """
        fake = self._fake
        if fake is None:
            return
        leave(fake)
        if exception_type is None:
            strict.check(fake.service)

    def __call__(self, function: FunctionT) -> FunctionT:
        """Decorate a function or coroutine function: each call runs with a new fake in force.

        Raises:
            UsageError: it is a class, a generator function, or not callable.
        """
        _refuse_undecoratable(function)
        options = self._options
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with MockDms(options):
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with MockDms(options):
                return function(*args, **kwargs)

        return run  # type: ignore[return-value]


@overload
def mock_dms(function: FunctionT, /) -> FunctionT: ...


@overload
def mock_dms(**options: Unpack[GivenOptions]) -> MockDms: ...


def mock_dms(function: Any = None, /, **options: Any) -> Any:
    """A fake of DMS outside the fixtures: a context manager yielding `FakeDms`, and a decorator.

    Args:
        function: the function or coroutine function, if `@mock_dms` is used without parentheses.
        options: the options of the fake, by name. ini options do not apply.

    Raises:
        UsageError: an option is unknown or has a bad value, or the decorated object is a class or
            a generator function.

    Example:
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms(region="eu-west-1") as dms:
        ...     dms.add_connection().region
        'eu-west-1'
    """
    made = MockDms(make_options(options))
    return made if function is None else made(function)


def _refuse_undecoratable(function: object) -> None:
    name = getattr(function, "__name__", quoted(function))
    if inspect.isclass(function):
        raise UsageError(
            f"mock_dms cannot decorate the class {name}. Keep a fake in force for "
            "its tests with an autouse fixture in it:\n\n"
            "    @pytest.fixture(autouse=True)\n"
            "    def _dms(self, dmsconn):\n"
            "        self.dms = dmsconn\n"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError(
            f"mock_dms cannot decorate the generator function {name}: the fake would "
            "end before the generator is run. Enter it inside:\n\n"
            "    with mock_dms() as dms:\n"
            "        yield dms\n"
        )
    if not callable(function):
        msg = f"mock_dms decorates functions, not {quoted(function)}. Options are given by name."
        raise UsageError(msg)
