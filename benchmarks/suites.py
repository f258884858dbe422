"""The time of whole test suites, each in a new pytest process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
TESTS = 1000
PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")

OURS = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_deletes_one_of_three(dmsconn, dms_client, number):
    stale, *healthy = dmsconn.add_connections(3)
    dms_client.delete_connection(**stale.arns)
    dmsconn.assert_only_deleted(stale)
"""

# moto has no DeleteConnection, but deleting an endpoint also deletes its connection.
MOTO = """
import boto3
import moto
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_deletes_one_of_three(number):
    with moto.mock_aws():
        client = boto3.client("dms", region_name="us-east-1")
        instance = client.create_replication_instance(
            ReplicationInstanceIdentifier="main", ReplicationInstanceClass="dms.t3.medium"
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        endpoints = []
        for name in ("stale", "one", "two"):
            endpoint = client.create_endpoint(
                EndpointIdentifier=name, EndpointType="source", EngineName="mysql"
            )["Endpoint"]["EndpointArn"]
            client.test_connection(EndpointArn=endpoint, ReplicationInstanceArn=instance)
            endpoints.append(endpoint)
        client.delete_endpoint(EndpointArn=endpoints[0])
        left = client.describe_connections()["Connections"]
        assert [one["EndpointArn"] for one in left] == endpoints[1:]
"""

EMPTY = "def test_nothing():\n    pass\n"


def run(source: str, *arguments: str, python: str = sys.executable, **environment: str) -> float:
    """Run a test file with pytest in a new process, and return its seconds.

    Args:
        source: the content of the test file.
        arguments: the arguments of pytest.
        python: the interpreter.
        environment: additional environment variables.

    Raises:
        RuntimeError: a test fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(source, encoding="utf-8")
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        begin = time.perf_counter()
        _call(command, folder, environment)
        return time.perf_counter() - begin


def suite(source: str, tests: int, *arguments: str) -> float:
    """The seconds of a suite of `tests` tests, with no other plugin loaded."""
    ours = ("-p", "pytest_dmsconn.plugin")
    return run(source.format(tests=tests), *ours, *arguments, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


def thousand_tests(rounds: int) -> Comparison:
    """A suite with the fake, compared with moto. Both include the start of pytest."""
    return compare(lambda: suite(OURS, TESTS), lambda: suite(MOTO, TESTS), rounds, warm_up=False)


def in_parallel(rounds: int, source: str) -> Comparison:
    """A suite under xdist with two workers, compared with one worker."""
    xdist = ("-p", "xdist")
    return compare(
        lambda: suite(source, TESTS, *xdist, "-n", "2"),
        lambda: suite(source, TESTS, *xdist, "-n", "1"),
        rounds,
        warm_up=False,
    )


def start_up(rounds: int) -> Comparison:
    """Pytest with the plugin installed and unused, compared with pytest without it.

    Each has a new virtual environment without other packages. Python may write bytecode files
    there, as by default.
    """
    with tempfile.TemporaryDirectory() as folder:
        ours, reference = (_new_python(Path(folder, name)) for name in ("ours", "reference"))
        _call([ours, *PIP_INSTALL, "--no-deps", str(ROOT)], folder)
        bare = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": ""}
        return compare(
            lambda: run(EMPTY, python=ours, **bare),
            lambda: run(EMPTY, python=reference, **bare),
            rounds,
        )


def _new_python(folder: Path) -> str:
    """Create an environment with pytest, and return its interpreter."""
    venv.create(folder, with_pip=True)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    _call([python, *PIP_INSTALL, "-c", str(ROOT / "constraints.txt"), "pytest"], folder)
    return python


def _call(command: list[str], folder: str | Path, environment: Mapping[str, str] = {}) -> None:
    done = subprocess.run(  # noqa: S603 - a command of our own
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
