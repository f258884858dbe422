"""The marker `dmsconn`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.plugin.ini import INI_OPTIONS, beside, given_in_ini

if TYPE_CHECKING:
    import pytest

    from pytest_dmsconn.options import Options

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

MARKER = "dmsconn"
FIXTURE = "dmsconn"


def register(config: pytest.Config) -> None:
    """Register the marker with pytest."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}({', '.join(f'{name}=...' for name in INI_OPTIONS)}): options of the fake DMS "
        f"that the fixture '{FIXTURE}' sets up for this test; brings in the fixture. "
        "Keywords only. The closest marker wins, option by "
        "option, before the ini options of the same names.",
    )


def request_fixture(item: pytest.Item) -> None:
    """Let a test that has the marker request the fixture, as `usefixtures` would."""
    names = getattr(item, "fixturenames", None)
    if names is None or FIXTURE in names or item.get_closest_marker(MARKER) is None:
        return
    # pytest sets up what `usefixtures` names before the function-scoped arguments of the test.
    info = getattr(item, "_fixtureinfo")  # noqa: B009 - an attribute of functions only
    index = next((n for n, name in enumerate(names) if _is_own_argument(info, name)), len(names))
    # A new list: all tests of a parametrized function share the old one.
    item.fixturenames = [*names[:index], FIXTURE, *names[index:]]  # type: ignore[attr-defined]


def _is_own_argument(info: Any, name: str) -> bool:
    definitions = info.name2fixturedefs.get(name)
    scope = definitions[-1].scope if definitions else "function"
    return name in info.argnames and scope == "function"


def options_of(request: pytest.FixtureRequest) -> Options:
    """Return the options of a test: the closest marker wins, option by option, then the ini file.

    Raises:
        UsageError: an option is unknown, or its value is not allowed.
    """
    from pytest_dmsconn.errors import UsageError
    from pytest_dmsconn.options import make_options
    from pytest_dmsconn.text import quoted

    given: dict[str, Any] = {}
    for marker in request.node.iter_markers(MARKER):
        if marker.args:
            msg = (
                f"@pytest.mark.{MARKER} was given {quoted(marker.args[0])} without a name. "
                f"Give options by name, such as @pytest.mark.{MARKER}(region='eu-west-1'). "
                f"The options are {', '.join(INI_OPTIONS)}."
            )
            raise UsageError(msg)
        for name, value in marker.kwargs.items():
            given.setdefault(name, beside(request.path.parent, name, value))
    return make_options(given_in_ini(request.config) | given)
