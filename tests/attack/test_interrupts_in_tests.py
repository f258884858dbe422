"""An interrupt in a fixture, or in a fake that a test still holds, leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.attack

CONFTEST = """
import os
import sys

import pytest
from support import snapshots

from pytest_dmsconn import mock_dms

PACKAGE = os.sep + "pytest_dmsconn" + os.sep
left = 0
state_before = None
problems = []
interrupted = 0


def trace(frame, event, _):
    global left, interrupted
    if PACKAGE not in frame.f_code.co_filename:
        return None
    if event == "line":
        left -= 1
        if left == 0:
            interrupted += 1
            pytest.fail("interrupted", pytrace=False)  # as pytest-timeout does
    return trace


def traced(item, when):
    before = sys.gettrace()
    if item.get_closest_marker("interrupt").args == (when,):
        sys.settrace(trace)
    try:
        return (yield)
    finally:
        sys.settrace(before)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item):
    return (yield from traced(item, "fixture"))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item):
    return (yield from traced(item, "call"))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item):
    return (yield from traced(item, "fixture"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    global left
    left = item.callspec.params["number"]
    yield
    # pytest keeps the finalizers of a fixture if an interrupt ends a hook before its set-up, and
    # each later test with the fixture has an error: "assert not self._finalizers".
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            if definition.cached_result is None:
                definition._finalizers.clear()
    differences = snapshots.left_behind(state_before)
    if differences:
        problems.append(f"{item.name}: {differences}")


def pytest_terminal_summary(terminalreporter):
    for problem in problems:
        terminalreporter.write_line(f"LEFT BEHIND {problem}")
    terminalreporter.write_line(f"interrupted: {interrupted}")


os.environ["AWS_REGION"] = "sa-east-1"
with mock_dms(skip_sleep=True):
    import boto3

    boto3.client("dms")


def pytest_collection_finish():
    global state_before
    state_before = snapshots.take()
"""

TESTS = """
import pytest

from pytest_dmsconn import mock_dms

held = []
numbers = pytest.mark.parametrize("number", range(1, 501))


@numbers
@pytest.mark.interrupt("fixture")
@pytest.mark.dmsconn(skip_sleep=True)
def test_fixture(number, monkeypatch, dmsconn):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")


@numbers
@pytest.mark.interrupt("call")
def test_manual(number):
    held.append(mock_dms(skip_sleep=True))
    held[-1].__enter__()
    held[-1].__exit__(None, None, None)


@numbers
@pytest.mark.interrupt("call")
def test_manual_twice(number):
    held.append(mock_dms())
    try:
        held[-1].__enter__()
    except BaseException:
        with held[-1]:  # UsageError if it is still active
            pass
        raise
    held[-1].__exit__(None, None, None)
"""


def test_an_interrupt_at_any_line_leaves_nothing_behind_after_the_test(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    suite.makeini("[pytest]\nmarkers = interrupt")
    suite.makeconftest(CONFTEST)
    suite.makepyfile(TESTS)

    result = suite.runpytest_subprocess("-q", "-p", "no:randomly", "--tb=short")

    assert [line for line in result.outlines if line.startswith("LEFT BEHIND")] == []
    result.stdout.no_fnmatch_line("*UsageError*")
    [interrupted] = [line for line in result.outlines if line.startswith("interrupted: ")]
    assert int(interrupted.removeprefix("interrupted: ")) > 1000
