"""DMS calls through the library requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from pytest_dmsconn import Connection

URL = "https://dms.us-east-1.amazonaws.com/"


def target(operation: str) -> dict[str, str]:
    """The header that names an operation."""
    return {"X-Amz-Target": f"AmazonDMSv20160101.{operation}"}


def post(operation: str, body: Any, url: str = URL, **more: Any) -> requests.Response:
    return requests.post(url, data=body, headers=target(operation), timeout=5, **more)


def delete(connection: Connection, url: str = URL) -> requests.Response:
    return post("DeleteConnection", json.dumps(connection.arns), url)


def describe() -> requests.Response:
    return post("DescribeConnections", "{}")
