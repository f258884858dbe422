"""Connections of the server: they receive requests without waiting, and send the answers."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from socket import SHUT_WR, socket
from typing import TYPE_CHECKING, Any, Protocol

from cheroot.server import Gateway, HeaderReader, HTTPConnection, HTTPRequest

from pytest_dmsconn.dms.aws_errors import AwsError, TransportFailure
from pytest_dmsconn.protocol.aws_json import Request, Response, refuse
from pytest_dmsconn.server.request_body import complaint, read_body, too_slow
from pytest_dmsconn.server.request_buffer import RequestBuffer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.server.http_server import CherootServer

SECONDS_TO_SEND = 10.0
SECONDS_TO_LINGER = 5.0
SECONDS_KEPT_ALIVE = 600
SECONDS_BETWEEN_REQUESTS = 0.001
"""How long a thread waits for the next request before it gives the connection back."""
LARGEST_READ = 64 << 20
"""How much of a refused request is read, so that its sender sees the refusal."""


class Application(Protocol):
    """What a server asks for its answers."""

    def largest_body(self, path: str) -> int:
        """How many bytes the body of a request to that path may have."""

    def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            TransportFailure: the connection is to be broken off in the middle of the answer.
        """


class RequestGateway(Gateway):
    """Hands a request to the application, and its answer back."""

    req: ServerRequest

    def respond(self) -> None:
        """Answer the request that cheroot has parsed."""
        request = self.req
        application = request.server.application
        path = request.uri.decode("latin-1")
        try:
            body = read_body(request, application.largest_body(path))
        except AwsError as error:
            request.refuse(error)
            return
        headers = _Headers(request.inheaders)
        url = f"http://{headers.get('Host') or ''}{path}"
        method = request.method.decode("latin-1")
        try:
            answer = application.answer(Request(method, url, headers, body))
        except TransportFailure:
            request.break_off()
        else:
            answer.headers["Content-Length"] = str(len(answer.body))
            request.send(answer)


class _Headers:
    """The headers of a request, by names in any capitals."""

    def __init__(self, headers: dict[bytes, bytes]) -> None:
        self._headers = headers

    def get(self, name: str) -> str | None:
        value = self._headers.get(name.title().encode("latin-1"))
        return None if value is None else value.decode("latin-1")


class _HeaderReader(HeaderReader):
    def __call__(self, rfile: Any, hdict: dict[bytes, bytes] | None = None) -> Any:
        headers = super().__call__(rfile, hdict)
        headers.pop(b"Expect", None)  # "100 Continue" was sent while the body was awaited
        return headers


