"""What a fake sets aside while it is in force: AWS's environment, boto3's default session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.interception import environment, test_state

if TYPE_CHECKING:
    from pytest_dmsconn.options import Options


class Isolation:
    """What one fake found, to be put back when it ends.

    Fakes may end out of order: the one above then puts back what the one below had found.
    """

    def __init__(self, options: Options) -> None:
        """Remember what is there."""
        self._region = options.region
        self.monkeypatch = test_state.monkeypatch
        self.look()

    def look(self) -> None:
        """Remember what is there now, as what is to be put back."""
        self._environment = environment.look()
        self._default_session = _default_session()
        self._edits = [len(notes) for notes in self._notes()]

    def set_aside(self) -> None:
        """Put the fake's values in place."""
        environment.replace(self._environment, environment.encoded_of_fake(self._region))
        _set_default_session(None)

    def put_back(self) -> None:
        """Put back what was found.

        With that, what the test has edited through `monkeypatch` in the meantime is undone. It
        must not be undone once more, later, to what the fake had put there.
        """
        environment.replace(environment.look(), self._environment)
        _set_default_session(self._default_session)
        for notes, begin in zip(self._notes(), self._edits, strict=True):
            notes[begin:] = [note for note in notes[begin:] if not _is_set_aside(*note[:2])]

    def hand_over_to(self, above: Isolation) -> None:
        """Let the fake that stays in force longer put back what this one had found."""
        above._environment = self._environment
        above._default_session = self._default_session
        if above.monkeypatch is self.monkeypatch:
            above._edits = self._edits

    def _notes(self) -> tuple[list[Any], ...]:
        if self.monkeypatch is None:
            return ()
        return (self.monkeypatch._setitem, self.monkeypatch._setattr)  # noqa: SLF001 - no public way to take back an edit


def _is_set_aside(owner: object, name: str) -> bool:
    if owner is sys.modules.get("boto3"):
        return name == "DEFAULT_SESSION"
    return environment.is_set_aside(owner, name)


def is_untouched(options: Options) -> bool:
    """Whether nobody has edited the environment since a fake with these options put its own."""
    return environment.look() == environment.encoded_of_fake(options.region)


def _default_session() -> Any:
    return getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)


def _set_default_session(session: Any) -> None:
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]
