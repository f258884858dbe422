"""Checks of the arguments that tests give to options and methods."""

from __future__ import annotations

import re
from typing import Any

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
MOST_SECONDS = 10**12
"""More would make sums of seconds inexact, and at last infinite."""
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


def check_whole_number(name: str, value: object) -> int:
    """Return `value` if it is a whole number, 0 or more, else raise `UsageError`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    msg = f"{name}={value!r} is not allowed; it must be a whole number, 0 or more."
    raise UsageError(msg)


def check_seconds(name: str, value: Any) -> None:
    """Raise `UsageError` unless `value` is a number of seconds, 0 or more."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and 0 <= value <= MOST_SECONDS):
        msg = (
            f"{name}={quoted(value)} is not allowed; it must be a number of seconds, 0 or more, "
            f"and at most {MOST_SECONDS:,}."
        )
        raise UsageError(msg)


def check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise `UsageError` unless `value` is one of those allowed."""
    if value not in allowed:
        choices = " or ".join(repr(choice) for choice in allowed)
        msg = f"{name}={value!r} is not allowed; it must be {choices}."
        raise UsageError(msg)


def check_flag(name: str, value: object) -> None:
    """Raise `UsageError` unless `value` is True or False."""
    if not isinstance(value, bool):
        msg = f"{name}={value!r} is not allowed; it must be True or False."
        raise UsageError(msg)


def check_region(region: object) -> str:
    """Return `region` if it has the form of an AWS region, else raise `UsageError`."""
    if isinstance(region, str) and _REGION.fullmatch(region):
        return region
    msg = f"region={region!r} is not an AWS region; it must be a name like 'us-east-1'."
    raise UsageError(msg)


def check_account_id(account_id: object) -> str:
    """Return `account_id` if it is a string of 12 digits, else raise `UsageError`."""
    if isinstance(account_id, str) and is_account_id(account_id):
        return account_id
    msg = f"account_id={account_id!r} is not an AWS account; it must be a string of 12 digits."
    raise UsageError(msg)


def is_account_id(text: str) -> bool:
    """Whether `text` is a string of 12 digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def check_text(name: str, value: object) -> None:
    """Refuse what is neither a string nor None.

    Raises:
        UsageError: naming the argument.
    """
    if value is not None and not isinstance(value, str):
        msg = f"{name}={value!r} is not allowed; it must be a string or None."
        raise UsageError(msg)
