"""The line of the user's code that called the plugin, for messages."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


def user_line() -> str:
    """File and line of the nearest caller outside libraries, or else of the nearest caller."""
    callers = tuple(_callers())
    own = (frame for frame in callers if not frame.f_code.co_filename.startswith(_installed()))
    return _line_of(next(own, next(iter(callers), None)))


def _callers() -> Iterator[FrameType]:
    frame = inspect.currentframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] != "pytest_dmsconn":
            yield frame
        frame = frame.f_back


def _installed() -> tuple[str, ...]:
    import sysconfig

    paths = (sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
    return (*(os.path.join(path, "") for path in paths), "<frozen ")  # noqa: PTH118 - text


def _line_of(frame: FrameType | None) -> str:
    if frame is None:
        return "an unknown place"
    file = frame.f_code.co_filename
    try:
        folder = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - text; a file may be "<stdin>"
    except OSError:  # the working directory is gone
        folder = ""
    return f"{file.removeprefix(folder)}:{frame.f_lineno}"
