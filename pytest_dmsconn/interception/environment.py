"""AWS's variables in the environment: which there are, which a fake has, one for the other."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Encoded: TypeAlias = "dict[Any, Any]"
"""Variables as `os.environ` keeps them: in bytes, but on Windows. Encoding and decoding them time
and again took a seventh of entering a fake."""

_environ = os.environ
"""That of the process: a test may put a dictionary of its own in the place of `os.environ`."""

_SET_ASIDE = tuple(map(_environ.encodekey, ("AWS_", "BOTO")))
_KEPT = tuple(map(_environ.encodekey, ("AWS_LAMBDA_", "AWS_EXECUTION_ENV", "AWS_CA_BUNDLE")))
"""What describes a Lambda or a certificate bundle says nothing of whom to call."""


def of_fake(region: str) -> dict[str, str]:
    """The variables that a fake of that region puts in the place of those it sets aside."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BOTO_CONFIG": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@functools.lru_cache(maxsize=8)  # most suites have a region or two
def encoded_of_fake(region: str) -> Mapping[Any, Any]:
    """The same as `os.environ` would keep them."""
    return {
        _environ.encodekey(name): _environ.encodevalue(value)
        for name, value in of_fake(region).items()
    }


def look() -> Encoded:
    """The variables that a fake sets aside, as they are now."""
    encoded = _encoded_environment()
    # A copy of the names: other threads may set variables meanwhile.
    return {name: encoded[name] for name in _set_aside_of([*encoded])}


def replace(found: Iterable[Any], wanted: Mapping[Any, Any]) -> None:
    """Put variables in the place of those that were found."""
    encoded = _encoded_environment()
    for name in found:
        if name not in wanted:
            encoded.pop(name, None)
            os.unsetenv(name)
    for name, value in wanted.items():
        encoded[name] = value
        os.putenv(name, value)


def is_set_aside(owner: object, name: str) -> bool:
    """Whether an item of a mapping is a variable that a fake sets aside."""
    return owner is _environ and bool(_set_aside_of([_environ.encodekey(name)]))


def _set_aside_of(names: Iterable[Any]) -> list[Any]:
    of_aws = [name for name in names if name.startswith(_SET_ASIDE)]
    return [name for name in of_aws if not name.startswith(_KEPT)]


def _encoded_environment() -> Encoded:
    encoded: Encoded = _environ._data  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public is encoded
    return encoded
