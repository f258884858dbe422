"""Foreign text is escaped and shortened in one place."""

from __future__ import annotations

import pytest

from pytest_dmsconn.text import MAX_LENGTH, escaped, quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders @ nightly", "orders @ nightly"),
        ("two\nlines\tand a tab", r"two\nlines\tand a tab"),
        ("\x1b[31mred\x00", r"\x1b[31mred\x00"),
        ("a surrogate \udcff", r"a surrogate \udcff"),
        ("right to left \u202e", r"right to left \u202e"),
        (None, "None"),
    ],
)
def test_text_is_printable_ascii(text: object, expected: str) -> None:
    assert escaped(text) == expected


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\x00" * 1_000_000])
def test_long_text_is_shortened(text: str) -> None:
    assert len(escaped(text)) <= MAX_LENGTH
    assert "..." in escaped(text)


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000_000, ["x" * 1000] * 1000, {"a": {"b": "\x1b" * 999}}],
)
def test_long_values_are_shortened(value: object) -> None:
    assert len(quoted(value)) <= MAX_LENGTH
    assert quoted(value).isprintable()


def test_a_value_is_shown_as_its_repr() -> None:
    assert quoted("it's") == repr("it's")
    assert quoted(12) == "12"
    assert quoted(("a", None)) == "('a', None)"
