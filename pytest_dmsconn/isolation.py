"""What a fake sets aside while it is in force: AWS's environment, boto3's default session."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from pytest_dmsconn.options import Options

SET_ASIDE = tuple(map(os.environ.encodekey, ("AWS_", "BOTO")))
KEPT = tuple(map(os.environ.encodekey, ("AWS_LAMBDA_", "AWS_EXECUTION_ENV", "AWS_CA_BUNDLE")))
"""What describes a Lambda or a certificate bundle says nothing of whom to call."""


def fake_environment(options: Options) -> dict[str, str]:
    """The variables that a fake puts in the place of those it sets aside."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": options.region,
        "AWS_REGION": options.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BOTO_CONFIG": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


monkeypatch: pytest.MonkeyPatch | None = None
"""The one of the test that runs; `plugin` sets it while there is one."""


class Isolation:
    """What one fake found, to be put back when it ends.

    Fakes may end out of order: the one above then puts back what the one below had found.
    """

    def __init__(self, options: Options) -> None:
        """Remember what is there."""
        self._options = options
        self.monkeypatch = monkeypatch
        self.look()

    def look(self) -> None:
        """Remember what is there now, as what is to be put back."""
        self._environment = _aws_environment()
        self._default_session = _default_session()
        self._edits = [len(notes) for notes in self._notes()]

    def set_aside(self) -> None:
        """Put the fake's values in place."""
        _edit_environment(self._environment, fake_environment(self._options))
        _set_default_session(None)

    def put_back(self) -> None:
        """Put back what was found.

        With that, what the test has edited through `monkeypatch` in the meantime is undone. It
        must not be undone once more, later, to what the fake had put there.
        """
        _edit_environment(_aws_names(), self._environment)
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
    if owner is os.environ:
        encoded = os.environ.encodekey(name)
        return encoded.startswith(SET_ASIDE) and not encoded.startswith(KEPT)
    return owner is sys.modules.get("boto3") and name == "DEFAULT_SESSION"


def is_untouched(options: Options) -> bool:
    """Whether nobody has edited the environment since a fake with these options put its own."""
    return _aws_environment() == fake_environment(options)


def _aws_environment() -> dict[str, str]:
    # The names first: reading a value takes longer, and few are AWS's.
    return {name: os.environ[name] for name in _aws_names()}


def _aws_names() -> list[str]:
    # Looked for among the encoded names: to decode them all takes as long as the rest of entering.
    encoded: Any = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001
    of_aws = [name for name in encoded if name.startswith(SET_ASIDE)]
    return [os.environ.decodekey(name) for name in of_aws if not name.startswith(KEPT)]


def _edit_environment(present: Iterable[str], wanted: dict[str, str]) -> None:
    for name in present:
        if name not in wanted:
            del os.environ[name]
    for name, value in wanted.items():
        os.environ[name] = value


def _default_session() -> Any:
    return getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)


def _set_default_session(session: Any) -> None:
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]
