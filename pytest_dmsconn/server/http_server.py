"""The HTTP server behind `dmsconn_server` and `python -m pytest_dmsconn serve`: cheroot.

Only this file and `http_body` know cheroot. What is asked goes to an `Application`; what is not
even HTTP, or comes in half, is refused here, with an error of the same form.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from socket import MSG_PEEK, SHUT_WR
from typing import TYPE_CHECKING, Any, Protocol

from cheroot.makefile import MakeFile
from cheroot.server import Gateway, HTTPConnection, HTTPRequest, HTTPServer

from pytest_dmsconn.dms.aws_errors import AwsError, TransportFailure
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.protocol.aws_json import Request, Response, refuse
from pytest_dmsconn.protocol.routing import LOOPBACK, server_ports
from pytest_dmsconn.server.request_body import complaint, read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from socket import socket

logger = logging.getLogger(__name__)

THREADS = 16
"""How many requests are answered at once; idle connections take up none."""
SECONDS_TO_ARRIVE = 5.0
"""How long a client may pause in the middle of a request."""
SECONDS_KEPT_ALIVE = 600
SECONDS_BETWEEN_REQUESTS = 0.001
"""How long a thread waits for the next request, before it gives the connection back."""
SECONDS_TO_LINGER = 1.0
LARGEST_HEAD = 64 << 10
LARGEST_READ = 64 << 20
"""What is read of a body that is too large, so that its sender comes to see the refusal."""
PIECE = 64 << 10


class Application(Protocol):
    """What a server asks for its answers."""

    def largest_body(self, path: str) -> int:
        """How many bytes the body of a request to that path may have."""

    def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            TransportFailure: the connection is to be broken off in the middle of the answer.
        """


class LoopbackServer:
    """A server on an address that only this machine can reach, in threads of its own."""

    def __init__(
        self,
        application: Application,
        port: int = 0,
        *,
        seconds_to_arrive: float = SECONDS_TO_ARRIVE,
    ) -> None:
        """Prepare a server; nothing listens until `start`.

        Args:
            application: what answers.
            port: where to listen; 0 for any that is free.
            seconds_to_arrive: how long a client may pause in the middle of a request.
        """
        self._server = _Server(application, port, seconds_to_arrive)
        self._listening: Future[int] = Future()
        # The threads of cheroot inherit that this one is a daemon: none keeps the process alive.
        self._thread = threading.Thread(target=self._serve, name="dmsconn-server", daemon=True)

    def start(self) -> None:
        """Listen.

        Raises:
            UsageError: the port is taken, or not for everybody.
        """
        self._thread.start()
        server_ports.add(self._listening.result())

    def stop(self) -> None:
        """Close all connections, and end the threads."""
        server_ports.discard(self._listening.result())
        self._server.stop()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self._listening.result()}"

    def _serve(self) -> None:
        try:
            self._server.prepare()
        except BaseException as error:  # noqa: BLE001 - it is raised again, where it is waited for
            self._listening.set_exception(error)
            return
        self._listening.set_result(self._server.bind_addr[1])
        self._server.serve()


class _Gateway(Gateway):
    """Hands a request to the application, and its answer back."""

    req: _Request

    def respond(self) -> None:
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


class _Request(HTTPRequest):
    server: _Server
    conn: _Connection
    uri: bytes
    method: bytes = b""
    inheaders: dict[bytes, bytes]

    def parse_request(self) -> None:
        try:
            super().parse_request()
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - whatever cheroot stumbles over, it is the request's fault
            self.simple_response("400 Bad Request", "Malformed request.")

    def simple_response(self, status: str, msg: str = "") -> None:
        """What cheroot itself answers, when it cannot read a request."""
        self.refuse(complaint(int(status[:3]), msg))

    def refuse(self, error: AwsError) -> None:
        """Answer with an error, and close the connection: what comes next may be anything."""
        self.close_connection = True
        self.send(refuse(error))
        self.conn.drain()

    def send(self, response: Response) -> None:
        """Answer; head and body go out at once, where cheroot would send them one by one."""
        head = self._head(response.status_code, response.headers)
        self.sent_headers = True
        self.conn.wfile.write(head if self.method == b"HEAD" else head + response.body)

    def break_off(self) -> None:
        """Begin an answer, and close the connection in the middle of it."""
        self.close_connection = True
        # In chunks, since botocore does not look whether as much arrives as Content-Length says.
        head = self._head(HTTPStatus.OK, {"Transfer-Encoding": "chunked"})
        self.sent_headers = True
        self.conn.wfile.write(head + b'40\r\n{"Connection": {')

    def _head(self, status_code: int, headers: Mapping[str, str]) -> bytes:
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


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request
    server: _Server

    def __init__(self, server: _Server, sock: socket, makefile: Any = MakeFile) -> None:
        super().__init__(server, sock, makefile)
        # cheroot has one time limit for both; a client between two requests may take longer.
        sock.settimeout(server.seconds_to_arrive)

    def communicate(self) -> bool:
        """Answer a request, and those that come right after it, while other threads are idle.

        Giving the connection back between two requests and taking it up again, mostly in another
        thread, takes as long as answering one.
        """
        answer_one: Callable[[], bool] = super().communicate
        kept = answer_one()
        while kept and self.server.requests.idle and self._has_next():
            kept = answer_one()
        return kept

    def _has_next(self) -> bool:
        """Whether the next request begins to arrive in a moment."""
        if self.rfile.has_data():
            return True
        self.socket.settimeout(SECONDS_BETWEEN_REQUESTS)
        try:
            return bool(self.socket.recv(1, MSG_PEEK))
        except OSError:
            return False
        finally:
            self.socket.settimeout(self.server.seconds_to_arrive)

    def close(self) -> None:
        super().close()
        with suppress(OSError):
            self.wfile.close()  # else it complains later of what its client did not wait for

    def drain(self) -> None:
        """Go on reading for a while: a client that is still sending would miss the answer."""
        with suppress(OSError):
            self.socket.shutdown(SHUT_WR)
            self.socket.settimeout(SECONDS_TO_LINGER)
            for _ in range(LARGEST_READ // PIECE):
                if not self.socket.recv(PIECE):
                    break


class _Server(HTTPServer):
    ConnectionClass = _Connection
    timeout = SECONDS_KEPT_ALIVE
    request_queue_size = 128  # how many may connect at one moment
    shutdown_timeout = 1
    expiration_interval = 0.1  # how long stopping takes, too
    max_request_header_size = LARGEST_HEAD
    max_request_body_size = LARGEST_READ

    def __init__(self, application: Application, port: int, seconds_to_arrive: float) -> None:
        address = (LOOPBACK, port)
        super().__init__(address, _Gateway, minthreads=THREADS, server_name="pytest-dmsconn")
        self.application = application
        self.seconds_to_arrive = seconds_to_arrive

    @staticmethod
    def bind_socket(socket_: socket, bind_addr: tuple[str, int]) -> socket:
        try:
            socket_.bind(bind_addr)
        except OSError as error:
            socket_.close()  # cheroot would leave that to the garbage collector
            msg = f"Cannot listen on port {bind_addr[1]}: {error.strerror}."
            raise UsageError(msg) from None
        return socket_

    def process_conn(self, conn: _Connection) -> None:
        if conn.last_used is None:
            self.put_conn(conn)  # only connected so far: no thread is to wait for its request
        else:
            super().process_conn(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's signature
        logger.log(level, msg, exc_info=traceback)
