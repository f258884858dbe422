"""The story of a test, and the messages of failed assertions."""

from __future__ import annotations

is_story_in_section = False
"""Whether pytest shows the story of a failed test in a section. The plugin sets it."""
