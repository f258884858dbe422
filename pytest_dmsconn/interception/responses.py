"""Patches of requests and responses, for all sessions, with or without an active mock.

URLs that the test registered with responses take precedence, for hosts of DMS too.
"""

from __future__ import annotations

import functools
from socket import getdefaulttimeout
from typing import TYPE_CHECKING, Any

import responses
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException
from responses import BaseResponse, CallbackResponse, RequestsMock
from urllib3 import Timeout

from pytest_dmsconn.dms.aws_errors import TransportFailure
from pytest_dmsconn.dms.service_model import operation_names
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import blocked_call_error
from pytest_dmsconn.interception.patching import Patch, patch_late_imports
from pytest_dmsconn.protocol.aws_json import Request, Timeouts, content_of, operation_of
from pytest_dmsconn.protocol.routing import (
    CONNECTION_OPERATIONS,
    OPERATIONS,
    Route,
    is_dms_host,
    route,
    route_unanswered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


NAME = "requests"

FAILURES: Mapping[str, type[RequestException]] = {
    "connect-timeout": ConnectTimeout,
    "read-timeout": ReadTimeout,
    "connection-closed": NoConnectionError,
    "endpoint-unreachable": NoConnectionError,
}
"""The exceptions that requests raises if no answer arrives."""


def _get_answering_adapter(session: Session, url: str) -> BaseAdapter:
    adapter: BaseAdapter = _GET_ADAPTER.original(session, url)
    if stack.newest() is None or not isinstance(adapter, HTTPAdapter):
        return adapter
    answering_class = _answering_class(type(adapter))  # type: ignore[arg-type]
    answering = answering_class.__new__(answering_class)
    answering.__dict__ = adapter.__dict__  # the same connections and settings
    return answering


@functools.cache
def _answering_class(adapter_class: type[HTTPAdapter]) -> type[HTTPAdapter]:
    if adapter_class is HTTPAdapter:
        return _AnsweringAdapter
    # The program's own `send` runs, and its `super().send` is that of `_AnsweringAdapter`.
    return type(adapter_class.__name__, (adapter_class, _AnsweringAdapter), {})


class _AnsweringAdapter(HTTPAdapter):
    """Replaces `HTTPAdapter` as the base of the program's own adapter class."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        if HTTPAdapter.send.__module__ != responses.__name__:  # else an active mock decides
            chosen = _route(request)
            if chosen is Route.FAKE:
                # A mock that is never started builds the response, and does the adapter's retries.
                mock = RequestsMock(assert_all_requests_are_fired=False)
                response: Response = mock.unbound_on_send()(self, request, *args, **kwargs)
                return response
            _raise_if_blocked(request, chosen)
        return super().send(request, *args, **kwargs)


def _find_match_or_answer(
    mock: RequestsMock, request: PreparedRequest
) -> tuple[BaseResponse | None, list[str]]:
    patch_late_imports()
    # Before `_find_match`, because a registry of responses may remove the match that it finds.
    chosen = _route(request)
    if chosen is Route.FAKE and not _is_registered(mock, request):
        return CallbackResponse(str(request.method), str(request.url), _answer), []
    match, reasons = _FIND_MATCH.original(mock, request)
    if match is None and mock._real_send is responses._real_send:  # noqa: SLF001 - else another mock is asked next
        _raise_if_blocked(request, chosen)
    return match, reasons


def _route(request: PreparedRequest) -> Route:
    fake = stack.newest()
    if fake is None:
        return Route.NETWORK
    return route(_operation_to_route(request), str(request.url), fake.options)


def _operation_to_route(request: PreparedRequest) -> str | None:
    """The operation by which a request is routed; None if its host decides.

    At a host that is not that of DMS, it is an operation that the fake does not answer.
    """
    operation = operation_of(request.headers)
    if request.method == "POST" and is_dms_host(str(request.url)):
        return operation or ""
    is_unanswered = operation not in OPERATIONS and operation in operation_names()
    return operation if is_unanswered else None


def _is_registered(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Whether the test has registered an answer for a request with this mock.

    For connection operations, moto's registrations of all hosts of AWS do not count.
    """
    is_left_by_moto = operation_of(request.headers) in CONNECTION_OPERATIONS
    return any(
        match.matches(request)[0]
        for match in mock.registered()
        if not (is_left_by_moto and type(match).__module__.startswith("moto."))
    )


def _raise_if_blocked(request: PreparedRequest, chosen: Route) -> None:
    """Raise `BlockedAwsCall` if a request must not leave the process."""
    fake = stack.newest()
    if fake is None:
        return
    if chosen is Route.MOTO:
        chosen = route_unanswered(_operation_to_route(request), str(request.url), fake.options)
    if chosen is Route.BLOCKED:
        raise blocked_call_error(fake.service, _to_request(request))


def _answer(request: PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
    request.body = _read(request.body)
    try:
        answer = stack.current().service.answer(
            _to_request(request), operation_of(request.headers), NAME
        )
    except TransportFailure as failure:
        raise FAILURES[failure.name](failure, request=request) from None
    return answer.status_code, answer.headers, answer.body


def _to_request(request: PreparedRequest) -> Request:
    content, timeouts = content_of(request.body), _timeouts(request)
    return Request(str(request.method), str(request.url), request.headers, content, timeouts)


def _timeouts(request: PreparedRequest) -> Timeouts:
    """The timeouts in the argument `timeout`: a number, a pair, an object of urllib3, or None."""
    given = getattr(request, "req_kwargs", {}).get("timeout")
    if isinstance(given, (tuple, list)):
        connect, read = given
    elif isinstance(given, Timeout):
        started = given.clone()
        started.start_connect()  # only then urllib3 computes a read timeout from a total
        started.get_connect_duration = lambda: 0.0  # type: ignore[method-assign]  # no virtual time
        connect, read = started.connect_timeout, started.read_timeout
    else:
        connect = read = given
    return Timeouts(_seconds(connect), _seconds(read))


def _seconds(timeout: Any) -> float | None:
    """A timeout in seconds; None for no timeout. urllib3's default is the default of sockets."""
    if timeout is None or isinstance(timeout, (int, float)):
        return timeout
    return getdefaulttimeout()


def _read(body: Any) -> Any:
    """The content of a body, which may be a file or an iterator."""
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return body
    return body.read() if hasattr(body, "read") else b"".join(body)


_GET_ADAPTER = Patch(Session, "get_adapter", _get_answering_adapter)
_FIND_MATCH = Patch(RequestsMock, "_find_match", _find_match_or_answer)

PATCHES = (_GET_ADAPTER, _FIND_MATCH)
