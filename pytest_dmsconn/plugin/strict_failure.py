"""Failures of the option `strict`, raised at the file and line of the test."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms

_failure: pytest.StashKey[AssertionError] = pytest.StashKey()


def check(item: pytest.Item, fake: FakeDms) -> None:
    """Fail a test that passed if a call was blocked or a fault was never met."""
    from pytest_dmsconn.report import strict

    try:
        strict.check(fake.service)
    except AssertionError as error:
        item.stash[_failure] = error
        _raise(item, error.with_traceback(None))


def describe(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Report a strict failure as its message and the place of the test."""
    if not _is_strict_failure(item, call):
        return
    longrepr: Any = call.excinfo and call.excinfo.getrepr(style="short")
    entry = longrepr.reprtraceback.reprentries[-1]
    entry.lines = str(item.stash[_failure]).splitlines()
    entry.style = "value"  # pytest prints the lines unchanged
    # pytest-rich prints no lines, only this message.
    is_rich = item.config.getoption("rich", default=False)
    entry.reprfileloc.message = "\n".join(entry.lines) if is_rich else "AssertionError"
    report.longrepr = longrepr


def cut_traceback(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Cut the traceback of a strict failure to the place of the test."""
    if not _is_strict_failure(item, call):
        return
    error = item.stash[_failure]
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    call.excinfo = pytest.ExceptionInfo.from_exception(error.with_traceback(traceback))


def has_failed_softly(item: pytest.Item) -> bool:
    """Whether a test has already failed without an exception that reached pytest."""
    # pytest stores failures, skips and expected failures of a TestCase here.
    if getattr(item, "_excinfo", None):
        return True
    pytest_check = sys.modules.get("pytest_check")
    return pytest_check is not None and bool(pytest_check.check.any_failures())


def _is_strict_failure(item: pytest.Item, call: pytest.CallInfo[None]) -> bool:
    error = item.stash.get(_failure, None)
    return error is not None and call.excinfo is not None and call.excinfo.value is error


def _raise(item: pytest.Item, error: AssertionError) -> None:
    """Raise an error from a frame at the definition of the test.

    Reporters read the place of a failure from the innermost frame of its traceback.
    """
    path, line, _ = item.reportinfo()
    code = compile("\n" * (line or 0) + "raise error", os.fspath(path), "exec")
    code = code.replace(co_name=getattr(item, "originalname", None) or item.name)
    exec(code, {"error": error}, dict(getattr(item, "funcargs", {})))  # noqa: S102 - the only way to create such a frame
