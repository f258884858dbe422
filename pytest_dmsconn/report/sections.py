"""Whether pytest shows the story of a failed test in a section of its report."""

from __future__ import annotations

shown = False
"""True while a test runs with the plugin, which sets it."""
