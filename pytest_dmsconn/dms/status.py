"""The statuses of connections, endpoints and replication instances."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted


class Status(str, Enum):
    """The status of a connection; equals, prints and formats as AWS's string."""

    SUCCESSFUL = "successful"
    TESTING = "testing"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"
    """The connection is gone. Never sent over the wire."""

    __str__ = str.__str__
    __repr__ = str.__repr__
    __format__ = str.__format__  # type: ignore[assignment]  # its parameter has another name


SeedableStatus: TypeAlias = Status | Literal["successful", "testing", "failed", "deleting"]
"""The type of the status of a seed, for type checkers."""

SEEDABLE_STATUSES = (Status.SUCCESSFUL, Status.TESTING, Status.FAILED, Status.DELETING)

DELETED_STATUSES = (Status.DELETING, Status.DELETED)

ACTIVE = "active"
AVAILABLE = "available"
CREATING = "creating"


def check_status(status: object) -> Status:
    """Return the `Status` of that name if it can be seeded, else raise `UsageError`."""
    if isinstance(status, str) and status in SEEDABLE_STATUSES:
        return Status(status)
    allowed = ", ".join(repr(one.value) for one in SEEDABLE_STATUSES)
    msg = f"status={quoted(status)} is not the status of a connection. Allowed: {allowed}."
    raise UsageError(msg)
