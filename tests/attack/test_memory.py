"""Fakes that have ended leave no memory and no open file."""

from __future__ import annotations

import gc
import os
import statistics
import sys
from operator import sub
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

TIMES = 2_000
ROUNDS = 10


def memory() -> int:
    """The resident memory of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def assert_flat(use: Callable[[], object], times: int = TIMES) -> None:
    """Run `use`, and compare what is there after each round but those that warm up.

    A leak grows with every round, an allocator's or a cache's change only in some: the median
    counts. What leaks keeps a block of Python's allocator or, if it is large, 512 bytes each time.
    """
    blocks, resident = [], []
    size = times // ROUNDS
    for number in range(ROUNDS):
        for _ in range(size):
            use()
        gc.collect()
        blocks.append(sys.getallocatedblocks())
        resident.append(memory())
        if number == ROUNDS // 3:
            before = snapshots.take()
    warm = ROUNDS // 3
    assert statistics.median(map(sub, blocks[warm + 1 :], blocks[warm:])) < size, blocks
    assert statistics.median(map(sub, resident[warm + 1 :], resident[warm:])) < size * 512, resident
    assert snapshots.left_behind(before) == []


def make_client() -> Any:
    """A client that serves all fakes: making one takes longer than using it."""
    return boto3.client(
        "dms", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


def test_fakes_with_calls() -> None:
    client = make_client()

    def use() -> None:
        with mock_dms() as dms:
            connection, _ = dms.add_connections(2)
            client.delete_connection(**connection.arns)
            dms.assert_only_deleted(connection)

    assert_flat(use)


def test_fakes_beside_moto() -> None:
    from moto import mock_aws

    client = make_client()

    def use() -> None:
        with mock_dms(), mock_aws():
            client.describe_connections()

    assert_flat(use, 500)


def test_fakes_that_aiobotocore_calls() -> None:
    def use() -> None:
        with mock_dms() as dms:
            delete_one(dms)  # makes a client

    assert_flat(use, 500)


def test_resets_of_the_fake_of_a_server(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    make: Any = boto3.client
    client = make("dms", **dmsconn_server.client_kwargs)

    def use() -> None:
        client.delete_connection(**dmsconn.add_connection().arns)
        dmsconn.reset()

    assert_flat(use)
