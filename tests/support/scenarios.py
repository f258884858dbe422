"""Marks of the scenarios: what each does to its target."""

from __future__ import annotations

import re

import pytest

ROW = re.compile(r"test_([dtqenw])(\d{1,2}a?)_")

reads = pytest.mark.scenario("reads")
"""It reads, or makes calls that DMS has to refuse."""

changes_the_connection = pytest.mark.scenario("connection")
"""It tests and deletes the connection of the endpoint and the instance."""

deletes_the_endpoint = pytest.mark.scenario("endpoint")
deletes_the_instance = pytest.mark.scenario("instance")


def fake_alone(reason: str) -> pytest.MarkDecorator:
    """It needs what cannot be brought about on demand; it runs against the fake alone."""
    return pytest.mark.scenario("fake", f"for the fake alone: {reason}")


def row_named_by(name: str) -> str:
    """The row of docs/fidelity.md in the name of a scenario; empty if there is none."""
    found = ROW.match(name)
    return found[1].upper() + found[2] if found else ""
