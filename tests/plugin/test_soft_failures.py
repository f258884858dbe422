"""Failures without an exception beside the option `strict`, and pdb."""

from __future__ import annotations

import subprocess
import sys

import pytest

SWALLOW = """
import boto3

def swallow():
    try:
        boto3.client("s3").list_buckets()
    except Exception:
        pass

"""


@pytest.mark.parametrize(
    ("module", "plugin", "test"),
    [
        (
            "_pytest.subtests",
            "subtests",
            """
def test(dmsconn, subtests):
    swallow()
    with subtests.test():
        assert 1 == 2
""",
        ),
        (
            "pytest_check",
            "pytest_check.plugin",
            """
from pytest_check import check

def test(dmsconn):
    swallow()
    with check:
        assert 1 == 2
""",
        ),
    ],
    ids=["subtests", "pytest-check"],
)
def test_strict_ignores_a_test_with_soft_failures(
    suite: pytest.Pytester, module: str, plugin: str, test: str
) -> None:
    pytest.importorskip(module)
    suite.makepyfile(SWALLOW + test)
    result = suite.runpytest_subprocess("-p", plugin)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*assert 1 == 2*"])
    result.stdout.no_fnmatch_line("*Blocked: *")


@pytest.mark.parametrize(
    "test",
    [
        "dmsconn.assert_deleted(dmsconn.add_connection())",
        "dmsconn.add_connection(status='nonsense')",
    ],
)
def test_pdb_stops_in_the_test(suite: pytest.Pytester, test: str) -> None:
    suite.makepyfile(test_it=f"def test(dmsconn):\n    {test}\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--pdb"],
        input="l .\nq\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=suite.path,
        check=False,
    )
    assert f"test_it.py(2)test()\n-> {test}" in result.stdout
