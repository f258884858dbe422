"""A pytest plugin that checks that no test changes the state of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support import snapshots

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from support.snapshots import Snapshot

_before: pytest.StashKey[Snapshot] = pytest.StashKey()
"""The state before the test."""


@pytest.fixture(autouse=True)
def _nothing_stays_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a patch, a variable, a thread or an open file."""
    request.node.stash[_before] = snapshots.take()
    yield
    left = snapshots.left_behind(request.node.stash[_before])
    if left:
        pytest.fail("\n".join(["The test has left something behind.", *left]), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Accept the threads and files of a fixture with a wider scope, which outlives the test."""
    earlier = snapshots.take()
    try:
        return (yield)
    finally:
        item = request._pyfuncitem
        if fixturedef.scope != "function" and _before in item.stash:
            now, before = snapshots.take(), item.stash[_before]
            item.stash[_before] = before._replace(
                threads=before.threads | (now.threads - earlier.threads),
                files=before.files | (now.files - earlier.files),
            )
