"""Replacing an attribute, and putting back the identical object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class Undoable(Protocol):
    """What an adapter has done to its library."""

    def undo(self) -> None:
        """Put back what had been there."""


@dataclass(slots=True)  # not frozen: that would make a third of what entering a fake takes
class Patch:
    """An attribute of a class or module that was replaced, and what had been there."""

    owner: Any
    name: str
    original: Any

    def undo(self) -> None:
        """Put back what had been there."""
        setattr(self.owner, self.name, self.original)


def patch(owner: Any, name: str, replacement: Any) -> Patch:
    """Replace an attribute that `owner` itself defines."""
    applied = Patch(owner, name, vars(owner)[name])
    setattr(owner, name, replacement)
    return applied
