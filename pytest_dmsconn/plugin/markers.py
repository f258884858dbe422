"""What a test gives as options of its fake: in markers, and in the ini file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.options import OPTION_NAMES, Options, make_options

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


def options_of(request: pytest.FixtureRequest) -> Options:
    """The options of a test: the closest marker wins, option by option, then the ini file.

    Raises:
        UsageError: an option is unknown, or its value is not allowed.
    """
    given: dict[str, Any] = {}
    for marker in request.node.iter_markers("dmsconn"):
        if marker.args:
            msg = f"@pytest.mark.dmsconn takes keywords only, not {marker.args!r}."
            raise UsageError(msg)
        for name, value in marker.kwargs.items():
            given.setdefault(name, _beside(request.path.parent, name, value))
    return make_options(_in_ini(request.config) | given)


def _in_ini(config: pytest.Config) -> dict[str, Any]:
    folder = config.inipath.parent if config.inipath else config.invocation_params.dir
    given = {}
    for name in OPTION_NAMES:
        try:
            value = config.getini(f"dmsconn_{name}")
        except (TypeError, ValueError, pytest.UsageError) as error:
            msg = f"The ini option dmsconn_{name} has a bad value: {error}"
            raise UsageError(msg) from None
        if value is not None:
            given[name] = _beside(folder, name, value)
    return given


def _beside(folder: Path, name: str, value: Any) -> Any:
    """Take a path to seed from as relative to the file that gives it."""
    if name == "seed" and isinstance(value, (str, Path)):
        return folder / value
    return value
