"""The plugin in pytest: its descriptions, its fixtures, and what it imports."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.async_plugins import EACH_ASYNC_PLUGIN, run_async

from pytest_dmsconn.options import Options

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

OPTIONS = [field.name for field in fields(Options)]
PASSING = """
import boto3
import pytest

def test_delete(dmsconn):
    connection = dmsconn.add_connection()
    boto3.client("dms").delete_connection(**connection.arns)
    dmsconn.assert_only_deleted(connection)
"""


@pytest.mark.parametrize("name", ["dmsconn", "dms_client", "dmsconn_server"])
def test_fixtures_are_described(suite: pytest.Pytester, name: str) -> None:
    lines = suite.runpytest_inprocess("--fixtures").outlines
    [index] = [index for index, line in enumerate(lines) if line.split(" ")[0] == name]
    assert re.search("fake( of AWS)? DMS", lines[index + 1])


def test_marker_is_described_with_all_its_options(suite: pytest.Pytester) -> None:
    keywords = ", ".join(f"{name}=..." for name in OPTIONS)
    result = suite.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(
        [f"@pytest.mark.dmsconn({keywords}): options of the fake DMS that the fixture 'dmsconn' *"]
    )


@pytest.mark.parametrize("name", OPTIONS)
def test_ini_options_are_described(suite: pytest.Pytester, name: str) -> None:
    result = suite.runpytest_inprocess("--help")
    result.stdout.fnmatch_lines([f"  dmsconn_{name} (*):*", "* Fake DMS: *"], consecutive=False)


def test_plugin_is_an_entry_point_of_pytest() -> None:
    found = [one for one in entry_points(group="pytest11") if one.name == "dmsconn"]
    if not found:
        pytest.skip("the package is on the path, not installed")
    assert [one.value for one in found] == ["pytest_dmsconn.plugin"]


@pytest.mark.slow
def test_plugin_can_be_switched_off(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_PLUGINS", raising=False)
    pytester.makepyfile(PASSING + "\ndef test_other(): pass\n")
    result = pytester.runpytest_subprocess("-p", "no:dmsconn")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'dmsconn' not found*"])


def test_mock_dms_works_without_the_plugin(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_PLUGINS")
    suite.makepyfile("""
        import boto3
        from pytest_dmsconn import mock_dms

        def test():
            with mock_dms() as dms:
                boto3.client("dms").delete_connection(**dms.add_connection().arns)
            assert len(dms.deletions) == 1
    """)
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_suite_that_does_not_use_the_plugin_imports_nothing_heavy(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import sys

        def test(monkeypatch):
            heavy = {"botocore", "boto3", "requests", "responses", "aiobotocore", "moto"}
            assert "pytest_dmsconn.plugin" in sys.modules
            assert not heavy & sys.modules.keys()

        def test_that_fails():
            assert False
    """)
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*Fake DMS*")


