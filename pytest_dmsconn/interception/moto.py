"""moto: it answers when the fake asks, and the fake deletes what moto deletes."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import block
from pytest_dmsconn.interception.botocore import neutral
from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.protocol.aws_json import OK, Request, operation_of
from pytest_dmsconn.protocol.moto import EVENT
from pytest_dmsconn.protocol.routing import Route, route_past_moto
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


OLDEST = "5.1.19"
"""The oldest release with all that is patched or called; the requirement in pyproject.toml."""


def check_release(release: str) -> None:
    """Raise `UsageError` for a release of moto that is too old."""
    numbers = [int(number) for number in re.findall(r"\d+", release)[:3]]
    if numbers < [int(number) for number in OLDEST.split(".")]:
        raise UsageError(
            f"moto {escaped(release)} is too old for pytest-dmsconn, which works beside moto "
            f"{OLDEST} and newer. Install one: pip install 'moto>={OLDEST}'."
        )


check_release(version("moto"))


def _ask_or_keep_silent(
    stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **more: Any
) -> Any:
    if stack.newest() is None or event_name == EVENT:
        return _ASK.original(stubber, event_name, request, **more)
    return None


def _process_and_follow(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    fake = stack.newest()
    if fake is None:
        return _PROCESS.original(stubber, request)
    try:
        answer = _PROCESS.original(stubber, request)
    except NotImplementedError as error:
        operation = _operation(request)
        way = route_past_moto(operation, "", fake.options, to_dms=operation is not None)
        if way is not Route.BLOCK:
            raise
        raise block(fake.service, _neutral(request)) from error
    if answer is not None:
        _follow(fake, request, answer[0])
    return answer


_ASK = Patch(BotocoreStubber, "__call__", _ask_or_keep_silent)
_PROCESS = Patch(BotocoreStubber, "process_request", _process_and_follow)

PATCHES = (_ASK, _PROCESS)
"""moto does not answer when a client asks it before sending.

So every request is sent, also of clients from before the import of moto. The fake then answers its
own operations, and asks moto for all others.
"""


def _follow(fake: FakeDms, request: AWSPreparedRequest, status_code: int) -> None:
    """Delete the connections of what a request has deleted in moto."""
    lifecycle, operation = fake.service.lifecycle, _operation(request)
    is_reset = "/moto-api/" in str(request.url)
    if (operation is None and not is_reset) or status_code != OK:
        return
    with lifecycle.registry.lock:
        if operation is not None:
            moto_resources.drop_deleted(lifecycle, operation, _neutral(request).body)
        moto_resources.drop_lost(lifecycle)


def _operation(request: AWSPreparedRequest) -> str | None:
    return operation_of(request.headers)


def _neutral(request: Any) -> Request:
    if isinstance(request, AWSPreparedRequest):
        return neutral(request)
    # Some releases of moto make a request of werkzeug first.
    return Request(request.method, request.url, request.headers, request.data)
