"""DMS's rules for the identifiers of endpoints and replication instances."""

from __future__ import annotations

import re

from pytest_dmsconn.errors import UsageError

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

_IDENTIFIER = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_LONGEST_INSTANCE_IDENTIFIER = 63
_IDENTIFIER_RULE = (
    "It must begin with a letter and have only ASCII letters, digits and hyphens, "
    "without a hyphen at its end or two in a row"
)


def check_endpoint_identifier(identifier: object) -> str:
    """Return the identifier if it keeps DMS's rules, else raise `UsageError`."""
    if isinstance(identifier, str) and _IDENTIFIER.fullmatch(identifier):
        return identifier
    msg = f"{identifier!r} is not an endpoint identifier. {_IDENTIFIER_RULE}."
    raise UsageError(msg)


def check_replication_instance_identifier(identifier: object) -> str:
    """Return the identifier in lower case if it keeps DMS's rules, else raise `UsageError`."""
    if (
        isinstance(identifier, str)
        and len(identifier) <= _LONGEST_INSTANCE_IDENTIFIER
        and _IDENTIFIER.fullmatch(identifier)
    ):
        return identifier.lower()
    msg = (
        f"{identifier!r} is not a replication instance identifier. {_IDENTIFIER_RULE}, "
        f"{_LONGEST_INSTANCE_IDENTIFIER} characters at most."
    )
    raise UsageError(msg)
