"""The AWS SDK for JavaScript against the server, and the example that is written in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn import DmsServer

TESTS = Path(__file__).parents[1] / "javascript"
EXAMPLE = Path(__file__).parents[2] / "examples" / "javascript"

NOT_OURS = shutil.ignore_patterns("node_modules")

NODE = shutil.which("node")
NPM = shutil.which("npm")

pytestmark = pytest.mark.skipif(
    not (NODE and NPM), reason="Node.js is not installed: node and npm are not on the PATH"
)


@pytest.fixture(scope="session")
def with_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node finds the AWS SDK, as the lock file has it."""
    folder = tmp_path_factory.mktemp("javascript")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(TESTS / name, folder)
    run = subprocess.run(
        [str(NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    return folder


def run_tests(folder: Path, environment: dict[str, str]) -> None:
    """Run the tests that a folder has with Node's own runner."""
    run = subprocess.run(
        [str(NODE), "--test", "--test-reporter=spec"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout
    assert "tests 0" not in run.stdout


@pytest.mark.dmsconn(strict=False)  # it calls what the fake does not have, on purpose
@pytest.mark.slow
def test_the_sdk_works_with_the_server(with_sdk: Path, dmsconn_server: DmsServer) -> None:
    folder = with_sdk / "tests"
    shutil.copytree(TESTS, folder, ignore=NOT_OURS, dirs_exist_ok=True)

    run_tests(folder, dmsconn_server.env)


@pytest.mark.slow
def test_the_example_passes_its_tests(with_sdk: Path) -> None:
    folder = with_sdk / "example"
    shutil.copytree(EXAMPLE, folder, ignore=NOT_OURS, dirs_exist_ok=True)

    run_tests(folder, {**os.environ, "PYTHON": sys.executable})


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (TESTS / "package-lock.json").read_text(encoding="utf-8")
