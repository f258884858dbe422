"""Text of the program under test, made safe and short enough to be shown."""

from __future__ import annotations

import reprlib

LONGEST = 200


class _ShortRepr(reprlib.Repr):
    """A repr that looks at no more of a value than it shows."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = longest
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 6
        self.maxlevel = 3

    def repr_int(self, value: int, level: int) -> str:
        try:
            return super().repr_int(value, level)
        except ValueError:  # Python refuses to write out thousands of digits
            return f"a number of {value.bit_length()} bits"


def escaped(text: object, longest: int = LONGEST) -> str:
    """Return printable ASCII of at most `longest` characters.

    New lines, control characters, surrogates, and everything that is not ASCII are written as
    Python escapes. The middle of a long text is replaced by `...`.
    """
    # Twice: a long text is not escaped as a whole, and escapes are longer than what they stand for.
    shown = _shortened(str(text), longest)
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(one if " " <= one <= "~" else ascii(one)[1:-1] for one in shown)
    return _shortened(shown, longest)


def quoted(value: object, longest: int = LONGEST) -> str:
    """Return the repr of a value, as `escaped` does it."""
    return escaped(_ShortRepr(longest).repr(value), longest)


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = (longest - len("...")) // 2
    return f"{text[:half]}...{text[-half:]}"
