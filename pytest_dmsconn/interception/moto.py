"""Patches of moto: it answers requests of the fake only, and its deletions reach the registry."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import blocked_call_error
from pytest_dmsconn.interception.botocore import to_request
from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.protocol.aws_json import OK, Request, operation_of
from pytest_dmsconn.protocol.moto import EVENT
from pytest_dmsconn.protocol.routing import Route, route_unanswered
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms

OLDEST = "5.1.19"
"""The oldest supported release; pyproject.toml requires it too."""


def check_release(release: str) -> None:
    """Raise `UsageError` for a release of moto that is too old."""
    numbers = [int(number) for number in re.findall(r"\d+", release)[:3]]
    if numbers < [int(number) for number in OLDEST.split(".")]:
        raise UsageError(
            f"moto {escaped(release)} is too old for pytest-dmsconn, which works beside moto "
            f"{OLDEST} and newer. Install one: pip install 'moto>={OLDEST}'."
        )


check_release(version("moto"))


def _answer_the_fake_only(
    stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **more: Any
) -> Any:
    if stack.newest() is None or event_name == EVENT:
        return _ASK.original(stubber, event_name, request, **more)
    return None


def _process_and_remove(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    fake = stack.newest()
    if fake is None:
        return _PROCESS.original(stubber, request)
    try:
        answer = _PROCESS.original(stubber, request)
    except NotImplementedError as error:
        chosen = route_unanswered(operation_of(request.headers), "", fake.options)
        if chosen is not Route.BLOCKED:
            raise
        raise blocked_call_error(fake.service, _to_request(request)) from error
    if answer is not None:
        _remove_deleted(fake, request, answer[0])
    return answer


_ASK = Patch(BotocoreStubber, "__call__", _answer_the_fake_only)
_PROCESS = Patch(BotocoreStubber, "process_request", _process_and_remove)

PATCHES = (_ASK, _PROCESS)
"""Patches that prevent moto from answering a request before the client sends it.

All requests then reach the fake. It answers its own operations, and passes the others to moto.
"""


def _remove_deleted(fake: FakeDms, request: AWSPreparedRequest, status_code: int) -> None:
    """Remove the resources that a request has deleted in moto from the registry."""
    lifecycle, operation = fake.service.lifecycle, operation_of(request.headers)
    is_reset = "/moto-api/" in str(request.url)
    if (operation is None and not is_reset) or status_code != OK:
        return
    with lifecycle.registry.lock:
        if operation is not None:
            moto_resources.remove_deleted(lifecycle, operation, _to_request(request).body)
        moto_resources.remove_lost(lifecycle)


def _to_request(request: Any) -> Request:
    if isinstance(request, AWSPreparedRequest):
        return to_request(request)
    # Some releases of moto pass a request of werkzeug.
    return Request(request.method, request.url, request.headers, request.data)
