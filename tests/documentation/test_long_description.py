"""What a package index shows: the README, whose relative links it cannot resolve."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.documentation import README, ROOT, links_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def settings() -> dict[str, Any]:
    tomllib: Any = pytest.importorskip("tomllib", reason="Python 3.10 has no tomllib")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hooks: dict[str, Any] = project["tool"]["hatch"]["metadata"]["hooks"]
    return dict(hooks["fancy-pypi-readme"])


def relative(links: Iterator[str]) -> list[str]:
    return [link for link in links if not re.match("[a-z]+:|#", link)]


def test_no_relative_link_is_left(settings: dict[str, Any]) -> None:
    readme = README.read_text(encoding="utf-8")
    [substitution] = settings["substitutions"]

    shown = re.sub(substitution["pattern"], substitution["replacement"], readme)

    assert settings["fragments"] == [{"path": "README.md"}]
    assert len(relative(links_in(readme))) > 5
    assert relative(links_in(shown)) == []
    assert "Tutorial (`docs/tutorial.md`)" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[site](https://example.com) and [above](#top)", None),
        ("![states](docs/states.svg)", "states (`docs/states.svg`)"),
        ("[a](A.md), [b](docs/B.md#c)", "a (`A.md`), b (`docs/B.md#c`)"),
    ],
)
def test_only_relative_links_change(settings: dict[str, Any], text: str, shown: str | None) -> None:
    [substitution] = settings["substitutions"]

    assert re.sub(substitution["pattern"], substitution["replacement"], text) == (shown or text)
