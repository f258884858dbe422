"""Answers to HTTP requests: DMS calls, and the control API.

`http_server` calls these functions, for the fixture `dmsconn_server` and the command `serve`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_dmsconn.dms import aws_errors, service_model
from pytest_dmsconn.dms.aws_errors import AwsError
from pytest_dmsconn.errors import BlockedAwsCall
from pytest_dmsconn.interception import stack
from pytest_dmsconn.protocol import aws_json, moto
from pytest_dmsconn.protocol.aws_json import header, operation_of
from pytest_dmsconn.protocol.dispatch import unknown_operation
from pytest_dmsconn.protocol.routing import Route, route, scope_of
from pytest_dmsconn.server import control_api
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.protocol.aws_json import Request, Response

NAME = "server"

MAX_CALL_BYTES = 1 << 20

_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d*)?", re.IGNORECASE)


def largest_body(path: str) -> int:
    """The largest body of a request to a path, in bytes: a seed is larger than a call."""
    return control_api.MAX_BODY_BYTES if path.startswith(control_api.PREFIX) else MAX_CALL_BYTES


def takes_long(path: str) -> bool:
    """Whether requests to a path are slow to answer: those that seed."""
    return path.partition("?")[0] == control_api.SEED


def answer(request: Request) -> Response:
    """Answer a request from the newest active fake.

    Raises:
        TransportFailure: the connection must be closed in the middle of the answer.
    """
    try:
        _require_loopback(request)
        if urlsplit(request.url).path.startswith(control_api.PREFIX):
            return control_api.answer(request)
        return _answer_call(request)
    except AwsError as error:
        return aws_json.refuse(error)


def _require_loopback(request: Request) -> None:
    """Refuse requests of web pages whose host name resolves to this machine (DNS rebinding).

    Raises:
        AwsError: the `Host` of the request is not loopback.
    """
    host = header(request.headers, "Host")
    if not _LOOPBACK.fullmatch(host):
        message = f"The Host header must be a loopback address, not {quoted(host)}."
        raise AwsError("AccessDeniedException", message, HTTPStatus.FORBIDDEN.value)


def _answer_call(request: Request) -> Response:
    path = urlsplit(request.url).path
    if request.method != "POST" or path != "/":
        raise aws_errors.unknown_operation(  # W1
            f"Calls are POST /, not {request.method} {path}. "
            f"The control API is under {control_api.PREFIX}"
        )
    fake = stack.newest()
    if fake is None:
        status = HTTPStatus.SERVICE_UNAVAILABLE.value
        raise AwsError("ServiceUnavailable", control_api.NO_FAKE, status)
    operation = operation_of(request.headers)
    chosen = route(operation or "", "", fake.options)
    if chosen is Route.FAKE:
        return fake.service.answer(request, operation, NAME)
    if chosen is Route.MOTO and operation in service_model.operation_names():
        response = _answer_of_moto(fake, str(operation), request)
        if response is not None:
            return response
    elif chosen is Route.BLOCKED:
        fake.service.record_blocked_call(f"{operation} to {header(request.headers, 'Host')}")
    raise unknown_operation(request)


def _answer_of_moto(fake: FakeDms, operation: str, request: Request) -> Response | None:
    # W3, W4: moto itself checks neither.
    aws_json.check(operation, aws_json.read_object(request.body))
    with suppress(BlockedAwsCall, NotImplementedError):  # no answer of moto
        return moto.answer_of_moto(
            _addressed_to_aws(request, scope_of(request, fake.service.scope).region)
        )
    return None


def _addressed_to_aws(request: Request, region: str) -> AWSPreparedRequest:
    """The request with the host of AWS, by which moto selects the service."""
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders

    headers = HTTPHeaders()
    for name in ("Authorization", "Content-Type", "X-Amz-Target"):
        headers[name] = header(request.headers, name)
    url = f"https://dms.{region}.amazonaws.com/"
    return AWSPreparedRequest("POST", url, headers, request.body, stream_output=False)
