"""Calls to AWS that are blocked because nothing in the process answers them."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import BlockedAwsCall
from pytest_dmsconn.protocol.aws_json import Request, header, operation_of
from pytest_dmsconn.protocol.routing import OPERATIONS, moto_is_active
from pytest_dmsconn.protocol.user_code import user_line

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.dispatch import FakeService

_newest_operation: ContextVar[tuple[str, str]] = ContextVar("_newest_operation", default=("", ""))
"""The host of the next request of this thread or task, and its service and operation."""


def remember_operation(url: str, words: str) -> None:
    """Remember the service and the operation of a request; its URL may not name them."""
    _newest_operation.set((urlsplit(url).netloc, words))


def remembered_operation(url: str) -> str:
    """Return the service and operation remembered for the host of a URL, and forget them."""
    host, words = _newest_operation.get()
    if host:
        _newest_operation.set(("", ""))
    return words if host == urlsplit(url).netloc else ""


def blocked_call_error(service: FakeService, request: Request, words: str = "") -> BlockedAwsCall:
    """Record a blocked call, and return the error to raise.

    `words` are the service and the operation, if the transport knows them.
    """
    operation = operation_of(request.headers)
    what = f"{words or _operation_words(request)} to {urlsplit(request.url).hostname}"
    service.record_blocked_call(what, user_line())
    if moto_is_active():
        why = "moto's mock_aws() is active, but has no answer to it."
    elif operation in service_model.operation_names():
        why = (
            f"The fake answers {', '.join(OPERATIONS)}; for any other operation of DMS, enter "
            "moto's mock_aws() in the same test."
        )
    else:
        why = "Fake that service as well, for example with moto's mock_aws() in the same test."
    return BlockedAwsCall(
        f"Blocked a call to AWS: {what}. Nothing in this test answers it. {why} "
        "To let such calls leave the process, set the option block_aws=False."
    )


def _operation_words(request: Request) -> str:
    target = header(request.headers, "X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    form = parse_qs(request.body.decode("latin-1")) if b"Action=" in request.body else {}
    for action in form.get("Action", ()):
        if re.fullmatch(r"\w+", action):
            return action
    return f"{request.method} {urlsplit(request.url).path or '/'}"
