"""A cheroot server on loopback: it answers complete requests, in a pool of threads."""

from __future__ import annotations

import errno
import logging
import threading
import time
from concurrent.futures import Future
from socket import socket
from typing import Any

from cheroot.server import HTTPServer

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.protocol.routing import LOOPBACK, server_ports
from pytest_dmsconn.server.http_connection import (
    LARGEST_READ,
    SECONDS_KEPT_ALIVE,
    Application,
    Connection,
    RequestGateway,
)
from pytest_dmsconn.server.request_buffer import LARGEST_HEAD

logger = logging.getLogger(__name__)

THREADS = 16
"""How many requests are answered at once. A client that is still sending occupies no thread."""
MOST_THREADS = 128
"""The limit when clients do not read their answers."""
SECONDS_TO_ARRIVE = 10.0
"""How long a request may take to arrive, from its first byte to its last."""
SECONDS_WITHOUT_DESCRIPTORS = 0.05


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
            seconds_to_arrive: how long a request may take to arrive.
        """
        self._server = CherootServer(application, port, seconds_to_arrive)
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


class _Listener(socket):
    """A listening socket that waits while the process has no file descriptors left."""

    _has_warned = False

    def accept(self) -> tuple[socket, Any]:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
            if not self._has_warned:
                self._has_warned = True
                logger.warning("Clients wait: %s.", error.strerror)
            time.sleep(SECONDS_WITHOUT_DESCRIPTORS)
            raise TimeoutError from None  # cheroot tries again


class CherootServer(HTTPServer):
    """The settings of cheroot, and the places where it is told to wait less."""

    ConnectionClass = Connection
    timeout = SECONDS_KEPT_ALIVE
    request_queue_size = 128  # how many may connect at one moment
    shutdown_timeout = 1
    expiration_interval = 0.1  # stopping takes as long
    max_request_header_size = LARGEST_HEAD
    max_request_body_size = LARGEST_READ

    def __init__(self, application: Application, port: int, seconds_to_arrive: float) -> None:
        """Prepare a server; nothing listens yet."""
        address = (LOOPBACK, port)
        super().__init__(
            address,
            RequestGateway,
            minthreads=THREADS,
            maxthreads=MOST_THREADS,
            server_name="pytest-dmsconn",
        )
        self.application = application
        self.seconds_to_arrive = seconds_to_arrive

    @staticmethod
    def bind_socket(socket_: socket, bind_addr: tuple[str, int]) -> socket:
        """Bind the listening socket; raise `UsageError` if the port is taken."""
        try:
            socket_.bind(bind_addr)
        except OSError as error:
            socket_.close()  # cheroot would leave that to the garbage collector
            msg = f"Cannot listen on port {bind_addr[1]}: {error.strerror}."
            raise UsageError(msg) from None
        return _Listener(fileno=socket_.detach())

    def clear_stats(self) -> None:
        """Reset the statistics; cheroot would register them, and the server with them, for good."""
        super().clear_stats()  # type: ignore[no-untyped-call]
        registered: dict[str, Any] = logging.statistics  # type: ignore[attr-defined]
        for name in [name for name, stats in registered.items() if stats is self.stats]:
            del registered[name]

    def process_conn(self, conn: Connection) -> None:
        """Give a complete request to a thread; leave any other with the selector."""
        conn.receive()
        if conn.rfile.has_data():
            if not self.requests.idle:
                self.requests.grow(1)
            super().process_conn(conn)
        elif conn.rfile.ended:
            conn.close()
        else:
            conn.send_continue()
            self.put_conn(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's signature
        """Log what cheroot reports."""
        logger.log(level, msg, exc_info=traceback)