class ServerRequest(HTTPRequest):
    """A request whose errors are errors of AWS."""

    header_reader = _HeaderReader()
    server: CherootServer
    conn: Connection
    uri: bytes
    method: bytes = b""
    inheaders: dict[bytes, bytes]

    def parse_request(self) -> None:
        """Read the head; whatever cheroot stumbles over is malformed."""
        try:
            super().parse_request()
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - cheroot fails on some requests in other ways
            self.simple_response("400 Bad Request", "Malformed request.")

    def simple_response(self, status: str, msg: str = "") -> None:
        """What cheroot itself answers, when it cannot read a request."""
        self.refuse(complaint(int(status[:3]), msg))

    def refuse(self, error: AwsError) -> None:
        """Answer with an error, and close the connection: what comes next may be anything."""
        self.close_connection = True
        self.send(refuse(error))
        self.conn.linger_for_client()

    def send(self, response: Response) -> None:
        """Send head and body at once; cheroot would send them one by one."""
        head = self.head_of(response.status_code, response.headers)
        self.sent_headers = True
        self.conn.wfile.write(head if self.method == b"HEAD" else head + response.body)

    def break_off(self) -> None:
        """Begin an answer, and close the connection in the middle of it."""
        self.close_connection = True
        # In chunks, since botocore does not look whether as much arrives as Content-Length says.
        head = self.head_of(HTTPStatus.OK, {"Transfer-Encoding": "chunked"})
        self.sent_headers = True
        self.conn.wfile.write(head + b'40\r\n{"Connection": {')

    def head_of(self, status_code: int, headers: Mapping[str, str]) -> bytes:
        """Return the head of an answer."""
        status = HTTPStatus(status_code)
        all_headers = {
            "Server": self.server.server_name,
            "Date": formatdate(usegmt=True),
            "Connection": "close" if self.close_connection else "keep-alive",
            **headers,
        }
        lines = [f"{self.server.protocol} {status.value} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in all_headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _AnswerFile:
    """What cheroot writes to: a slow reader is given `SECONDS_TO_SEND` for a whole answer."""

    bytes_written = 0

    def __init__(self, sock: socket) -> None:
        self._socket = sock

    def write(self, content: bytes) -> None:
        self._socket.settimeout(SECONDS_TO_SEND)
        try:
            self._socket.sendall(content)
        finally:
            self._socket.settimeout(0)


class Connection(HTTPConnection):
    """A connection that has a deadline, and receives without waiting."""

    RequestHandlerClass = ServerRequest
    server: CherootServer
    rfile: RequestBuffer

    def __init__(self, server: CherootServer, sock: socket, _makefile: Any = None) -> None:
        """Take over a socket that was accepted."""
        sock.settimeout(0)
        super().__init__(server, sock, self._make_file)
        self._bytes_to_discard = 0
        self._set_deadline(SECONDS_KEPT_ALIVE)

    def _make_file(self, sock: socket, mode: str, _size: int) -> RequestBuffer | _AnswerFile:
        if mode == "rb":
            return RequestBuffer(self.server.application.largest_body)
        return _AnswerFile(sock)

    @property
    def last_used(self) -> float:
        """How cheroot learns that the connection has to be closed: it expires old ones."""
        return -math.inf if self._is_late() else math.inf

    @last_used.setter
    def last_used(self, _value: float) -> None:
        """Ignore what cheroot sets."""

    def receive(self) -> None:
        """Take what has arrived; wait for nothing."""
        had_begun = self.rfile.has_begun()
        received = self.rfile.receive(self.socket)
        if self._bytes_to_discard:
            self.rfile.discard()
            self._bytes_to_discard = max(0, self._bytes_to_discard - received)
            self.rfile.ended = self.rfile.ended or not self._bytes_to_discard
        elif received and not had_begun:
            self._set_deadline(self.server.seconds_to_arrive)

    def send_continue(self) -> None:
        """Ask a client for the body if it waits to be asked."""
        if self.rfile.wants_continue():
            with suppress(OSError):
                self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def communicate(self) -> bool:
        """Answer a request, and those that come right after it, while other threads are idle.

        Giving the connection back between two requests takes as long as answering one.
        """
        kept = self._answer()
        while kept and not self._bytes_to_discard and self.server.requests.idle:
            if not self._has_next():
                break
            kept = self._answer()
        return kept

    def linger_for_client(self) -> None:
        """Read and discard for a while: a client that is still sending would miss the answer."""
        with suppress(OSError):
            self.socket.shutdown(SHUT_WR)
        self._bytes_to_discard = LARGEST_READ
        self._set_deadline(SECONDS_TO_LINGER)

    def close(self) -> None:
        """Close the socket; a client whose request is late is told so."""
        if self._is_late() and self.rfile.has_begun():
            with suppress(OSError):
                response = refuse(too_slow())
                request = ServerRequest(self.server, self)
                request.close_connection = True
                response.headers["Content-Length"] = str(len(response.body))
                head = request.head_of(response.status_code, response.headers)
                self.socket.send(head + response.body)
                self.socket.shutdown(SHUT_WR)
        super().close()

    def _answer(self) -> bool:
        kept: bool = super().communicate()  # type: ignore[no-untyped-call]
        if self._bytes_to_discard:
            self.rfile.discard()
            return not self.rfile.ended
        self.rfile.next_request()
        self._set_deadline(
            self.server.seconds_to_arrive if self.rfile.has_begun() else SECONDS_KEPT_ALIVE
        )
        return kept

    def _has_next(self) -> bool:
        """Whether the next request arrives in a moment."""
        if self.rfile.has_data():
            return True
        self.socket.settimeout(SECONDS_BETWEEN_REQUESTS)
        try:
            self.receive()
        finally:
            self.socket.settimeout(0)
        return self.rfile.has_data()

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline
