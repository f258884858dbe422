"""moto beside the fake: what it answers, and which account it takes a caller to act in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.protocol.aws_json import Response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest


EVENT = "before-send.dmsconn"
"""The event under which the fake asks moto; moto keeps silent under botocore's own."""


def answer_of_moto(request: AWSPreparedRequest) -> Response | None:
    """What moto answers; None if it is not active or leaves the request alone."""
    stubber = moto_resources.stubber()
    answered = stubber(EVENT, request) if stubber else None
    if answered is None:
        return None
    headers: Any = answered.headers
    return Response(answered.status_code, headers, answered.content)


def account_of(access_key: str) -> str:
    """The account in which active moto has a caller act."""
    from moto.iam.models import get_account_id_from

    return os.environ.get("MOTO_ACCOUNT_ID") or get_account_id_from(access_key)
