"""requests, by way of `responses`: what every session sends, in a mock of `responses` or not.

The mocks of a test stay in charge: what they have registered they answer, DMS's hosts included.
Only what none of them answers is looked at, and taken if it is DMS's.
"""

from __future__ import annotations

from contextlib import contextmanager
from types import MethodType
from typing import TYPE_CHECKING, Any

import responses
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException
from responses import CallbackResponse, RequestsMock

from pytest_dmsconn.dms import aws_errors, service_model
from pytest_dmsconn.dms.aws_errors import TransportFailure
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import block, is_forbidden
from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.server_ports import is_own_server
from pytest_dmsconn.protocol import aws_json
from pytest_dmsconn.protocol.aws_json import Request, content_of, header, operation_of
from pytest_dmsconn.protocol.routing import is_dms_host
from pytest_dmsconn.protocol.dispatch import CONNECTION_OPERATIONS, OPERATIONS, is_answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from requests import PreparedRequest, Response
    from responses import BaseResponse

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

NAME = "requests"

FAILURES: Mapping[str, type[RequestException]] = {
    "connect-timeout": ConnectTimeout,
    "read-timeout": ReadTimeout,
    "connection-closed": NoConnectionError,
    "endpoint-unreachable": NoConnectionError,
}
"""What requests raises when no answer arrives."""


def _find_match_or_answer(
    mock: RequestsMock, request: PreparedRequest
) -> tuple[BaseResponse | None, list[str]]:
    # A registry may strike out what it has found, or gone past, so it is not asked in vain.
    if _is_ours(request) and not _is_registered(mock, request):
        return _answer_to(request), []
    match, reasons = _FIND_MATCH.original(mock, request)
    if match is None and mock._real_send is responses._real_send:  # noqa: SLF001 - else another mock is asked next
        _refuse_aws(request)
    return match, reasons


def _start_undisturbed(mock: RequestsMock, *args: Any, **kwargs: Any) -> Any:
    with _SENDING.given_way():
        return _START.original(mock, *args, **kwargs)


def _stop_undisturbed(mock: RequestsMock, *args: Any, **kwargs: Any) -> Any:
    with _SENDING.given_way():
        return _STOP.original(mock, *args, **kwargs)


class _Sending:
    """`HTTPAdapter.send`, replaced only while no mock of `responses` is in its place.

    When such a mock is stopped it puts back what it had found, be it after the last fake has
    ended. So it must not find ours.
    """

    def __init__(self) -> None:
        self._found: Any = None
        self._ours: Any = None

    def apply(self) -> None:
        """Put ours in place, unless a mock is there or no fake is in force any more."""
        with stack.lock:
            found = HTTPAdapter.send
            in_a_mock = found.__module__ == responses.__name__
            if stack.fakes and self._ours is None and not in_a_mock:
                self._found, self._ours = found, _send_or_answer(found)
                HTTPAdapter.send = self._ours  # type: ignore[method-assign]

    def undo(self) -> None:
        """Put back what had been there, unless somebody else has put something over it."""
        with stack.lock:
            if HTTPAdapter.send is self._ours:
                HTTPAdapter.send = self._found  # type: ignore[method-assign]
                self._ours = None
            elif not stack.fakes:
                self._ours = None

    @contextmanager
    def given_way(self) -> Iterator[None]:
        """Let a mock that starts or stops find `HTTPAdapter.send` without ours."""
        self.undo()
        try:
            yield
        finally:
            self.apply()


def _send_or_answer(send: Callable[..., Response]) -> Callable[..., Response]:
    def send_or_answer(
        adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Response:
        if _is_ours(request):
            # Never started; it turns an answer into what requests expects, retries included.
            mock = RequestsMock(assert_all_requests_are_fired=False)
            answered: Response = mock.unbound_on_send()(adapter, request, *args, **kwargs)
            return answered
        _refuse_aws(request)
        return send(adapter, request, *args, **kwargs)

    return send_or_answer


def _is_ours(request: PreparedRequest) -> bool:
    """Whether a request is one that the fake answers: a POST to DMS.

    What names no operation of DMS is answered with an error (W5). What names one that the fake
    does not answer is somebody else's, or blocked.
    """
    if stack.newest() is None or request.method != "POST" or not is_dms_host(str(request.url)):
        return False
    operation = _operation(request)
    if operation is None or operation not in service_model.operation_names():
        return True
    return is_answered(operation)


def _is_registered(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Whether a mock has an answer to a request that comes before the fake's.

    That of a test always does. moto's, which has one to everything of AWS, leaves the operations
    of connections to the fake.
    """
    left_by_moto = _operation(request) in CONNECTION_OPERATIONS
    return any(
        match.matches(request)[0]
        for match in mock.registered()
        if not (left_by_moto and type(match).__module__.startswith("moto."))
    )


def _refuse_aws(request: PreparedRequest) -> None:
    """Refuse a request to AWS, or of an operation of DMS, that nothing answers.

    Raises:
        BlockedAwsCall: the option `block_aws` says so.
    """
    fake, url, operation = stack.newest(), str(request.url), _operation(request)
    if fake is None or is_own_server(url):
        return
    unanswered = None if operation in OPERATIONS else operation
    if is_forbidden(fake.service, unanswered, url):
        raise block(fake.service, _neutral(request), OPERATIONS)


def _answer_to(request: PreparedRequest) -> BaseResponse:
    return CallbackResponse(str(request.method), str(request.url), _answer, content_type=None)


def _answer(request: PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
    request.body = _read(request.body)
    operation = _operation(request)
    if operation is not None and operation in OPERATIONS:
        try:
            answer = stack.current().service.answer(operation, _neutral(request), NAME)
        except TransportFailure as failure:
            raise FAILURES[failure.name](failure, request=request) from None
    else:
        target = header(request.headers, "X-Amz-Target")
        answer = aws_json.refuse(
            aws_errors.unknown_operation(f"DMS has no operation {target!r}.")
        )  # W5
    return answer.status_code, answer.headers, answer.body


def _operation(request: PreparedRequest) -> str | None:
    return operation_of(request.headers)


def _neutral(request: PreparedRequest) -> Request:
    content = content_of(request.body)
    return Request(str(request.method), str(request.url), request.headers, content)


def _read(body: Any) -> Any:
    """The content of a body that may be a file or come in pieces."""
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return body
    return body.read() if hasattr(body, "read") else b"".join(body)


_SENDING = _Sending()
_FIND_MATCH = Patch(RequestsMock, "_find_match", _find_match_or_answer)
_START = Patch(RequestsMock, "start", _start_undisturbed)
_STOP = Patch(RequestsMock, "stop", _stop_undisturbed)

PATCHES = (
    _FIND_MATCH,
    _START,
    _STOP,
    # The functions of the module are methods of its own mock, bound when it was imported.
    Patch(responses, "start", MethodType(_start_undisturbed, responses.mock)),
    Patch(responses, "stop", MethodType(_stop_undisturbed, responses.mock)),
    _SENDING,
)
"""They reach every session of the process, also in the mocks of `responses` that a test starts."""
