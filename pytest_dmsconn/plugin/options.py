"""The options of a test's fake: the marker `dmsconn`, and the ini options `dmsconn_<name>`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn.options import Options

MARKER = "dmsconn"
FIXTURE = "dmsconn"

_IniType = Literal["string", "bool", "int", "float"]

INI_OPTIONS: dict[str, tuple[_IniType, str]] = {
    "region": ("string", "default region of seeds and clients (us-east-1)"),
    "account_id": ("string", "default account, 12 digits (123456789012)"),
    "testing_polls": (
        "int",
        "the n-th DescribeConnections that selects a connection under test reports its result (1)",
    ),
    "deleting_polls": ("int", "the n-th description no longer shows a deleted resource (1)"),
    "testing_seconds": ("float", "virtual seconds that a test takes, instead of polls"),
    "deleting_seconds": ("float", "virtual seconds that a deletion takes, instead of polls"),
    "test_result": ("string", "result of a TestConnection: successful or failed (successful)"),
    "unmatched_filters": (
        "string",
        "answer to filters that select nothing: fault or empty (fault)",
    ),
    "seed": ("string", "JSON file to start with, relative to the ini file"),
    "strict": (
        "bool",
        "fail a passed test if a call to AWS was blocked or an injected fault was not met (true)",
    ),
    "block_aws": ("bool", "block calls to AWS that nothing answers (true)"),
    "skip_sleep": ("bool", "let time.sleep and asyncio.sleep advance virtual time (false)"),
}

_given: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


def register_ini(parser: pytest.Parser) -> None:
    """Register the ini options."""
    for name, (kind, words) in INI_OPTIONS.items():
        parser.addini(f"dmsconn_{name}", f"Fake DMS: {words}.", type=kind, default=None)


def read_ini(config: pytest.Config) -> None:
    """Read the ini options; a bad value raises `pytest.UsageError`, which ends the session."""
    given = config.stash[_given] = {}
    folder = config.inipath.parent if config.inipath else config.invocation_params.dir
    for name in INI_OPTIONS:
        try:
            value = config.getini(f"dmsconn_{name}")
        except (TypeError, ValueError, pytest.UsageError) as error:
            msg = f"The ini option dmsconn_{name} has a bad value: {error}"
            raise pytest.UsageError(msg) from None
        if value is not None:
            given[name] = _beside(folder, name, value)
    if given:
        _check(given)


def register_marker(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}({', '.join(f'{name}=...' for name in INI_OPTIONS)}): options of the fake DMS "
        f"that the fixture '{FIXTURE}' creates for this test. It requests the fixture. "
        "Keywords only. For each option, the closest marker takes precedence over other markers "
        "and over the ini option.",
    )


def request_fixture(item: pytest.Item) -> None:
    """Request the fixture for a test with the marker, as `usefixtures` does."""
    names = getattr(item, "fixturenames", None)
    if names is None or FIXTURE in names or item.get_closest_marker(MARKER) is None:
        return
    # pytest sets up the fixtures of `usefixtures` before the function-scoped arguments of the test.
    info = getattr(item, "_fixtureinfo")  # noqa: B009 - an attribute of functions only
    index = next((n for n, name in enumerate(names) if _is_own_argument(info, name)), len(names))
    # A new list, because all tests of a parametrized function share the old one.
    item.fixturenames = [*names[:index], FIXTURE, *names[index:]]  # type: ignore[attr-defined]


def _is_own_argument(info: Any, name: str) -> bool:
    definitions = info.name2fixturedefs.get(name)
    scope = definitions[-1].scope if definitions else "function"
    return name in info.argnames and scope == "function"


def options_of(request: pytest.FixtureRequest) -> Options:
    """The options of a test. The closest marker with an option takes precedence over the ini."""
    from pytest_dmsconn.options import DEFAULTS, make_options

    given: dict[str, Any] = {}
    for marker in request.node.iter_markers(MARKER):
        if marker.args:
            from pytest_dmsconn.errors import UsageError
            from pytest_dmsconn.text import quoted

            raise UsageError(
                f"@pytest.mark.{MARKER} was given {quoted(marker.args[0])} without a name. "
                f"Give options by name, such as @pytest.mark.{MARKER}(region='eu-west-1'). "
                f"The options are {', '.join(INI_OPTIONS)}."
            )
        for name, value in marker.kwargs.items():
            given.setdefault(name, _beside(request.path.parent, name, value))
    given = request.config.stash[_given] | given
    return make_options(given) if given else DEFAULTS


def _beside(folder: Path, name: str, value: Any) -> Any:
    """The value of an option; the path of a seed is relative to the file that gives it."""
    if name == "seed" and isinstance(value, (str, Path)):
        return folder / value
    return value


def _check(given: dict[str, Any]) -> None:
    from pytest_dmsconn.errors import UsageError
    from pytest_dmsconn.options import make_options

    try:
        options = make_options(given)
        if "seed" in given:
            from pytest_dmsconn.fake.fake_dms import FakeDms

            FakeDms(options)  # it loads the seed
    except UsageError as error:
        raise pytest.UsageError(f"An ini option dmsconn_... has a bad value: {error}") from None
