"""Many threads at once: what can happen once happens once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.target import code

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

pytestmark = pytest.mark.attack

THREADS = 16


@pytest.mark.dmsconn(deleting_polls=1000)
def test_each_connection_is_deleted_once(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(250)

    def delete_all(seed: int) -> list[str | None]:
        make: Any = boto3.client
        client = make("dms", region_name="us-east-1")
        order = list(connections)
        random.Random(seed).shuffle(order)
        return [code(client.delete_connection, **one.arns) for one in order]

    boto3.client("dms", region_name="us-east-1")  # makes the session that threads share
    with ThreadPoolExecutor(THREADS) as pool:
        codes = [code for found in pool.map(delete_all, range(THREADS)) for code in found]

    assert codes.count(None) == len(connections)
    assert set(codes) == {None, "InvalidResourceStateFault"}
    assert len(dmsconn.calls) == THREADS * len(connections)
    dmsconn.assert_only_deleted(*connections)
