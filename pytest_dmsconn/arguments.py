"""Checks of the arguments that tests give to options and methods."""

from __future__ import annotations

import re
from typing import Any

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


MAX_NUMBER = 10**9
"""The largest allowed number. Sums of such numbers stay exact and finite."""


def check_whole_number(name: str, value: object) -> int:
    """Return `value` if it is a whole number from 0 to `MAX_NUMBER`, else raise `UsageError`."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER:
        return value
    raise UsageError(_not_a_number(name, value, "a whole number"))


def check_seconds(name: str, value: Any) -> None:
    """Raise `UsageError` unless `value` is a number of seconds from 0 to `MAX_NUMBER`."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and 0 <= value <= MAX_NUMBER):
        raise UsageError(_not_a_number(name, value, "a number of seconds"))


def _not_a_number(name: str, value: Any, words: str) -> str:
    too_large = isinstance(value, (int, float)) and value > MAX_NUMBER
    limit = f", and at most {MAX_NUMBER:,}" if too_large else ""
    return f"{name}={quoted(value)} is not allowed; it must be {words}, 0 or more{limit}."


def check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise `UsageError` unless `value` is in `allowed`."""
    if value not in allowed:
        choices = " or ".join(repr(choice) for choice in allowed)
        raise UsageError(f"{name}={quoted(value)} is not allowed; it must be {choices}.")


def check_flag(name: str, value: object) -> None:
    """Raise `UsageError` unless `value` is True or False."""
    if not isinstance(value, bool):
        raise UsageError(f"{name}={quoted(value)} is not allowed; it must be True or False.")


def check_region(region: object) -> str:
    """Return `region` if it has the form of an AWS region, else raise `UsageError`."""
    if isinstance(region, str) and _REGION.fullmatch(region):
        return region
    msg = f"region={quoted(region)} is not an AWS region; it must be a name like 'us-east-1'."
    raise UsageError(msg)


def check_account_id(account_id: object) -> str:
    """Return `account_id` if it is a string of 12 digits, else raise `UsageError`."""
    if isinstance(account_id, str) and _ACCOUNT_ID.fullmatch(account_id):
        return account_id
    raise UsageError(
        f"account_id={quoted(account_id)} is not an AWS account; it must be a string of 12 digits."
    )


def check_text(name: str, value: object) -> None:
    """Raise `UsageError` unless `value` is a string or None."""
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{name}={quoted(value)} is not allowed; it must be a string or None.")
