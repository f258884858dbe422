"""`dmsconn_server.env` makes another process call the fake."""

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
"""A separate program without any code for the fake."""


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


def test_env_can_be_merged_into_the_environment_of_this_process(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    stale = dmsconn.add_connection(status="failed")

    run_program({**os.environ, **dmsconn_server.env})

    dmsconn.assert_only_deleted(stale)


def test_calls_to_loopback_use_no_proxy(
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
def test_existing_entries_of_no_proxy_are_kept(
    dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    monkeypatch.setenv("no_proxy", before)

    assert dmsconn_server.env["NO_PROXY"] == after
    assert dmsconn_server.env["no_proxy"] == after


def test_variables_that_the_test_sets_apply_to_the_child_too(
    dmsconn: FakeDms, dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dmsconn.add_connection(account_id="210987654321", status="failed")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210987654321")

    run_program(dmsconn_server.env)

    dmsconn.assert_only_deleted(elsewhere)
