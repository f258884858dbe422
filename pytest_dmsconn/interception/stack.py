"""The fakes in force, the newest last. It answers; the others wait below it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pytest_dmsconn.errors import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

lock = threading.RLock()
"""Held while a fake enters or leaves."""

fakes: list[FakeDms] = []


def newest() -> FakeDms | None:
    """The fake that answers, if one is in force."""
    # No lock: whoever asks gets the newest of this moment. The list may shrink between two looks.
    try:
        return fakes[-1]
    except IndexError:
        return None


def current() -> FakeDms:
    """The newest fake in force.

    Raises:
        UsageError: there is none.

    Example:
        >>> from pytest_dmsconn import current, mock_dms
        >>> @mock_dms
        ... def count():
        ...     current().add_connection()
        ...     return len(current().connections)
        >>> count()
        1
    """
    fake = newest()
    if fake is None:
        msg = (
            "No fake of DMS is in force. Request the fixture 'dmsconn', "
            "or enter 'with mock_dms() as dms:'."
        )
        raise UsageError(msg)
    return fake
