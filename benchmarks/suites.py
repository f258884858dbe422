"""Whole test suites, run by pytest in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Comparison, compare

OURS = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_deletes_one_of_three(dmsconn, dms_client, number):
    stale, *healthy = dmsconn.add_connections(3)
    dms_client.delete_connection(**stale.arns)
    dmsconn.assert_only_deleted(stale)
"""

# moto has no DeleteConnection; deleting the endpoint takes its connection along.
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


def run(source: str, *arguments: str) -> float:
    """Run a test file with pytest in a new process; the seconds that it takes.

    Raises:
        RuntimeError: its tests do not pass.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        only_ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        begin = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - a command of our own
            command,
            cwd=folder,
            env=os.environ | only_ours,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return taken


def suite(source: str, tests: int, *arguments: str) -> float:
    """The seconds of a suite of so many tests, of which our plugin is loaded."""
    return run(source.format(tests=tests), "-p", "pytest_dmsconn.plugin", *arguments)


def thousand_tests(rounds: int, tests: int = 1000) -> Comparison:
    """A suite on the fake, beside the same on moto; starting pytest is part of both."""
    return compare(lambda: suite(OURS, tests), lambda: suite(MOTO, tests), rounds, warm_up=False)


def in_parallel(rounds: int, source: str, tests: int = 1000) -> Comparison:
    """A suite under xdist with two workers, beside the same with one."""
    xdist = ("-p", "xdist")
    return compare(
        lambda: suite(source, tests, *xdist, "-n", "2"),
        lambda: suite(source, tests, *xdist, "-n", "1"),
        rounds,
        warm_up=False,
    )


def start_up(rounds: int) -> Comparison:
    """Pytest with the plugin loaded and unused, beside pytest without it."""
    return compare(lambda: run(EMPTY, "-p", "pytest_dmsconn.plugin"), lambda: run(EMPTY), rounds)
