"""Answers of moto, and the account that moto derives from an access key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.protocol.aws_json import Response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest


EVENT = "before-send.dmsconn"
"""The event name of requests that the fake passes to moto; moto answers no other event."""


def answer_of_moto(request: AWSPreparedRequest) -> Response | None:
    """The answer of moto; None if moto is not active or does not answer the request."""
    stubber = moto_resources.moto_stubber()
    answered = stubber(EVENT, request) if stubber else None
    if answered is None:
        return None
    headers: Any = answered.headers
    return Response(answered.status_code, headers, answered.content)


def account_of(access_key: str) -> str:
    """The account that moto derives from an access key."""
    from moto.iam.models import get_account_id_from

    return os.environ.get("MOTO_ACCOUNT_ID") or get_account_id_from(access_key)
