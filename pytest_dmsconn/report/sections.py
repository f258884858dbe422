"""Whether pytest shows the story of a failed test in a section of its report."""

from __future__ import annotations

shown = False
"""The plugin sets it to True while a test runs."""
