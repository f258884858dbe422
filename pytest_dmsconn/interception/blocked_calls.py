"""Calls to AWS that nothing in the process answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_dmsconn.dms import moto_resources, service_model
from pytest_dmsconn.errors import BlockedAwsCall
from pytest_dmsconn.protocol.aws_json import header, operation_of
from pytest_dmsconn.protocol.routing import OPERATIONS

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.aws_json import Request
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

OPERATION_HEADER = "X-Dmsconn-Operation"
"""What a transport adds to an unsigned request, to name the operation of any service."""


def block(service: FakeService, request: Request) -> BlockedAwsCall:
    """Record a call that is blocked, and return the error to raise."""
    operation = operation_of(request.headers)
    what = f"{_operation_words(request)} to {urlsplit(request.url).hostname}"
    service.block(what)
    if moto_resources.is_active():
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
    named = header(request.headers, OPERATION_HEADER)
    if named:
        return named
    target = header(request.headers, "X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    form = parse_qs(request.body.decode("latin-1")) if b"Action=" in request.body else {}
    for action in form.get("Action", ()):
        if re.fullmatch(r"\w+", action):
            return action
    return f"{request.method} {urlsplit(request.url).path or '/'}"
