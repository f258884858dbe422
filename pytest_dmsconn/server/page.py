"""The web page of the server, `GET /_dmsconn/`, which shows the state of a fake."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from pytest_dmsconn.protocol.aws_json import OK, Response


def answer() -> Response:
    """Return the page, with a Content-Security-Policy that allows requests to this server only."""
    page = _read()
    policy = (
        f"default-src 'none'; script-src {_hash_of('script', page)}; "
        f"style-src {_hash_of('style', page)}; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(OK, headers, page.encode())


@cache
def _read() -> str:
    return (resources.files(__package__) / "page.html").read_text(encoding="utf-8")


def _hash_of(element: str, page: str) -> str:
    content = "".join(re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL))
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
