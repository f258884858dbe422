"""Markers of the scenarios, by their changes of the target."""

from __future__ import annotations

import re

import pytest

ROW = re.compile(r"test_([dtqenw])(\d{1,2}a?)_")

reads = pytest.mark.scenario("reads")
"""The scenario reads, or makes calls that DMS has to refuse."""

changes_the_connection = pytest.mark.scenario("connection")
"""The scenario tests and deletes the connection of the endpoint and the instance."""

deletes_the_endpoint = pytest.mark.scenario("endpoint")
deletes_the_instance = pytest.mark.scenario("instance")


def fake_alone(reason: str) -> pytest.MarkDecorator:
    """The scenario runs only against the fake, because it needs a state that no call can cause."""
    return pytest.mark.scenario("fake", f"for the fake alone: {reason}")


def row_named_by(name: str) -> str:
    """The row of docs/fidelity.md in the name of a scenario; empty if there is none."""
    found = ROW.match(name)
    return found[1].upper() + found[2] if found else ""
