"""DMS calls with any bytes as the body, and their HTTP answers."""

from __future__ import annotations

import json
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

URL = "https://dms.us-east-1.amazonaws.com/"


class Answer:
    """An HTTP answer of DMS."""

    def __init__(self, response: Any) -> None:
        self.status_code: int = response.status_code
        self.headers = response.headers
        self.body: Any = json.loads(response.content)

    @property
    def code(self) -> str:
        code: str = self.body["__type"]
        return code

    @property
    def message(self) -> str:
        message: str = self.body["message"]
        return message


def send(operation: str, body: bytes, **headers: str) -> Answer:
    """Send bytes unchanged through botocore's HTTP session."""
    request = AWSRequest(
        "POST",
        URL,
        headers={
            "X-Amz-Target": f"AmazonDMSv20160101.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            **headers,
        },
        data=body,
    )
    return Answer(URLLib3Session().send(request.prepare()))


def send_json(operation: str, parameters: object) -> Answer:
    return send(operation, json.dumps(parameters).encode())
