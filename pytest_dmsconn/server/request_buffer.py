"""Requests as they arrive: no thread waits for the rest of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

PIECE = 256 << 10
LARGEST_HEAD = 64 << 10
LONGEST_CHUNK_LINE = 4 << 10

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIRST_LINE = re.compile(rb"[A-Z]+ (\S+) HTTP/1\.[01]\r\n")
_LENGTH = re.compile(rb"\nContent-Length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\nTransfer-Encoding:[^\n]*chunked", re.IGNORECASE)
_EXPECTS_CONTINUE = re.compile(rb"\nExpect:[ \t]*100-continue", re.IGNORECASE)


class RequestBuffer:
    """The bytes that a connection has received; cheroot reads them as a file."""

    def __init__(self, largest_body: Callable[[str], int]) -> None:
        """Start empty; a body of more than `largest_body(path)` bytes is not awaited."""
        self._largest_body = largest_body
        self._bytes = bytearray()
        self.ended = False
        """Whether the client sends no more."""
        self.closed = False
        self.bytes_read = 0
        self._expects_continue = False
        self._start_request()

    def receive(self, socket: socket) -> int:
        """Take what has arrived, and return how many bytes that was."""
        try:
            piece = socket.recv(PIECE)
        except (BlockingIOError, TimeoutError):
            return 0
        except OSError:
            piece = b""
        self.ended = not piece
        self._bytes += piece
        return len(piece)

    def has_begun(self) -> bool:
        """Whether a part of a request is there."""
        return bool(self._bytes)

    def has_data(self) -> bool:
        """Whether a request is complete, or can be refused as it is."""
        if self.ended:
            return bool(self._bytes)
        return len(self._bytes) >= self._needed and self._is_complete()

    def wants_continue(self) -> bool:
        """Whether the client waits for a "100 Continue" that it was not sent."""
        wanted, self._expects_continue = self._expects_continue, False
        return wanted

    def read(self, size: int = -1) -> bytes:
        """Read as a file."""
        return self._read_to(len(self._bytes) if size < 0 else self._position + size)

    def readline(self, size: int = -1) -> bytes:
        """Read a line as a file."""
        end = self._bytes.find(b"\n", self._position) + 1 or len(self._bytes)
        return self._read_to(end if size < 0 else min(end, self._position + size))

    def next_request(self) -> None:
        """Drop the request that was read."""
        del self._bytes[: self._position]
        self._start_request()

    def discard(self) -> None:
        """Drop everything that has arrived."""
        self._bytes.clear()
        self._start_request()

    def close(self) -> None:
        """Close as a file."""
        self.closed = True

    def _start_request(self) -> None:
        self._position = 0
        self._head_end = 0
        self._needed = 1
        self._is_chunked = False
        self._next_chunk = 0
        self._largest = 0
        self._expects_continue = False

    def _read_to(self, end: int) -> bytes:
        piece = bytes(memoryview(self._bytes)[self._position : end])
        self._position += len(piece)
        return piece

    def _is_complete(self) -> bool:
        if self._head_end:
            return not self._is_chunked or self._has_last_chunk()
        while self._bytes.startswith(b"\r\n"):  # RFC 9112 allows empty lines before a request
            del self._bytes[:2]
        first_line = _FIRST_LINE.match(self._bytes)
        if first_line is None:
            return b"\n" in self._bytes or len(self._bytes) > LARGEST_HEAD
        end = _HEAD_END.search(self._bytes)
        if end is None:
            return len(self._bytes) > LARGEST_HEAD
        self._head_end = self._next_chunk = end.end()
        self._largest = self._largest_body(first_line[1].decode("latin-1"))
        return self._has_body(bytes(self._bytes[: self._head_end]))

    def _has_body(self, head: bytes) -> bool:
        self._is_chunked = _CHUNKED.search(head) is not None
        if self._is_chunked:
            complete = self._has_last_chunk()
        else:
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            self._needed = self._head_end + size
            complete = size > self._largest or len(self._bytes) >= self._needed
            if size > self._largest:
                self._needed = 0
        self._expects_continue = not complete and _EXPECTS_CONTINUE.search(head) is not None
        return complete

    def _has_last_chunk(self) -> bool:
        """Return whether the chunks are complete, malformed or too large."""
        while (line_end := self._bytes.find(b"\r\n", self._next_chunk)) >= 0:
            line = self._bytes[self._next_chunk : line_end]
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                trailer_ends = self._bytes.find(b"\r\n\r\n", line_end) >= 0
                return trailer_ends or len(self._bytes) - line_end > LARGEST_HEAD
            end = line_end + 2 + size + 2
            if end - self._head_end > 2 * self._largest + LARGEST_HEAD:
                return True
            if len(self._bytes) < end:
                self._needed = end
                return False
            if self._bytes[end - 2 : end] != b"\r\n":
                return True
            self._next_chunk = end
        return len(self._bytes) - self._next_chunk > LONGEST_CHUNK_LINE