def test_names_of_the_package_are_loaded_on_first_use(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import sys
        import pytest
        import pytest_dmsconn

        def test():
            assert "FakeDms" in dir(pytest_dmsconn)
            assert "botocore" not in sys.modules
            assert pytest_dmsconn.UsageError
            assert "botocore" not in sys.modules
            for name in pytest_dmsconn.__all__:
                assert getattr(pytest_dmsconn, name)
            with pytest.raises(AttributeError, match="no attribute 'fake_dms'"):
                pytest_dmsconn.fake_dms
    """)
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_marker_is_known_under_strict_markers(suite: pytest.Pytester) -> None:
    suite.makepyfile(PASSING + "pytestmark = pytest.mark.dmsconn(region='eu-west-1')\n")
    suite.runpytest_inprocess("--strict-markers", "--strict-config").assert_outcomes(passed=1)


@pytest.mark.slow
def test_parallel_workers_have_their_own_fakes(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        PASSING + "@pytest.mark.parametrize('number', range(4))\n"
        "def test_one(dmsconn, number):\n"
        "    assert dmsconn.connections == ()\n"
        "    test_delete(dmsconn)\n"
        "def test_failing(dmsconn):\n"
        "    test_delete(dmsconn)\n"
        "    assert False\n"
    )
    result = suite.runpytest_subprocess("-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*Fake DMS (call)*", "*DeleteConnection*"])


ORDERED = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_one(dmsconn, number):
    print(f"seeded {number}:", dmsconn.add_connection().endpoint_arn, dmsconn.add_endpoint().arn)
"""


def test_same_test_generates_the_same_values_in_any_order(suite: pytest.Pytester) -> None:
    suite.makepyfile(ORDERED)
    seeded = []
    orders = []
    for seed in ("1", "2"):
        arguments = ("-s", "-p", "pytest_randomly", "-p", "no:cacheprovider")
        result = suite.runpytest_inprocess(*arguments, f"--randomly-seed={seed}")
        result.assert_outcomes(passed=4)
        lines = [line[line.index("seeded") :] for line in result.outlines if "seeded" in line]
        orders.append(lines)
        seeded.append(sorted(lines))
    assert orders[0] != orders[1]
    assert seeded[0] == seeded[1]


@EACH_ASYNC_PLUGIN
def test_async_tests_and_fixtures_use_it(suite: pytest.Pytester, plugin: str, mark: str) -> None:
    fixture = "pytest_asyncio.fixture" if mark == "asyncio" else "pytest.fixture"
    suite.makepyfile(f"""
        import asyncio, boto3, pytest, pytest_asyncio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @{fixture}
        async def stale(dmsconn, dms_client):
            yield dmsconn.add_connection(status="failed")
            assert len(dmsconn.deletions) == 1

        @pytest.mark.{mark}
        @pytest.mark.dmsconn(region="eu-west-1")
        async def test(stale, dmsconn):
            delete = boto3.client("dms").delete_connection
            await asyncio.get_running_loop().run_in_executor(None, lambda: delete(**stale.arns))
            dmsconn.assert_only_deleted(stale)
            assert stale.region == "eu-west-1"
    """)
    run_async(suite, plugin).assert_outcomes(passed=1)


def test_test_case_uses_it_through_an_autouse_fixture(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import unittest, boto3, pytest

        @pytest.mark.dmsconn(region="eu-west-1")
        class TestCleanup(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _dms(self, dmsconn):
                self.dms = dmsconn

            def setUp(self):
                self.stale = self.dms.add_connection(status="failed")

            def tearDown(self):
                assert self.dms.calls

            def test_delete(self):
                boto3.client("dms").delete_connection(**self.stale.arns)
                self.dms.assert_only_deleted(self.stale)
                self.assertEqual(self.stale.region, "eu-west-1")

            @pytest.mark.dmsconn(region="eu-west-2")
            def test_region(self):
                self.assertEqual(self.stale.region, "eu-west-2")
                boto3.client("dms").describe_connections()
    """)
    suite.runpytest_inprocess().assert_outcomes(passed=2)


def test_fixture_can_be_extended_by_one_of_the_same_name(suite: pytest.Pytester) -> None:
    suite.makeconftest("""
        import pytest

        @pytest.fixture
        def dmsconn(dmsconn):
            dmsconn.add_connections(3)
            return dmsconn
    """)
    suite.makepyfile("def test(dmsconn): assert len(dmsconn.connections) == 3")
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_fixture_can_be_requested_during_the_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        PASSING + "def test_late(request): test_delete(request.getfixturevalue('dmsconn'))"
    )
    suite.runpytest_inprocess().assert_outcomes(passed=2)


def test_fixture_of_a_wider_scope_cannot_request_it(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        @pytest.fixture(scope="module")
        def wide(dmsconn):
            pass

        def test(wide):
            pass
    """)
    result = suite.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*"])


def test_each_test_has_its_own_fake(suite: pytest.Pytester) -> None:
    suite.makepyfile(PASSING + "test_again = test_delete\n")
    suite.runpytest_inprocess().assert_outcomes(passed=2)


def test_dms_client_is_in_the_region_of_the_fake(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        @pytest.mark.dmsconn(region="eu-west-1")
        def test(dms_client):
            assert dms_client.meta.region_name == "eu-west-1"
            assert dms_client.meta.service_model.service_name == "dms"
            assert dms_client.describe_connections()["Connections"] == []
    """)
    suite.runpytest_inprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_changes_to_dms_client_end_with_the_test(
    dms_client: Any, dmsconn: FakeDms, attempt: str
) -> None:
    seen: list[str] = []
    dms_client.describe_connections()
    assert dmsconn.calls[0].region == "us-east-1"
    assert not hasattr(dms_client, "touched_by")
    dms_client.touched_by = attempt
    dms_client.meta.events.register("before-call", lambda **_: seen.append(attempt))
    other = boto3.client("dms")
    other.describe_connections()
    assert seen == []
