"""docs/how-it-works.md names the files of a call and of the fixture, in order of first visit."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.documentation import DOCS

if TYPE_CHECKING:
    from pathlib import Path


PAGE = DOCS / "how-it-works.md"

TRACE = """
import sys
from pathlib import Path

import pytest_dmsconn

ROOT = Path(pytest_dmsconn.__file__).parent
visited = []

def note(frame, event, _):
    file = Path(frame.f_code.co_filename)
    if event == "call" and ROOT in file.parents:
        name = file.relative_to(ROOT).as_posix()
        if name not in visited:
            visited.append(name)
"""

DELETE = """
import boto3

with pytest_dmsconn.mock_dms() as dms:
    client = boto3.client("dms")
    cold, warm = [connection.arns for connection in dms.add_connections(2)]
    client.delete_connection(**cold)
    sys.setprofile(note)
    client.delete_connection(**warm)
    sys.setprofile(None)
print(*visited)
"""

CONFTEST = """
import pytest

def traced(item):
    sys.setprofile(note if item.name == "test_warm" else None)
    try:
        return (yield)
    finally:
        sys.setprofile(None)

pytest_runtest_setup = pytest.hookimpl(wrapper=True, tryfirst=True)(traced)

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    return (yield from traced(item))

def pytest_unconfigure():
    print("visited", *visited)
"""


def numbered_files_under(heading: str) -> list[str]:
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    return re.findall(r"^\d+\. `([\w/]+\.py)`", section.partition("\n## ")[0], flags=re.MULTILINE)


def test_road_of_a_request_is_the_one_on_the_page(tmp_path: Path) -> None:
    script = tmp_path / "delete.py"
    script.write_text(TRACE + DELETE, encoding="utf-8")

    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)

    visited = run.stdout.split()
    assert visited == numbered_files_under("The path of a request")
    assert len(visited) <= 10


@pytest.mark.slow
def test_road_of_the_fixture_is_the_one_on_the_page(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TRACE + CONFTEST)
    pytester.makepyfile("def test_cold(dmsconn): pass\n\ndef test_warm(dmsconn): pass")

    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:xdist")

    result.assert_outcomes(passed=2)
    visited = next(line.split()[1:] for line in result.outlines if line.startswith("visited "))
    assert visited == numbered_files_under("Set-up and teardown of the fixture")
    assert len(visited) <= 8
