"""Connections of the server: their deadlines, and how they are closed."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.utilities import BadRequest, Error

from pytest_dmsconn.server.http_request import AnswerTask, LateRequestError, RequestParser, now

if TYPE_CHECKING:
    from socket import socket

SECONDS_TO_SEND = 10.0
SECONDS_TO_LINGER = 5.0
SECONDS_KEPT_ALIVE = 600.0


class Channel(HTTPChannel):
    """A connection with deadlines for idling, receiving, sending and closing."""

    task_class = error_task_class = AnswerTask
    request: RequestParser | None
    close_when_flushed: bool = False
    _deadline: float

    def __init__(self, server: Any, accepted: socket, *args: Any, **options: Any) -> None:
        """Wrap an accepted socket."""
        try:
            super().__init__(server, accepted, *args, **options)
        except Exception:  # a frozen clock can fail, see `now`
            accepted.close()
            raise
        self.parser_class: Any = partial(RequestParser, server.application)
        self._lingers = False
        self._set_deadline(SECONDS_KEPT_ALIVE)

    def handle_read(self) -> None:
        """Receive a part of a request."""
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
        """Send the rest of an answer."""
        if not self.connected:
            return
        try:
            with self.outbuf_lock:  # another thread may be adding a slow answer
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
        """Close the connection: the client sent TCP urgent data, which HTTP does not use."""
        self.handle_close()

    def service(self) -> None:
        """Answer a request."""
        self._deadline = math.inf  # until the answer is ready
        try:
            super().service()
        except Exception:
            self.close_when_flushed = True
            raise

    def check_deadline(self, second: float) -> None:
        """Refuse a late request; close the connection after any other missed deadline."""
        request = self.request
        if request is not None and self.requests:
            request.began = second  # nothing is read while an earlier request is answered
        if request is None or self.requests or self.total_outbufs_len or self._lingers:
            if second > self._deadline:
                self.handle_close()
        elif second > request.began + self.server.seconds_to_arrive:
            self._refuse(request, LateRequestError("The request did not arrive in time."))

    def _refuse(self, request: RequestParser, error: Error) -> None:
        """Answer an incomplete request with an error."""
        self.request = None
        request.refuse(error)
        self.requests.append(request)
        self.server.add_task(self)

    def _linger(self) -> None:
        """Stop sending, and discard received data; an immediate close could lose the answer."""
        self.close_when_flushed = False
        self._lingers = True
        self._set_deadline(SECONDS_TO_LINGER)
        with suppress(OSError):
            self.socket.shutdown(SHUT_WR)

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = now() + seconds
