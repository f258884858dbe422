"""A client of the control API of a server."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = "application/json"
ENDPOINT_ARN = "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS"
INSTANCE_ARN = "arn:aws:dms:us-east-1:123456789012:rep:PRODUCTION"


class Answer(NamedTuple):
    status: int
    content: dict[str, Any]


class Ask(Protocol):
    """Sends a request, and returns the answer."""

    def __call__(
        self, method: str, command: str, body: object = None, content_type: str | None = JSON
    ) -> Answer: ...


@contextmanager
def control_api(url: str) -> Iterator[Ask]:
    """A function that sends requests to the control API at a URL."""
    with closing(HTTPConnection(urlsplit(url).netloc)) as connection:

        def ask(
            method: str, command: str, body: object = None, content_type: str | None = JSON
        ) -> Answer:
            content = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
            headers = {} if content_type is None else {"Content-Type": content_type}
            connection.request(method, f"/_dmsconn/{command}", content, headers)
            with connection.getresponse() as response:
                assert response.headers["Content-Type"] == JSON
                return Answer(response.status, json.load(response))

        yield ask
