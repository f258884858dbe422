"""`mock_dms`: putting a fake in force, and everything back as it was."""

from __future__ import annotations

import functools
import inspect
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_dmsconn import interception, model, stack
from pytest_dmsconn.endings import judge
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake import FakeDms
from pytest_dmsconn.isolation import Isolation
from pytest_dmsconn.options import Options, make_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from pytest_dmsconn.isolation import MonkeyPatch

FunctionT = TypeVar("FunctionT", bound="Callable[..., Any]")

_isolations: list[Isolation] = []


@contextmanager
def in_force(options: Options, monkeypatch: MonkeyPatch | None = None) -> Iterator[FakeDms]:
    """Put a new fake in force for a block; it may end before one that was entered earlier.

    Args:
        options: what the fake is set up with.
        monkeypatch: pytest's, to edit the environment with; without it, this does the editing.
    """
    model.operation_names()  # read before a test can hide botocore's data files, as pyfakefs does
    fake = FakeDms(options)
    isolation = Isolation(options, monkeypatch)
    adapters = interception.load_adapters()
    try:
        with stack.lock:
            stack.fakes.append(fake)
            _isolations.append(isolation)
            isolation.set_aside()
            interception.start(adapters)
        yield fake
    finally:
        _leave(fake, isolation)


def _leave(fake: FakeDms, isolation: Isolation) -> None:
    with stack.lock:
        if fake not in stack.fakes:
            return
        stack.fakes.remove(fake)
        if not stack.fakes:
            interception.stop()
        index = _isolations.index(isolation)
        del _isolations[index]
        if index < len(_isolations):
            isolation.hand_over_to(_isolations[index])
        else:
            isolation.put_back()


class MockDms(AbstractContextManager[FakeDms]):
    """What `mock_dms(...)` returns: a context manager, and a decorator."""

    def __init__(self, options: Options) -> None:
        """Remember the options; each time it is entered it makes a new fake."""
        self._options = options
        self._entered: list[tuple[AbstractContextManager[FakeDms], FakeDms]] = []

    def __enter__(self) -> FakeDms:
        """Put a new fake in force."""
        __tracebackhide__ = True
        context = in_force(self._options)
        fake = context.__enter__()
        self._entered.append((context, fake))
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
        __tracebackhide__ = True
        context, fake = self._entered.pop()
        context.__exit__(None, None, None)
        if exception_type is None:
            judge(fake)

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
                __tracebackhide__ = True
                with MockDms(options):
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
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
    __tracebackhide__ = True
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
