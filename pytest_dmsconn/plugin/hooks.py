"""pytest: options, markers, fixtures, and the report of a failed test. Nothing else knows it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

import pytest

from pytest_dmsconn.interception import test_state

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from botocore.client import BaseClient

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.server.dms_server import DmsServer
    from pytest_dmsconn.server.http_server import LoopbackServer

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

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
    "test_result": ("string", "what a TestConnection ends in: successful or failed (successful)"),
    "unmatched_filters": (
        "string",
        "what filters that select nothing are answered with: fault or empty (fault)",
    ),
    "seed": ("string", "JSON file to start with, relative to the ini file"),
    "strict": (
        "bool",
        "fail a passed test in which a call to AWS was blocked or an injected fault not met (true)",
    ),
    "block_aws": ("bool", "block calls to AWS that nothing answers (true)"),
    "skip_sleep": ("bool", "let time.sleep and asyncio.sleep advance virtual time (false)"),
}

_fake_of: pytest.StashKey[FakeDms] = pytest.StashKey()
"""The fake of a test's fixture `dmsconn`, while it is in force."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
    for name, (kind, words) in INI_OPTIONS.items():
        parser.addini(f"dmsconn_{name}", f"Fake DMS: {words}.", type=kind, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"dmsconn({', '.join(f'{name}=...' for name in INI_OPTIONS)}): options of the fake DMS "
        "that the fixture 'dmsconn' sets up for this test; keywords only, the marker closest to "
        "the test wins, option by option, before the ini options of the same names.",
    )


@pytest.fixture
def dmsconn(request: pytest.FixtureRequest) -> Iterator[FakeDms]:
    """A fake of AWS DMS connections (`pytest_dmsconn.FakeDms`), in force for the test.

    Whatever botocore client the code under test uses, its DMS connection calls are answered from
    a registry that the test seeds (`dmsconn.add_connection(status="failed")`) and looks at
    (`dmsconn.assert_only_deleted(connection)`). Options: `@pytest.mark.dmsconn(region=...)`, or
    ini `dmsconn_region`.
    """
    from pytest_dmsconn.interception.mock_dms import enter, leave
    from pytest_dmsconn.plugin.markers import options_of

    fake = enter(options_of(request))
    try:
        request.node.stash[_fake_of] = fake
        yield fake
    finally:
        del request.node.stash[_fake_of]
        leave(fake)


@pytest.fixture
def dms_client(dmsconn: FakeDms) -> Iterator[BaseClient]:
    """A botocore `dms` client in the region of the fake DMS (fixture `dmsconn`) of this test.

    It is the test's own: handlers, a Stubber or used-up retries are not seen by another test.
    """
    from pytest_dmsconn.plugin import client_pool

    taken = client_pool.take(dmsconn)
    yield taken.client
    client_pool.give_back(taken, dmsconn)


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
    """Let fakes that are still in force come back after `monkeypatch` has undone its edits."""
    if fixturedef.argname == "monkeypatch" and test_state.monkeypatch is not None:
        if _fakes_in_force():
            from pytest_dmsconn.interception.mock_dms import reapply

            reapply()
        test_state.monkeypatch = None


@pytest.fixture(scope="session")
def _dmsconn_loopback_server() -> Iterator[LoopbackServer]:
    """The one server of the session: starting and stopping it takes longer than most tests."""
    from pytest_dmsconn.server.dms_server import start_server

    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def dmsconn_server(
    _dmsconn_loopback_server: LoopbackServer, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> DmsServer:
    """The fake DMS (fixture `dmsconn`) of this test behind a real HTTP server on loopback.

    For code that runs in another process or language: hand it `dmsconn_server.env` as its
    environment, or `dmsconn_server.url`. Needs `pip install 'pytest-dmsconn[server]'`.
    """
    from pytest_dmsconn.server.dms_server import DmsServer, without_proxy

    for name, value in without_proxy().items():
        monkeypatch.setenv(name, value)
    return DmsServer(_dmsconn_loopback_server.url, dmsconn)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep the fakes that end during the test, for its report.

    And import and read what a fake takes before a fixture hides the files, as pyfakefs does: it
    also forgets what was imported in the meantime, and there would be two of everything.
    """
    test_state.ended_fakes = []
    fixtures = getattr(item, "fixturenames", ())
    if "dmsconn" in fixtures:
        from pytest_dmsconn.interception.mock_dms import prepare
        from pytest_dmsconn.plugin import markers  # noqa: F401 - the fixture will need it

        prepare(of_clients="dms_client" in fixtures)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let the option `strict` fail a test that passed: the test itself, not its teardown."""
    outcome = yield
    fake = item.stash.get(_fake_of, None)
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
    return report


def _fakes_in_force() -> list[FakeDms]:
    """All fakes, found without an import: what is not imported has none."""
    stack = sys.modules.get("pytest_dmsconn.interception.stack")
    return stack.fakes if stack else []
