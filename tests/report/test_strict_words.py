"""What a test that the option `strict` fails is told, whatever the number of blocked calls."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from support.botocore_clients import SESSION

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def test_calls_that_are_alike_are_told_once() -> None:
    lines = blocked_words(["bucket"] * 3)

    assert lines[1].endswith(" (3 times)")
    assert len(lines) == 4


def test_many_calls_are_not_all_listed() -> None:
    lines = blocked_words([f"bucket-{number}" for number in range(25)])

    assert lines[7] == "  ... and 19 others"
    assert len(lines) == 10


def test_many_faults_are_not_all_listed() -> None:
    stack = ExitStack()
    dms = stack.enter_context(mock_dms())
    for _ in range(25):
        dms.fail("DeleteConnection", "ThrottlingException")
    with pytest.raises(AssertionError) as raised:
        stack.close()

    lines = str(raised.value).splitlines()

    assert lines[0] == "Injected faults were never met:"
    assert lines[7] == "  ... and 22 others"
    assert len(lines) == 10
