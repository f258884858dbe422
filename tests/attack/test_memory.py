"""Fakes that have ended leave no memory and no open file."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support import snapshots
from support.aiobotocore_clients import delete_one

from pytest_dmsconn import FakeDms, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import DmsServer

pytestmark = pytest.mark.attack

MEGABYTE = 1_000_000


def memory() -> int:
    """The resident memory of this process, in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def assert_flat(use: Callable[[], object], times: int) -> None:
    """Half of the times to warm up, the other half without growth."""
    for _ in range(times // 2):
        use()
    before, files = memory(), snapshots.of_open_files()
    for _ in range(times // 2):
        use()
    assert memory() - before < 8 * MEGABYTE
    assert snapshots.of_open_files() <= files + 2


def test_10_000_fakes_with_calls() -> None:
    client: Any = boto3.client(
        "dms", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )

    def use() -> None:
        with mock_dms() as dms:
            connection, _ = dms.add_connections(2)
            client.delete_connection(**connection.arns)
            dms.assert_only_deleted(connection)

    assert_flat(use, 10_000)


def test_fakes_beside_moto() -> None:
    from moto import mock_aws

    def use() -> None:
        with mock_dms(), mock_aws():
            client: Any = boto3.client("dms", region_name="us-east-1")
            client.describe_connections()

    assert_flat(use, 400)


def test_fakes_that_aiobotocore_calls() -> None:
    def use() -> None:
        with mock_dms() as dms:
            delete_one(dms)

    assert_flat(use, 200)


def test_resets_of_the_fake_of_a_server(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    make: Any = boto3.client
    client = make("dms", **dmsconn_server.client_kwargs)

    def use() -> None:
        client.delete_connection(**dmsconn.add_connection().arns)
        dmsconn.reset()

    assert_flat(use, 2_000)
