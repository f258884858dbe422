"""What a fake sets aside while it is in force: AWS's environment, boto3's default session."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pytest_dmsconn.options import Options

SET_ASIDE = ("AWS_", "BOTO")
KEPT = ("AWS_LAMBDA_", "AWS_EXECUTION_ENV", "AWS_CA_BUNDLE")
"""What describes a Lambda or a certificate bundle says nothing of whom to call."""


class MonkeyPatch(Protocol):
    """The part of pytest's `monkeypatch` that is used."""

    def setenv(self, name: str, value: str) -> None:
        """Set an environment variable."""

    def delenv(self, name: str, raising: bool) -> None:  # noqa: FBT001 - pytest's signature
        """Delete an environment variable."""

    def setattr(self, target: object, name: str, value: object) -> None:
        """Set an attribute."""


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


monkeypatch: MonkeyPatch | None = None
"""The one of the test that runs; `plugin` sets it while there is one."""


class Isolation:
    """What one fake found, to be put back when it ends.

    Fakes may end out of order: the one above then puts back what the one below had found.
    """

    def __init__(self, options: Options) -> None:
        """Remember what is there."""
        self._options = options
        self._environment = _aws_environment()
        self._default_session = _default_session()
        self.monkeypatch = monkeypatch
        """What did the editing, so that it undoes in the right order what a test edits through it
        in the meantime; it does so at the end of that test, when the fake has ended long since."""

    def set_aside(self) -> None:
        """Put the fake's values in place."""
        if self.monkeypatch is None:
            self.set_aside_again()
            return
        fake = fake_environment(self._options)
        for name in set(_aws_names()) - fake.keys():
            self.monkeypatch.delenv(name, raising=False)
        for name, value in fake.items():
            self.monkeypatch.setenv(name, value)
        boto3 = sys.modules.get("boto3")
        if boto3 is not None:
            self.monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def set_aside_again(self) -> None:
        """Put the fake's values in place, where something else may have put others since."""
        _edit_environment(fake_environment(self._options))
        _set_default_session(None)

    def put_back(self) -> None:
        """Put back what was found."""
        _edit_environment(self._environment)
        _set_default_session(self._default_session)

    def hand_over_to(self, above: Isolation) -> None:
        """Let the fake that stays in force longer put back what this one had found."""
        above._environment = self._environment
        above._default_session = self._default_session


def _aws_environment() -> dict[str, str]:
    # The names first: reading a value takes longer, and few are AWS's.
    return {name: os.environ[name] for name in _aws_names()}


def _aws_names() -> list[str]:
    return [name for name in os.environ if name.startswith(SET_ASIDE) and not name.startswith(KEPT)]


def _edit_environment(wanted: dict[str, str]) -> None:
    for name in set(_aws_names()) - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


def _default_session() -> Any:
    return getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)


def _set_default_session(session: Any) -> None:
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]
