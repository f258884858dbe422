"""The hooks of pytest."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn.interception import test_state
from pytest_dmsconn.plugin import ini, markers
from pytest_dmsconn.plugin.fixtures import fake_key
from pytest_dmsconn.report import sections

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pytest_dmsconn.fake.fake_dms import FakeDms

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
    ini.register(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and check the ini options."""
    markers.register(config)
    ini.read(config)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker `dmsconn` bring in the fixture, before other plugins look at fixture names."""
    markers.request_fixture(item)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Tell fakes of the test's `monkeypatch`: what is edited through it is undone as they end."""
    value = yield
    if fixturedef.argname == "monkeypatch" and isinstance(value, pytest.MonkeyPatch):
        test_state.monkeypatch = value
        fixturedef.addfinalizer(_before_monkeypatch_undoes)
    return value


def _before_monkeypatch_undoes() -> None:
    if _fakes_in_force():
        from pytest_dmsconn.interception.mock_dms import suspend

        suspend()


def pytest_fixture_post_finalizer(fixturedef: pytest.FixtureDef[Any]) -> None:
    """Re-apply fakes that outlive `monkeypatch`."""
    if fixturedef.argname == "monkeypatch" and test_state.monkeypatch is not None:
        if _fakes_in_force():
            from pytest_dmsconn.interception.mock_dms import reapply

            reapply()
        test_state.monkeypatch = None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep the fakes that end during the test, for its report.

    Import and read what a fake needs before a fixture such as pyfakefs hides the files.
    """
    test_state.ended_fakes = []
    sections.shown = True
    fixtures = getattr(item, "fixturenames", ())
    if "dmsconn" in fixtures:
        from pytest_dmsconn.interception.mock_dms import prepare

        prepare(of_clients="dms_client" in fixtures)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let the option `strict` fail a test that passed: the test itself, not its teardown."""
    outcome = yield
    fake = item.stash.get(fake_key, None)
    # A TestCase keeps its own failures and skips here, and raises none of them.
    if fake is not None and not getattr(item, "_excinfo", None):
        from pytest_dmsconn.report import strict

        strict.check(fake.service)
    return outcome


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what happened to the fakes in the report of a failed test."""
    report = yield
    if report.failed:
        for fake in [*_fakes_in_force(), *(test_state.ended_fakes or ())]:
            report.sections.append((f"Fake DMS ({report.when})", fake.story()))
    if call.when == "teardown":
        test_state.ended_fakes = None
        sections.shown = False
    return report


def _fakes_in_force() -> Sequence[FakeDms]:
    """Return all fakes, found without an import: there is none where the stack is not imported."""
    stack = sys.modules.get("pytest_dmsconn.interception.stack")
    return stack.fakes if stack else []
