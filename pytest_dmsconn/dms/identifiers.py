"""DMS's rules for the identifiers of endpoints and replication instances."""

from __future__ import annotations

import re

from pytest_dmsconn.dms.arns import ResourceType
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted

_IDENTIFIER = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_MAX_INSTANCE_IDENTIFIER_LENGTH = 63


def is_identifier(text: str) -> bool:
    """Whether a text has the form of an identifier."""
    return _IDENTIFIER.fullmatch(text) is not None


def are_equal(resource_type: ResourceType, one: str, other: str) -> bool:
    """Whether two identifiers are equal; the letter case of instances does not count."""
    if resource_type is ResourceType.REPLICATION_INSTANCE:  # DMS stores lower case, moto does not
        return one.lower() == other.lower()
    return one == other


def check_identifier(resource_type: ResourceType, identifier: object) -> str:
    """Return a valid identifier, for an instance in lower case; else raise `UsageError`."""
    of_instance = resource_type is ResourceType.REPLICATION_INSTANCE
    if (
        isinstance(identifier, str)
        and not (of_instance and len(identifier) > _MAX_INSTANCE_IDENTIFIER_LENGTH)
        and is_identifier(identifier)
    ):
        return identifier.lower() if of_instance else identifier
    at_most = f", {_MAX_INSTANCE_IDENTIFIER_LENGTH} characters at most" if of_instance else ""
    raise UsageError(
        f"{quoted(identifier)} is not an identifier for a DMS {resource_type.words}. It must "
        "begin with a letter and have only ASCII letters, digits and hyphens, without a hyphen "
        f"at its end or two in a row{at_most}."
    )
