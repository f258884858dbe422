"""The pytest plugins that run async tests."""

from __future__ import annotations

import pytest

EACH_ASYNC_PLUGIN = pytest.mark.parametrize(
    ("plugin", "mark"), [("pytest_asyncio.plugin", "asyncio"), ("anyio.pytest_plugin", "anyio")]
)
"""For tests that run a suite under each plugin, with the mark that its async tests need."""


def run_async(suite: pytest.Pytester, plugin: str) -> pytest.RunResult:
    """Run a suite in a process of its own: pytest-asyncio 1.0 leaves an event loop open."""
    # pytest-asyncio warns where the option is not set; anyio ignores it.
    scope = "asyncio_default_fixture_loop_scope=function"
    return suite.runpytest_subprocess("-p", plugin, "-o", scope)
