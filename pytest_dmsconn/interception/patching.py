"""Replacing an attribute, and putting back the identical object."""

from __future__ import annotations

from typing import Any, Protocol


class Reversible(Protocol):
    """What an adapter does to its library while a fake is in force."""

    def apply(self) -> None:
        """Put the adapter's own in place."""

    def undo(self) -> None:
        """Put back what had been there."""


class Patch:
    """An attribute of a class or module, and what takes its place while a fake is in force.

    Attributes:
        original: what was there when the patch was last applied, for the replacement to call.
    """

    __slots__ = ("_name", "_owner", "_replacement", "original")

    def __init__(self, owner: Any, name: str, replacement: Any) -> None:
        """Replace nothing yet.

        Args:
            owner: a module, or a class that defines the attribute itself.
            name: a variable of the module, or a method that is a plain function.
            replacement: what to put in its place.
        """
        self._owner = owner
        self._name = name
        self._replacement = replacement
        self.original = vars(owner)[name]

    def apply(self) -> None:
        """Put the replacement in place.

        Raises:
            AttributeError: somebody has deleted the attribute.
        """
        found = getattr(self._owner, self._name)
        # Who saved the replacement during a fake may have put it back after the fake's end.
        if found is not self._replacement:
            self.original = found
        setattr(self._owner, self._name, self._replacement)

    def undo(self) -> None:
        """Put back what had been there."""
        setattr(self._owner, self._name, self.original)
