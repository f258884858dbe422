"""HTTP requests to a server as raw bytes."""

from __future__ import annotations

import json
import socket
import uuid
from http.client import HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import urlsplit

DELETE = "AmazonDMSv20160101.DeleteConnection"
DESCRIBE = "AmazonDMSv20160101.DescribeConnections"
MEBIBYTE = 1 << 20


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The body, after a check of the parts that every AWS error has."""
        content: dict[str, Any] = json.loads(self.body)
        assert self.headers["content-type"] == "application/x-amz-json-1.1"
        assert uuid.UUID(self.headers["x-amzn-requestid"])
        assert set(content) == {"__type", "message"}
        assert content["message"]
        assert 400 <= self.status != 500
        return content


def connect(url: str) -> socket.socket:
    host, _, port = urlsplit(url).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def read_answer(connection: socket.socket, method: str = "POST") -> Answer:
    response = HTTPResponse(connection, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, headers, response.read())
    response.close()
    return answer


def call(body: bytes, target: str = DELETE, *headers: str, first_line: str = "POST /") -> bytes:
    """A complete request."""
    lines = [
        f"{first_line} HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Amz-Target: {target}",
        "Content-Type: application/x-amz-json-1.1",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*chunks: bytes) -> bytes:
    """A complete request with chunked transfer encoding."""
    head = (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
        b"X-Amz-Target: " + DESCRIBE.encode() + b"\r\n\r\n"
    )
    pieces = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return b"".join([head, *pieces, b"0\r\n\r\n"])


def assert_still_answers(connection: socket.socket) -> None:
    connection.sendall(call(b"{}", DESCRIBE))
    assert read_answer(connection).status == 200
