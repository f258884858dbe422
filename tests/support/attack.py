"""The tests of tests/attack/ take minutes and run only with `-m attack`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "attack: takes minutes; runs only with -m attack")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "attack" in (config.option.markexpr or ""):
        return
    attacks = [item for item in items if item.get_closest_marker("attack")]
    if attacks:
        config.hook.pytest_deselected(items=attacks)
        items[:] = [item for item in items if item not in attacks]
