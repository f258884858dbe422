"""Messages of tests that fail by the option `strict`."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import moto.core.models  # noqa: F401 - unmet faults then name moto
import pytest
from support.botocore_clients import SESSION

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn import OperationName


def blocked_words(buckets: Sequence[str]) -> list[str]:
    client = SESSION.client("s3")
    stack = ExitStack()
    stack.enter_context(mock_dms())
    for bucket in buckets:
        with suppress(RuntimeError):
            client.head_bucket(Bucket=bucket)
    with pytest.raises(AssertionError) as raised:
        stack.close()
    return str(raised.value).splitlines()


def test_similar_blocked_calls_share_a_line() -> None:
    lines = blocked_words(["bucket"] * 3)

    assert lines[0].startswith("Blocked: s3 HeadBucket to ")
    assert lines[0].endswith(" (3 times)")
    assert len(lines) == 3


def test_message_lists_some_of_many_blocked_calls() -> None:
    lines = blocked_words([f"bucket-{number}" for number in range(25)])

    assert lines[3] == "... and 22 other blocked calls"
    assert len(lines) == 6


@pytest.mark.parametrize("operation", ["DeleteConnection", "DescribeEndpoints"])
def test_message_has_at_most_ten_lines(operation: OperationName) -> None:
    client = SESSION.client("s3")
    stack = ExitStack()
    dms = stack.enter_context(mock_dms())
    for number in range(25):
        dms.fail(operation, "ThrottlingException")
        with suppress(RuntimeError):
            client.head_bucket(Bucket=f"bucket-{number}")
    with pytest.raises(AssertionError) as raised:
        stack.close()

    lines = str(raised.value).splitlines()

    assert [line.partition(" for ")[0].partition(" to ")[0] for line in lines] == [
        "Blocked: s3 HeadBucket",
        "Blocked: s3 HeadBucket",
        "Blocked: s3 HeadBucket",
        "... and 22 other blocked calls",
        "Never met: ThrottlingException",
        "Never met: ThrottlingException",
        "Never met: ThrottlingException",
        "... and 22 other faults",
        "Answer blocked calls with moto's mock_aws, or allow them with block_aws=False.",
        "The option strict=False lets such a test pass.",
    ]
