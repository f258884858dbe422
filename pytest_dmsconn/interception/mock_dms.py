"""`mock_dms`: putting a fake in force, and everything back as it was."""

from __future__ import annotations

import functools
import inspect
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.fake_dms import FakeDms
from pytest_dmsconn.interception import adapters, stack, test_state
from pytest_dmsconn.interception.isolation import Isolation
from pytest_dmsconn.options import Options, make_options
from pytest_dmsconn.report import strict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

FunctionT = TypeVar("FunctionT", bound="Callable[..., Any]")

_isolations: list[Isolation] = []
"""What each fake in force found, in their order."""


def prepare(*, of_clients: bool) -> None:
    """Import and read what `enter` will need.

    Args:
        of_clients: also what it takes to make a client.
    """
    service_model.read_data_files(of_clients=of_clients)
    adapters.load_adapters()


def enter(options: Options) -> FakeDms:
    """Put a new fake in force, until `leave` is called with it."""
    service_model.read_data_files()
    fake = FakeDms(options)
    loaded = adapters.load_adapters()
    try:
        with stack.lock:
            _isolations.append(Isolation(options))
            stack.fakes.append(fake)
            _isolations[-1].set_aside()
            adapters.start(loaded, skip_sleep=options.skip_sleep)
    except BaseException:
        leave(fake)
        raise
    return fake


def leave(fake: FakeDms) -> None:
    """End a fake, be it before one that was entered earlier, or later."""
    with stack.lock:
        if fake not in stack.fakes:
            return
        index = stack.fakes.index(fake)
        del stack.fakes[index]
        found = _isolations.pop(index)
        if test_state.ended_fakes is not None:
            test_state.ended_fakes.append(fake)
        if not stack.fakes:
            adapters.stop()
        if index < len(_isolations):
            found.hand_over_to(_isolations[index])
        else:
            found.put_back()


def suspend() -> None:
    """Step aside for pytest's `monkeypatch`, which is about to undo what it edited.

    A fake of a wider scope that was entered during the test is still in force then, and not what
    `monkeypatch` takes to be there.
    """
    with stack.lock:
        for found in reversed(_entered_during_the_test()):
            found.put_back()


def reapply() -> None:
    """Come back once `monkeypatch` has undone what it edited."""
    with stack.lock:
        for found in _entered_during_the_test():
            found.monkeypatch = None
            found.look()
            found.set_aside()


def _entered_during_the_test() -> list[Isolation]:
    return [found for found in _isolations if found.monkeypatch is test_state.monkeypatch]


class MockDms(AbstractContextManager[FakeDms]):
    """What `mock_dms(...)` returns: a context manager, and a decorator."""

    def __init__(self, options: Options) -> None:
        """Remember the options; each time it is entered it makes a new fake."""
        self._options = options
        self._entered: list[FakeDms] = []

    def __enter__(self) -> FakeDms:
        """Put a new fake in force."""
        fake = enter(self._options)
        self._entered.append(fake)
        return fake

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the fake.

        Raises:
            AssertionError: the option `strict` finds fault, and no exception is under way.
        """
        fake = self._entered.pop()
        leave(fake)
        if exception_type is None:
            strict.check(fake.service)

    def __call__(self, function: FunctionT) -> FunctionT:
        """Run every call of a function or coroutine function under a new fake.

        Raises:
            UsageError: it is a class, a generator function, or nothing that can be called.
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
def mock_dms(**options: Any) -> MockDms: ...


def mock_dms(function: Any = None, /, **options: Any) -> Any:
    """A fake of DMS outside the fixtures: a context manager yielding `FakeDms`, and a decorator.

    Args:
        function: what `@mock_dms` without parentheses decorates.
        options: the options of the fake, by name; no ini file is read.

    Raises:
        UsageError: an option is unknown or has a bad value, or what is decorated is a class or a
            generator function.

    Example:
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms(region="eu-west-1") as dms:
        ...     dms.add_connection().region
        'eu-west-1'
    """
    made = MockDms(make_options(options))
    return made if function is None else made(function)


def _refuse_undecoratable(function: object) -> None:
    if inspect.isclass(function):
        msg = (
            f"mock_dms cannot decorate the class {function.__name__}. Keep a fake in force for "
            "its tests with an autouse fixture in it:\n\n"
            "    @pytest.fixture(autouse=True)\n"
            "    def _dms(self, dmsconn):\n"
            "        self.dms = dmsconn\n"
        )
        raise UsageError(msg)
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        msg = (
            f"mock_dms cannot decorate the generator function {function.__name__}: the fake would "
            "end before the generator is run. Enter it inside:\n\n"
            "    with mock_dms() as dms:\n"
            "        yield dms\n"
        )
        raise UsageError(msg)
    if not callable(function):
        msg = f"mock_dms decorates functions, not {function!r}. Options are given by name."
        raise UsageError(msg)
