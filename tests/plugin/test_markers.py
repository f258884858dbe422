"""The marker `dmsconn` requests the fixture, as `usefixtures` does."""

from __future__ import annotations

import pytest

HEAD = """
import unittest

import boto3
import pytest

import pytest_dmsconn

"""

IN_FORCE = "assert pytest_dmsconn.current().region == 'eu-west-1'"
MARK = "pytest.mark.dmsconn(region='eu-west-1')"


@pytest.mark.parametrize(
    "tests",
    [
        f"@{MARK}\ndef test(): {IN_FORCE}",
        f"pytestmark = {MARK}\ndef test(): {IN_FORCE}",
        f"@{MARK}\nclass TestIt:\n    def test(self): {IN_FORCE}",
        f"@{MARK}\nclass TestIt(unittest.TestCase):\n    def test(self): {IN_FORCE}",
        f"class TestIt(unittest.TestCase):\n    @{MARK}\n    def test(self): {IN_FORCE}",
        f"@pytest.mark.parametrize('n', [pytest.param(1, marks={MARK})])\ndef test(n): {IN_FORCE}",
    ],
    ids=["function", "module", "class", "TestCase", "method of a TestCase", "parameter"],
)
def test_marker_requests_the_fixture(suite: pytest.Pytester, tests: str) -> None:
    suite.makepyfile(HEAD + tests)
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_marker_of_a_parameter_applies_to_it_only(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        HEAD
        + f"""
@pytest.mark.parametrize("n", [0, pytest.param(1, marks={MARK}), 2])
def test(n, request):
    assert ("dmsconn" in request.fixturenames) is (n == 1)
"""
    )
    suite.runpytest_inprocess().assert_outcomes(passed=3)


def test_fixture_is_set_up_in_the_order_of_usefixtures(suite: pytest.Pytester) -> None:
    fixtures = """
@pytest.fixture(scope="session")
def wide(): order.append("wide")

@pytest.fixture(autouse=True)
def first(): order.append("autouse")

@pytest.fixture
def own(): order.append(f"own, in {pytest_dmsconn.current().region}")
"""
    suite.makepyfile(
        HEAD
        + "order = []\n"
        + fixtures
        + f"""
@{MARK}
def test(wide, own):
    assert order == ["wide", "autouse", "own, in eu-west-1"]
"""
    )
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_strict_applies_to_a_test_with_the_marker_only(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        HEAD
        + """
@pytest.mark.dmsconn
def test():
    try:
        boto3.client("s3").list_buckets()
    except Exception:
        pass
"""
    )
    suite.runpytest_inprocess().assert_outcomes(failed=1)


def test_other_plugins_see_the_fixture_among_those_of_the_test(suite: pytest.Pytester) -> None:
    suite.makeconftest("""
        def pytest_itemcollected(item):
            assert "dmsconn" in item.fixturenames
    """)
    suite.makepyfile(HEAD + "@pytest.mark.dmsconn\ndef test(): pass")
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_ini_error_is_reported_once(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_region = nowhere\n")
    suite.makepyfile("def test_one(dmsconn): pass\ndef test_two(dmsconn): pass")
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.str().count("region='nowhere' is not an AWS region") == 1
