"""The option `strict` fails a passed test with blocked calls."""

from __future__ import annotations

import contextlib
import inspect
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.async_plugins import EACH_ASYNC_PLUGIN, run_async

from pytest_dmsconn import BlockedAwsCall, FakeDms, mock_dms

BLOCKED = """Blocked: s3 ListBuckets to s3.amazonaws.com, at {line}
Answer blocked calls with moto's mock_aws, or allow them with block_aws=False.
The option strict=False lets such a test pass."""

SWALLOW = """
import unittest

import boto3
import pytest

from pytest_dmsconn import mock_dms


def swallow():
    try:
        boto3.client("s3").list_buckets()
    except Exception:
        pass


"""


MADE_AT = SWALLOW.splitlines().index('        boto3.client("s3").list_buckets()')


def swallow() -> None:
    with contextlib.suppress(BlockedAwsCall):
        boto3.client("s3").list_buckets()


def run(suite: pytest.Pytester, tests: str, *arguments: str) -> dict[str, int]:
    """Run tests, and return how many ended how."""
    suite.makepyfile(SWALLOW + tests)
    result = suite.runpytest_inprocess(*arguments)
    return {name: count for name, count in result.parseoutcomes().items() if name != "warnings"}


def test_swallowed_call_fails_the_test_with_a_reason(suite: pytest.Pytester) -> None:
    suite.makepyfile(SWALLOW + "def test(dmsconn): swallow()")
    result = suite.runpytest_inprocess()
    assert result.parseoutcomes() == {"failed": 1}
    line = f"test_swallowed_call_fails_the_test_with_a_reason.py:{MADE_AT}"
    result.stdout.fnmatch_lines(BLOCKED.format(line=line).splitlines(), consecutive=True)


@pytest.mark.parametrize(
    ("tests", "outcomes"),
    [
        ("def test(dmsconn): swallow(); pytest.skip()", {"skipped": 1}),
        ("def test(dmsconn): swallow(); pytest.xfail()", {"xfailed": 1}),
        ("@pytest.mark.xfail\ndef test(dmsconn): swallow(); assert False", {"xfailed": 1}),
        ("@pytest.mark.xfail\ndef test(dmsconn): swallow()", {"xfailed": 1}),
        ("@pytest.mark.dmsconn(strict=False)\ndef test(dmsconn): swallow()", {"passed": 1}),
        ("def test(dmsconn): swallow(); dmsconn.reset()", {"passed": 1}),
        ("def test(dmsconn): pass", {"passed": 1}),
    ],
    ids=["skipped", "xfail()", "xfailed", "expected", "not strict", "reset", "no call"],
)
def test_strict_keeps_other_outcomes(
    suite: pytest.Pytester, tests: str, outcomes: dict[str, int]
) -> None:
    assert run(suite, tests) == outcomes


def test_failed_test_keeps_its_own_failure(suite: pytest.Pytester) -> None:
    suite.makepyfile(SWALLOW + "def test(dmsconn): swallow(); assert 1 == 2")
    result = suite.runpytest_inprocess()
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.no_fnmatch_line("Blocked: *")


def test_strict_can_be_switched_off_in_the_ini_file(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_strict = false\n")
    assert run(suite, "def test(dmsconn): swallow()") == {"passed": 1}


FIXTURES = """
@pytest.fixture
def before(dmsconn):
    swallow()

@pytest.fixture
def after(dmsconn):
    yield
    swallow()

"""


def test_strict_checks_the_setup_and_not_the_teardown(suite: pytest.Pytester) -> None:
    assert run(suite, FIXTURES + "def test(before): pass") == {"failed": 1}
    assert run(suite, FIXTURES + "def test(after): pass") == {"passed": 1}


CASE = """
class TestCleanup(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _dms(self, dmsconn):
        self.dms = dmsconn

    def test_swallows(self):
        swallow()

    def test_passes(self):
        boto3.client("dms").delete_connection(**self.dms.add_connection().arns)

    def test_fails(self):
        swallow()
        self.fail("its own")

    def test_skips(self):
        swallow()
        self.skipTest("its own")

    @unittest.expectedFailure
    def test_is_expected_to_fail(self):
        swallow()
        self.fail("its own")
"""


def test_test_case_fails_as_a_function_does(suite: pytest.Pytester) -> None:
    suite.makepyfile(SWALLOW + CASE)
    result = suite.runpytest_inprocess()
    assert result.parseoutcomes() == {"failed": 2, "passed": 1, "skipped": 1, "xfailed": 1}
    result.stdout.fnmatch_lines_random(
        [
            "E  *AssertionError: its own",
            "Blocked: s3 ListBuckets to s3.amazonaws.com, at *",
        ]
    )


@EACH_ASYNC_PLUGIN
def test_async_test_fails_as_a_function_does(
    suite: pytest.Pytester, plugin: str, mark: str
) -> None:
    tests = f"@pytest.mark.{mark}\nasync def test(dmsconn): swallow()"
    service = "\n\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'"
    suite.makepyfile(SWALLOW + tests + service)
    result = run_async(suite, plugin)
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["Blocked: s3 ListBuckets to s3.amazonaws.com, at *"])


def test_rerun_ignores_earlier_runs(suite: pytest.Pytester) -> None:
    tests = """
attempts = []

def test(dmsconn):
    attempts.append(1)
    if len(attempts) == 1:
        swallow()
"""
    outcomes = run(suite, tests, "-p", "pytest_rerunfailures", "--reruns", "1")
    assert outcomes == {"passed": 1, "rerun": 1}


def test_mock_dms_raises_on_leaving() -> None:
    with pytest.raises(AssertionError) as raised, mock_dms():
        swallow()
    made_at = inspect.getsourcelines(swallow)[1] + 2
    line = f"{Path(__file__).relative_to(Path.cwd())}:{made_at}"
    assert str(raised.value) == BLOCKED.format(line=line)


def test_mock_dms_keeps_an_exception_of_its_block() -> None:
    @mock_dms
    def program() -> None:
        swallow()
        raise KeyError

    with pytest.raises(KeyError):
        program()


def test_mock_dms_raises_nothing_if_it_is_not_strict() -> None:
    with mock_dms(strict=False):
        swallow()


def test_decorated_function_raises_at_its_end() -> None:
    @mock_dms
    def program() -> None:
        swallow()

    with pytest.raises(AssertionError, match="s3 ListBuckets"):
        program()


def test_fixture_with_mock_dms_is_checked_at_its_end(suite: pytest.Pytester) -> None:
    tests = """
@pytest.fixture(scope="module")
def dms():
    with mock_dms() as dms:
        yield dms

def test(dms): swallow()
"""
    assert run(suite, tests) == {"passed": 1, "errors": 1}


def test_blocked_call_counts_for_the_newest_fake_only(dmsconn: FakeDms) -> None:
    inner: Any = mock_dms()
    with pytest.raises(AssertionError), inner:
        swallow()
    assert dmsconn.service.blocked == []
