"""Parse requests with waitress, and write responses as bytes."""

from __future__ import annotations

import re
import sys
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import Task
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from pytest_dmsconn.dms.aws_errors import AwsError, TransportFailure, serialization
from pytest_dmsconn.protocol.aws_json import Request, Response, refuse
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HEAD_BYTES = 64 << 10

_MALFORMED = "The first line of the request is malformed."
_FIRST_LINE = re.compile(rb"[^\sa-z]+ /\S* HTTP/1\.[01]\r\n")


def now() -> float:
    """A monotonic clock in seconds, which freezegun and the option `skip_sleep` do not change.

    A clock of freezegun can fail in other threads when the frozen time ends.
    """
    return time.clock_gettime(time.CLOCK_MONOTONIC) if sys.platform != "win32" else time.monotonic()


class Application(Protocol):
    """The functions that a server calls to answer requests."""

    def largest_body(self, path: str) -> int:
        """Return the largest body of a request to a path, in bytes."""

    def takes_long(self, path: str) -> bool:
        """Return whether requests to a path are slow to answer, and need the second thread."""

    def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            TransportFailure: the connection must be closed in the middle of the answer.
        """


class LateRequestError(Error):
    """The error of a request that takes too long to arrive."""

    code = 408


class RequestParser(HTTPRequestParser):
    """A request that is refused as soon as it is known to be malformed or too large."""

    def __init__(self, application: Application, adj: Any) -> None:
        """Begin at the first byte of a request."""
        super().__init__(adj)
        self.began: float = now()
        self.takes_long: bool = False
        self._application = application
        self._largest_body = 0

    def received(self, data: bytes) -> int:
        """Parse received data, and return how many of its bytes belong to this request."""
        consumed: int = super().received(data)
        if self.body_rcv is not None:
            self._check_size()
        elif not self.completed:
            self._check_first_line()
        if self.completed:
            self.expect_continue = False  # waitress would wait for the body of a refused request
        return consumed

    def refuse(self, error: Error) -> None:
        """End the request, so that it is answered with an error."""
        self.error: Error | None = error
        self.completed = True

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head; refuse malformed methods, targets and versions that waitress accepts."""
        if not _FIRST_LINE.match(header_plus):
            raise ParsingError(_MALFORMED)
        try:
            super().parse_header(header_plus)
        except ValueError:  # Python does not convert thousands of digits
            raise ParsingError("Content-Length is invalid") from None
        self._largest_body = self._application.largest_body(self.request_uri)
        self.takes_long = self._application.takes_long(self.request_uri)

    def to_request(self) -> Request:
        """Return the request in the form that all transports share."""
        headers = _Headers(self.headers)
        url = f"http://{headers.get('Host') or ''}{self.request_uri}"
        return Request(self.command, url, headers, self.get_body_stream().read())

    def _check_first_line(self) -> None:
        head = self.header_plus.lstrip()
        if b"\n" in head and not _FIRST_LINE.match(head):
            self.refuse(BadRequest(_MALFORMED))

    def _check_size(self) -> None:
        body = self.body_rcv
        if self.chunked:
            size = len(body) + body.chunk_remainder
            between_chunks = len(body.control_line) + len(body.trailer)
        else:
            size, between_chunks = self.content_length, 0
        if size > self._largest_body or between_chunks > MAX_HEAD_BYTES:
            self.refuse(RequestEntityTooLarge(""))


class _Headers:
    """The headers of a request. Names are case-insensitive."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def get(self, name: str) -> str | None:
        return self._headers.get(name.upper().replace("-", "_"))


class AnswerTask(Task):
    """The answer to one request; head and body are sent in one piece."""

    request: RequestParser

    def service(self) -> None:
        """Answer the request."""
        request = self.request
        self.close_on_finish: bool = request.connection_close or request.error is not None
        try:
            if request.error:
                response = refuse(_error_of_aws(request.error))
            else:
                response = self.channel.server.application.answer(request.to_request())
        except TransportFailure:
            self._break_off()
            return
        response.headers["Content-Length"] = str(len(response.body))
        head = self._head(response.status_code, response.headers)
        has_body = request.error or request.command != "HEAD"
        self.channel.write_soon(head + response.body if has_body else head)

    def _break_off(self) -> None:
        self.close_on_finish = True
        # Chunked, because botocore does not compare the length of a body with Content-Length.
        # Keep-alive, because Node's fetch accepts a cut answer with Connection: close.
        headers = {"Connection": "keep-alive", "Transfer-Encoding": "chunked"}
        head = self._head(HTTPStatus.OK, headers)
        self.channel.write_soon(head + b'40\r\n{"Connection": {')

    def _head(self, status_code: int, headers: Mapping[str, str]) -> bytes:
        status = HTTPStatus(status_code)
        all_headers = {
            "Server": "pytest-dmsconn",
            "Date": formatdate(usegmt=True),
            "Connection": "close" if self.close_on_finish else "keep-alive",
            **headers,
        }
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in all_headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _error_of_aws(error: Error) -> AwsError:
    match error.code:
        case 413 | 431:
            message = "The request is too large."
            return AwsError("RequestEntityTooLargeException", message, 413)
        case 408:
            return AwsError("RequestTimeoutException", error.body, 408)
        case 500:
            return AwsError("InternalFailure", error.body, 500)
    return serialization(escaped(error.body))
