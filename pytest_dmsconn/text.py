"""Escape and shorten text of the program under test, for messages."""

from __future__ import annotations

import reprlib

MAX_LENGTH = 200


class _ShortRepr(reprlib.Repr):
    """A repr that reads only the part of a value that it shows."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = longest
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 6
        self.maxlevel = 3

    def repr_int(self, value: int, level: int) -> str:
        try:
            return super().repr_int(value, level)
        except ValueError:  # Python does not convert thousands of digits
            return f"a number of {value.bit_length()} bits"


def escaped(text: object, longest: int = MAX_LENGTH) -> str:
    """Return printable ASCII of at most `longest` characters.

    Line breaks, control characters, surrogates and non-ASCII characters are written as Python
    escapes. The middle of a long text is replaced by `...`.
    """
    # Shortened before, because escaping is slow, and after, because escapes are longer.
    shown = _shortened(str(text), longest)
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(one if " " <= one <= "~" else ascii(one)[1:-1] for one in shown)
    return _shortened(shown, longest)


def quoted(value: object, longest: int = MAX_LENGTH) -> str:
    """Return the repr of a value, escaped and shortened by `escaped`."""
    return escaped(_ShortRepr(longest).repr(value), longest)


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = (longest - len("...")) // 2
    return f"{text[:half]}...{text[-half:]}"
