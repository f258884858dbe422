"""Strict failures and stories in the reports of pytest and of other reporters."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = """\
import contextlib

import boto3
import pytest


def swallow():
    with contextlib.suppress(Exception):
        boto3.client("s3").list_buckets()


def test_swallows(dmsconn):
    dmsconn.add_connection(endpoint_identifier="orders")
    swallow()


def test_fails(dmsconn):
    dmsconn.add_connection(endpoint_identifier="orders")
    assert dmsconn.connections == ()
"""
DEFINED_AT = 1 + TESTS.splitlines().index("def test_swallows(dmsconn):")
MADE_AT = 1 + TESTS.splitlines().index('        boto3.client("s3").list_buckets()')
PROBLEM = "Blocked: s3 ListBuckets to s3.amazonaws.com"
INSIDES = ("pluggy/", "pytest_dmsconn/", "pytest_dmsconn\\", "All traceback entries are hidden")


def run(suite: pytest.Pytester, *arguments: str, name: str = "test_swallows") -> str:
    """Run one test in a process of its own, and return what it prints."""
    suite.makepyfile(test_it=TESTS)
    result = suite.runpytest_subprocess(f"test_it.py::{name}", *arguments)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    return result.stdout.str()


def assert_in_its_place(text: str) -> None:
    assert PROBLEM in text
    assert re.search(rf"test_it\.py\W+{DEFINED_AT}\b", text)
    assert not [inside for inside in INSIDES if inside in text]


@pytest.mark.parametrize("style", ["long", "short", "line", "native", "auto"])
def test_strict_failure_has_its_place_in_every_style(suite: pytest.Pytester, style: str) -> None:
    assert_in_its_place(run(suite, f"--tb={style}"))


def test_strict_failure_prints_its_message_and_its_place(suite: pytest.Pytester) -> None:
    printed = run(suite)
    begin, end = printed.index("_ test_swallows _"), printed.index(" Fake DMS (call) ")
    _, *lines, _ = printed[begin:end].splitlines()
    assert [line for line in lines if line] == [
        f"Blocked: s3 ListBuckets to s3.amazonaws.com, at test_it.py:{MADE_AT}",
        "Answer blocked calls with moto's mock_aws, or allow them with block_aws=False.",
        "The option strict=False lets such a test pass.",
        f"test_it.py:{DEFINED_AT}: AssertionError",
    ]


def test_summary_names_what_is_wrong(suite: pytest.Pytester) -> None:
    printed = run(suite, "--tb=no")
    assert "test_it.py::test_swallows - AssertionError: Blocked: s3 ListBuckets to" in printed


def test_strict_is_checked_again_after_a_rerun(suite: pytest.Pytester) -> None:
    printed = run(suite, "-p", "pytest_rerunfailures", "--reruns", "1")
    assert "1 failed, 1 rerun" in printed


def junit_xml(suite: pytest.Pytester, name: str) -> str:
    run(suite, "--junit-xml=report.xml", name=name)
    failure = ET.parse(suite.path / "report.xml").find(".//failure")  # noqa: S314 - pytest's own
    assert failure is not None
    return f"{failure.get('message')}\n{failure.text}"


def pytest_html(suite: pytest.Pytester, name: str) -> str:
    pytest.importorskip("pytest_html")
    plugins = ("-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin")
    run(suite, *plugins, "--html=report.html", name=name)
    page = (suite.path / "report.html").read_text(encoding="utf-8")
    logs = re.findall(r"&#34;log&#34;: &#34;(.*?)&#34;,", page)
    return "\n".join(logs)


def pytest_json_report(suite: pytest.Pytester, name: str) -> str:
    pytest.importorskip("pytest_jsonreport")
    plugins = ("-p", "pytest_metadata.plugin", "-p", "pytest_jsonreport.plugin")
    run(suite, *plugins, "--json-report", name=name)
    call = json.loads((suite.path / ".report.json").read_text())["tests"][0]["call"]
    assert call["crash"]["path"] == str(suite.path / "test_it.py")
    return f"test_it.py:{call['crash']['lineno']}\n{call['longrepr']}"


def pytest_rich(suite: pytest.Pytester, name: str) -> str:
    pytest.importorskip("pytest_rich")
    return run(suite, "-p", "pytest_rich.plugin", "--rich", name=name)


def pytest_sugar(suite: pytest.Pytester, name: str) -> str:
    pytest.importorskip("pytest_sugar")
    return run(suite, "-p", "pytest_sugar", name=name)


def allure(suite: pytest.Pytester, name: str) -> str:
    pytest.importorskip("allure_pytest")
    run(suite, "-p", "allure_pytest.plugin", "--alluredir=allure", name=name)
    (result,) = (suite.path / "allure").glob("*-result.json")
    details = json.loads(result.read_text())["statusDetails"]
    return f"{details['message']}\n{details['trace']}"


every_reporter = pytest.mark.parametrize(
    "report_of",
    [junit_xml, pytest_html, pytest_json_report, pytest_rich, pytest_sugar, allure],
)


@pytest.mark.slow
@every_reporter
def test_strict_failure_has_its_place_in_every_reporter(
    suite: pytest.Pytester, report_of: Callable[[pytest.Pytester, str], str]
) -> None:
    assert_in_its_place(report_of(suite, "test_swallows"))


@pytest.mark.slow
@every_reporter
@pytest.mark.parametrize("name", ["test_swallows", "test_fails"])
def test_every_reporter_has_the_story(
    suite: pytest.Pytester, report_of: Callable[[pytest.Pytester, str], str], name: str
) -> None:
    report = report_of(suite, name)
    assert report.count("Fake DMS (call)") == 1
    assert "orders @" in report
