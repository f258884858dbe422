"""The pytest plugin. pytest loads this package, which has the hooks and the fixtures."""

from __future__ import annotations

import functools
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

import pytest_dmsconn.report
from pytest_dmsconn.interception import stack
from pytest_dmsconn.plugin import options

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from botocore.client import BaseClient

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.entering import StackEntry
    from pytest_dmsconn.interception.environment import AwsEnvironment
    from pytest_dmsconn.server.dms_server import DmsServer
    from pytest_dmsconn.server.http_server import LoopbackServer

MAX_ENDED = 3
"""The number of ended fakes that are kept for the report of a test."""

_running: pytest.StashKey[stack.RunningTest] = pytest.StashKey()
"""The state of a test, from the set-up of its first function-scoped fixture."""

_failed_before: pytest.StashKey[bool] = pytest.StashKey()
"""Whether a part of the test, such as a subtest, was reported as failed."""

_fake: pytest.StashKey[FakeDms] = pytest.StashKey()
"""The fake of the fixture `dmsconn` of a test, while it is active."""


@pytest.fixture
def dmsconn(request: pytest.FixtureRequest) -> Iterator[FakeDms]:
    """A fake of AWS DMS connections (`pytest_dmsconn.FakeDms`), active for the test.

    It answers the DMS connection calls of every botocore client in the process from a registry.
    The test seeds the registry (`dmsconn.add_connection(status="failed")`) and asserts what was
    deleted (`dmsconn.assert_only_deleted(connection)`). Options are given by
    `@pytest.mark.dmsconn(region=...)` or by ini `dmsconn_region`.
    """
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.entering import enter, leave

    fake = FakeDms(options.options_of(request))
    request.node.stash[_fake] = fake
    try:
        enter(fake)
        yield fake
    finally:
        leave(fake)
        del request.node.stash[_fake]


@pytest.fixture
def dms_client(dmsconn: FakeDms) -> Iterator[BaseClient]:
    """A botocore `dms` client in the region of this test's fake DMS (fixture `dmsconn`).

    A test does not see the handlers, the Stubber or the used-up retries of another test.
    """
    from pytest_dmsconn.plugin import client_pool

    pooled = client_pool.borrow(dmsconn)
    yield pooled.client
    client_pool.give_back(pooled, dmsconn)


@pytest.fixture(scope="session")
def _dmsconn_loopback_server() -> Iterator[LoopbackServer]:
    """The server of the session. Starting and stopping it takes longer than most tests."""
    from pytest_dmsconn.server.dms_server import start_server

    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def dmsconn_server(
    _dmsconn_loopback_server: LoopbackServer, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> DmsServer:
    """This test's fake DMS (fixture `dmsconn`) behind a real HTTP server on loopback.

    It is for code in another process or language. Pass `dmsconn_server.env` as the environment of
    the process, or use `dmsconn_server.url`. It needs `pip install 'pytest-dmsconn[server]'`.
    """
    from pytest_dmsconn.server.dms_server import DmsServer, without_proxy

    for name, value in without_proxy().items():
        monkeypatch.setenv(name, value)
    return DmsServer(_dmsconn_loopback_server.url, dmsconn)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
    options.register_ini(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and check the ini options."""
    options.register_marker(config)
    options.read_ini(config)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Add the fixture to a test with the marker `dmsconn`, before other plugins read the names."""
    options.request_fixture(item)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Record the environment before each fixture of a test, and restore it after its teardown."""
    if fixturedef.scope == "function":
        test = _begin_test(request.node)
        environment = sys.modules.get("pytest_dmsconn.interception.environment")
        before = environment.read() if environment else None
        request.node.addfinalizer(functools.partial(_restore, test, before, [*stack.entries]))
        return (yield)
    if stack.running_test is None:
        return (yield)
    stack.running_test.in_wider_fixture = True
    try:
        return (yield)
    finally:
        stack.running_test.in_wider_fixture = False


def _begin_test(item: pytest.Item) -> stack.RunningTest:
    test = item.stash.get(_running, None)
    if test is None:
        outer, test = stack.running_test, stack.RunningTest()
        stack.running_test = item.stash[_running] = test
        # The first finalizer of a test runs last, after all its fixtures are torn down.
        item.addfinalizer(functools.partial(_end_test, item, test, outer))
    return test


def _restore(
    test: stack.RunningTest, before: AwsEnvironment | None, older: list[StackEntry]
) -> None:
    if test.set_by_fakes:
        from pytest_dmsconn.interception.entering import restore

        restore(test, before, older)


def _end_test(item: pytest.Item, test: stack.RunningTest, outer: stack.RunningTest | None) -> None:
    stack.running_test = outer
    del item.stash[_running]
    if test.set_by_fakes:
        from pytest_dmsconn.interception.entering import end_test

        end_test(test)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start to collect ended fakes, and import the modules that the fixtures of the test need.

    The imports happen before a fixture such as pyfakefs hides the files.
    """
    stack.ended_fakes = deque(maxlen=MAX_ENDED)
    if stack.entries:
        from pytest_dmsconn.plugin import report_sections

        report_sections.remember_older_fakes()
    item.stash[_failed_before] = False
    pytest_dmsconn.report.is_story_in_section = True
    fixtures = getattr(item, "fixturenames", ())
    if "dmsconn" in fixtures:
        from pytest_dmsconn.interception.entering import prepare

        prepare(of_clients="dms_client" in fixtures)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Check the option `strict` after a test that passed, so that the test itself fails."""
    _begin_test(item)
    outcome = yield
    fake = item.stash.get(_fake, None)
    if fake is not None and not item.stash.get(_failed_before, False):
        from pytest_dmsconn.plugin import strict_failure

        if not strict_failure.has_failed_softly(item):
            strict_failure.check(item, fake)
    return outcome


# Innermost, because other plugins copy the report that they get.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the stories of the fakes to the report of a failed test."""
    if call.excinfo is None and not stack.entries and not stack.ended_fakes:
        report = yield  # a test without a fake imports nothing
    else:
        report = yield from _make_report(item, call)
    if call.when == "teardown":
        pytest_dmsconn.report.is_story_in_section = False
        stack.ended_fakes = None
    return report


def _make_report(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    from pytest_dmsconn.plugin import report_sections, strict_failure

    strict_failure.cut_traceback(item, call)
    if call.excinfo is not None or strict_failure.has_failed_softly(item):
        report_sections.hide_plugin_frames(call)
    report = yield
    strict_failure.describe(item, call, report)
    # pytest marks the report of a passing strict xfail as failed only later.
    if report.failed or (call.when == "call" and item.get_closest_marker("xfail")):
        report_sections.add_stories(item, report, item.stash.get(_fake, None))
        item.stash[_failed_before] = True  # a subtest is reported while its test runs
    if call.when == "teardown":
        report_sections.end_test()
    return report
