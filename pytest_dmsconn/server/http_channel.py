"""Connections of the server: their deadlines, and how they are closed."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.utilities import BadRequest, Error

from pytest_dmsconn.server.http_request import Answer, LateRequestError, RequestParser, now

if TYPE_CHECKING:
    from socket import socket

SECONDS_TO_SEND = 10.0
SECONDS_TO_LINGER = 5.0
SECONDS_KEPT_ALIVE = 600.0


class Channel(HTTPChannel):
    """A connection that has a deadline, whatever it waits for."""

    task_class = error_task_class = Answer
    request: RequestParser | None
    close_when_flushed: bool = False
    _deadline: float

    def __init__(self, server: Any, accepted: socket, *args: Any, **options: Any) -> None:
        """Take over a socket that was accepted."""
        try:
            super().__init__(server, accepted, *args, **options)
        except Exception:  # a clock that fails, see `now`
            accepted.close()
            raise
        self.parser_class: Any = partial(RequestParser, server.application)
        self._lingers = False
        self._set_deadline(SECONDS_KEPT_ALIVE)

    def handle_read(self) -> None:
        """Receive a piece of a request."""
        try:
            received = self.socket.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if received:
            if not self._lingers:
                self.received(received)
        elif self.request is None or self._lingers:
            self.handle_close()
        else:
            self._refuse(self.request, BadRequest("The request is incomplete."))

    def handle_write(self) -> None:
        """Send what is left of an answer."""
        if not self.connected:
            return
        try:
            with self.outbuf_lock:  # another thread may be writing an answer that took long
                self._flush_some()
        except OSError:
            self.handle_close()
        if not self.connected:
            return
        if self.total_outbufs_len:
            self._deadline = min(self._deadline, now() + SECONDS_TO_SEND)
            return
        if self.close_when_flushed:
            self._linger()
        else:
            self._set_deadline(SECONDS_KEPT_ALIVE)

    def handle_expt(self) -> None:
        """Close the connection: the client has sent urgent data, which HTTP does not have."""
        self.handle_close()

    def service(self) -> None:
        """Answer a request."""
        self._deadline = math.inf  # until there is something to send
        try:
            super().service()
        except Exception:
            self.close_when_flushed = True
            raise

    def check_deadline(self, second: float) -> None:
        """Refuse a request that is late; close a connection that is late otherwise."""
        request = self.request
        if request is not None and self.requests:
            request.began = second  # it is not read while an earlier request is answered
        if request is None or self.requests or self.total_outbufs_len or self._lingers:
            if second > self._deadline:
                self.handle_close()
        elif second > request.began + self.server.seconds_to_arrive:
            self._refuse(request, LateRequestError("The request did not arrive in time."))

    def _refuse(self, request: RequestParser, error: Error) -> None:
        """Answer a request that is not complete with an error."""
        self.request = None
        request.refuse(error)
        self.requests.append(request)
        self.server.add_task(self)

    def _linger(self) -> None:
        """Discard what arrives for a while: a client that still sends would miss the answer."""
        self.close_when_flushed = False
        self._lingers = True
        self._set_deadline(SECONDS_TO_LINGER)
        with suppress(OSError):
            self.socket.shutdown(SHUT_WR)

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = now() + seconds
