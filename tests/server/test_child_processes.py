"""`dmsconn_server` for another process: what its environment leads to."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn import DmsServer, FakeDms

DELETE_FAILED = """
import boto3
client = boto3.client("dms")
for connection in client.describe_connections()["Connections"]:
    if connection["Status"] == "failed":
        client.delete_connection(
            EndpointArn=connection["EndpointArn"],
            ReplicationInstanceArn=connection["ReplicationInstanceArn"],
        )
"""
"""A program of its own, which knows nothing of the fake."""


def run_program(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", DELETE_FAILED]
    subprocess.run(command, env=environment, check=True)


def test_a_program_in_another_process_deletes_what_the_test_has_seeded(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")
    dmsconn.add_connection()

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)
    assert {call.transport for call in dmsconn.calls} == {"server"}


@pytest.mark.dmsconn(region="eu-central-1")
def test_another_process_finds_the_region_in_its_environment(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)
    assert dmsconn.calls[0].region == "eu-central-1"


def test_the_environment_may_be_laid_over_that_of_this_process(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")

    run_program({**os.environ, **dmsconn_server.env})

    dmsconn.assert_only_deleted(stale)


def test_a_proxy_is_not_asked_for_loopback(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = dmsconn.add_connection(status="failed")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(stale)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("internal.example, 127.0.0.1", "internal.example,127.0.0.1,localhost"),
        ("*", "*"),
    ],
)
def test_what_is_kept_from_a_proxy_already_is_kept_from_it_still(
    dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    monkeypatch.setenv("no_proxy", before)

    assert dmsconn_server.env["NO_PROXY"] == after
    assert dmsconn_server.env["no_proxy"] == after


def test_what_the_test_sets_in_its_own_environment_holds_for_the_child_as_well(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dmsconn.add_connection(account_id="210987654321", status="failed")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210987654321")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(elsewhere)
