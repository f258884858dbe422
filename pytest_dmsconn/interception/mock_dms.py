"""`mock_dms`: a fake outside the fixtures, as a context manager and as a decorator."""

from __future__ import annotations

import functools
import inspect
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.fake_dms import FakeDms
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.entering import enter, leave
from pytest_dmsconn.options import GivenOptions, Options, make_options
from pytest_dmsconn.report import strict
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Unpack


FunctionT = TypeVar("FunctionT", bound="Callable[..., Any]")


class MockDms(AbstractContextManager[FakeDms]):
    """The context manager and decorator that `mock_dms(...)` returns."""

    def __init__(self, options: Options) -> None:
        """Store the options; each `with` makes a new fake."""
        self._options = options
        self._fake: FakeDms | None = None

    def __enter__(self) -> FakeDms:
        """Activate a new fake.

        Raises:
            UsageError: the fake of an earlier `with` is active, or the seed is wrong.
        """
        if self._fake in stack.active_fakes():
            raise UsageError(
                "This mock_dms() object is active already. Call mock_dms() for each 'with', "
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
            AssertionError: the option `strict` is set, the block raised no exception, and a call
                was blocked or a fault was never met.
        """
        fake = self._fake
        if fake is None:
            return
        leave(fake)
        if exception_type is None:
            strict.check(fake.service)

    def __call__(self, function: FunctionT) -> FunctionT:
        """Decorate a function or coroutine function: each call runs with a new active fake.

        Raises:
            UsageError: `function` is a class, a generator function, or not callable.
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
            f"mock_dms cannot decorate the class {name}. Keep a fake active for "
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
