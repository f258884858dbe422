"""The ini options `dmsconn_<name>`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

_IniType = Literal["string", "bool", "int", "float"]

INI_OPTIONS: dict[str, tuple[_IniType, str]] = {
    "region": ("string", "default region of seeds and clients (us-east-1)"),
    "account_id": ("string", "default account, 12 digits (123456789012)"),
    "testing_polls": (
        "int",
        "the n-th DescribeConnections that selects a connection under test reports its result (1)",
    ),
    "deleting_polls": ("int", "the n-th description no longer shows what was deleted (1)"),
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


def register(parser: pytest.Parser) -> None:
    """Register the ini options with pytest."""
    for name, (kind, words) in INI_OPTIONS.items():
        parser.addini(f"dmsconn_{name}", f"Fake DMS: {words}.", type=kind, default=None)


def read(config: pytest.Config) -> None:
    """Read the ini options once.

    Raises:
        pytest.UsageError: a value is not allowed; the session ends with this error.
    """
    given = config.stash[_given] = {}
    folder = config.inipath.parent if config.inipath else config.invocation_params.dir
    for name in INI_OPTIONS:
        try:
            value = config.getini(f"dmsconn_{name}")
        except (TypeError, ValueError, pytest.UsageError) as error:
            msg = f"The ini option dmsconn_{name} has a bad value: {error}"
            raise pytest.UsageError(msg) from None
        if value is not None:
            given[name] = beside(folder, name, value)
    if given:
        _check(given)


def given_in_ini(config: pytest.Config) -> dict[str, Any]:
    """Return the options that the ini file gives."""
    return config.stash[_given]


def beside(folder: Path, name: str, value: Any) -> Any:
    """Return the value of an option; the path of a seed is relative to the file that gives it."""
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
        msg = f"An ini option dmsconn_... has a bad value: {error}"
        raise pytest.UsageError(msg) from None
