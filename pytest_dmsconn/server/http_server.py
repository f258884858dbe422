"""The HTTP server on loopback: waitress in one thread, and slow requests in another."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.protocol.routing import LOOPBACK, server_ports
from pytest_dmsconn.server.http_channel import Channel
from pytest_dmsconn.server.http_request import MAX_HEAD_BYTES, now

if TYPE_CHECKING:
    from pytest_dmsconn.server.http_request import Application

logger: logging.Logger = logging.getLogger(__name__)

SECONDS_TO_ARRIVE = 10.0
"""The longest time from the first byte of a request to its last."""
SECONDS_BETWEEN_CHECKS = 0.1
"""The interval of checks for late clients, and the pause without free file descriptors."""
UNLIMITED = 1 << 40


class LoopbackServer:
    """An HTTP server on 127.0.0.1, in two threads."""

    def __init__(
        self,
        application: Application,
        port: int = 0,
        *,
        seconds_to_arrive: float = SECONDS_TO_ARRIVE,
    ) -> None:
        """Listen on a port; nothing is answered until `start`.

        Args:
            application: the functions that answer requests.
            port: the port, up to 65535; 0 for any free port.
            seconds_to_arrive: the longest time from the first byte of a request to its last.

        Raises:
            UsageError: the port is taken, or needs a privilege.
        """
        listening = _listen(port)
        self._port = listening.getsockname()[1]
        self._server = _Server(application, listening, seconds_to_arrive)
        self._threads = [
            # Daemon threads do not keep the process alive.
            threading.Thread(target=self._server.run, name="dmsconn-server", daemon=True),
            threading.Thread(
                target=self._server.answer_slow_requests, name="dmsconn-server-slow", daemon=True
            ),
        ]

    def start(self) -> None:
        """Start the threads that answer."""
        server_ports.add(self._port)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close all connections, and end the threads."""
        server_ports.discard(self._port)
        self._server.stop()
        for thread in self._threads:
            thread.join()
        self._server.close()

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://{LOOPBACK}:{self._port}"


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        msg = f"Cannot listen on port {port}: {os.strerror(error.errno or 0)}."
        raise UsageError(msg) from None


class _Server(TcpWSGIServer):
    """A waitress server that answers in its receiving thread, except for slow requests."""

    channel_class = Channel

    def __init__(
        self, application: Application, listening: socket.socket, seconds_to_arrive: float
    ) -> None:
        """Accept connections on a listening socket."""
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        super().__init__(
            application,
            self._sockets,
            _sock=listening,
            bind_socket=False,
            host=LOOPBACK,
            threads=0,
            backlog=128,  # connections that wait to be accepted
            connection_limit=UNLIMITED,
            channel_timeout=UNLIMITED,  # `Channel` has its own deadlines
            max_request_header_size=MAX_HEAD_BYTES,
            # Bodies and answers stay in memory, and no thread waits until a client reads.
            inbuf_overflow=UNLIMITED,
            outbuf_overflow=UNLIMITED,
            outbuf_high_watermark=UNLIMITED,
            log_socket_errors=False,
            recv_bytes=1 << 16,  # large bodies are slow with waitress's 8 KiB
            clear_untrusted_proxy_headers=False,  # True would wrap `application`
        )
        self.seconds_to_arrive = seconds_to_arrive
        self._complete: deque[Channel] = deque()
        self._slow: SimpleQueue[Channel | None] = SimpleQueue()
        """The channels with a slow request; None ends the thread."""
        self._is_stopping = False
        self._next_check = 0.0
        self._accepts_from = 0.0
        self._has_warned = False

    def run(self) -> None:
        """Receive and answer until `stop`."""
        while not self._is_stopping:
            try:
                self._receive_and_answer()
            except Exception:  # noqa: PERF203 - waitress reads clocks that may fail, see `now`
                logger.exception("A connection failed.")
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self._slow.put(None)

    def answer_slow_requests(self) -> None:
        """Answer slow requests until `stop`."""
        while (channel := self._slow.get()) is not None:
            try:
                channel.service()
            except Exception:  # as in `run`
                logger.exception("A connection failed.")
            self.trigger.pull_trigger(channel.handle_write)  # in the thread of `run`

    def _receive_and_answer(self) -> None:
        seconds = 0 if self._complete else SECONDS_BETWEEN_CHECKS
        wasyncore.loop(seconds, use_poll=True, map=self._sockets, count=1)
        # One request of each client, because a client may have sent hundreds at once.
        for _ in range(len(self._complete)):
            channel = self._complete.popleft()
            channel.service()
            channel.handle_write()
        second = now()
        if second >= self._next_check:
            self._next_check = second + SECONDS_BETWEEN_CHECKS
            for channel in list(self.active_channels.values()):
                channel.check_deadline(second)

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._is_stopping = True
        self.trigger.pull_trigger()

    def add_task(self, task: Channel) -> None:
        """Queue a channel with a complete request."""
        if task.requests[0].takes_long:
            self._slow.put(task)
        else:
            self._complete.append(task)

    def pull_trigger(self) -> None:
        """Do nothing: both threads cause a `handle_write` after each answer."""

    def readable(self) -> bool:
        """Return whether the server accepts connections now."""
        return now() >= self._accepts_from

    def handle_error(self) -> None:
        """Log an error and continue to listen; waitress would stop."""
        logger.exception("A connection failed.")  # noqa: LOG004 - an error is being handled

    def accept(self) -> tuple[socket.socket, Any] | None:
        """Accept a connection; pause when the process has no file descriptors left."""
        try:
            accepted: tuple[socket.socket, Any] | None = super().accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._accepts_from = now() + SECONDS_BETWEEN_CHECKS
                if not self._has_warned:
                    self._has_warned = True
                    logger.warning("Cannot accept connections for now: %s.", error.strerror)
            raise
        return accepted
