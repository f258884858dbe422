"""Calls to AWS that nothing in the process answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_dmsconn import beside_moto, model
from pytest_dmsconn.arns import dns_suffixes
from pytest_dmsconn.errors import BlockedAwsCall
from pytest_dmsconn.wire import header, operation_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_dmsconn.backend import Backend
    from pytest_dmsconn.wire import Request

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

OPERATION_HEADER = "X-Dmsconn-Operation"
"""What a transport adds to an unsigned request, to name the operation of any service."""

METADATA_ADDRESSES = {
    "169.254.169.254",
    "fd00:ec2::254",
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::23",
}
"""Where instances, containers and pods find their credentials."""


def is_aws_host(url: str) -> bool:
    """Whether a URL leads to AWS: a DNS suffix of any partition, or a metadata address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return f".{host}".endswith(dns_suffixes()) or host in METADATA_ADDRESSES


def is_forbidden(backend: Backend, operation: str | None, url: str) -> bool:
    """Whether a call that nothing answers must not leave the process.

    Args:
        backend: the fake in force.
        operation: the operation of DMS that is called; None if it is none of DMS's.
        url: where the call would go.
    """
    if not backend.options.block_aws:
        return False
    return operation in model.operation_names() or is_aws_host(url)


def block(backend: Backend, request: Request, answered: Collection[str]) -> BlockedAwsCall:
    """Take note of a forbidden call; return the error to raise."""
    operation = operation_of(request.headers)
    what = f"{_operation_words(request)} to {urlsplit(request.url).hostname}"
    backend.block(what)
    if beside_moto.is_active():
        why = "moto's mock_aws() is active, but has no answer to it."
    elif operation in model.operation_names():
        why = (
            f"The fake answers {', '.join(answered)}; for any other operation of DMS, enter "
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
