"""What a report takes, and what the record of a call keeps."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.calls import new_client
from benchmarks.measure import timed
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import FakeDms

SIZE = 10_000
PAGE = 100


@contextmanager
def _large_test() -> Iterator[FakeDms]:
    """A fake with 10,000 connections, and 10,000 calls of which no two neighbours are alike."""
    client = new_client()
    with mock_dms() as dms:
        for connection in dms.add_connections(SIZE)[: SIZE // 2]:
            client.delete_connection(**connection.arns)
            client.describe_endpoints(
                Filters=[{"Name": "endpoint-arn", "Values": [connection.endpoint_arn]}]
            )
        yield dms


def seconds_of_a_story() -> float:
    """The seconds that `story()` takes."""
    with _large_test() as dms:
        return timed(dms.story, 5)


def seconds_of_a_failing_assertion() -> float:
    """The seconds that an assertion takes that fails for half of 10,000 connections."""
    with _large_test() as dms:
        connections = dms.connections

        def fail() -> None:
            try:
                dms.assert_not_deleted(*connections)
            except AssertionError:
                return
            raise RuntimeError

        return timed(fail, 5)


def memory_of_a_recorded_page() -> float:
    """The bytes that stay for a DescribeConnections of 100, beside those of its records."""
    client = new_client()
    with mock_dms() as dms:
        dms.add_connections(PAGE)
        client.describe_connections()
        gc.collect()
        tracemalloc.start()
        for _ in range(PAGE):
            client.describe_connections()
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return taken / PAGE
