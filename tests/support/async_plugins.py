"""The pytest plugins that run async tests."""

from __future__ import annotations

import pytest

EACH_ASYNC_PLUGIN = pytest.mark.parametrize(
    ("plugin", "mark"), [("pytest_asyncio.plugin", "asyncio"), ("anyio.pytest_plugin", "anyio")]
)
"""Runs a test with each plugin and the marker that async tests need for it."""


def run_async(suite: pytest.Pytester, plugin: str) -> pytest.RunResult:
    """Run a suite in a new process, because pytest-asyncio 1.0 leaves an event loop open."""
    # Without this option, pytest-asyncio warns; anyio ignores it.
    scope = "asyncio_default_fixture_loop_scope=function"
    return suite.runpytest_subprocess("-p", plugin, "-o", scope)
