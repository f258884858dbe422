"""botocore and boto3: what every client sends, and what it would sign."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.httpsession import URLLib3Session
from botocore.signers import RequestSigner

from pytest_dmsconn import stack
from pytest_dmsconn.backend import OPERATIONS
from pytest_dmsconn.blocking import OPERATION_HEADER, block, is_forbidden
from pytest_dmsconn.callers import CALLER_HEADER
from pytest_dmsconn.patching import patch
from pytest_dmsconn.wire import Request, header, operation_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest

    from pytest_dmsconn.fake import FakeDms
    from pytest_dmsconn.patching import Patch
    from pytest_dmsconn.wire import Response

NAME = "botocore"


def install() -> Iterator[Patch]:
    """Reach every client of the process, however and whenever it was made.

    Sending is where all of them meet, below retries, parsing, paginators and waiters. Signing is
    left out for what will not be sent: a client without credentials would fail in it, and one
    whose credentials must be fetched would go out for them.
    """
    send, sign = URLLib3Session.send, RequestSigner.sign

    def send_or_answer(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        fake = stack.newest()
        if fake is None:
            return send(session, request)
        operation = operation_named(header(request.headers, "X-Amz-Target"))
        if operation is not None and operation in OPERATIONS:
            response = fake.backend.answer(operation, _neutral(request), NAME)
            return _aws_response(request, response)
        if is_forbidden(fake.backend, operation, request.url):
            raise block(fake.backend, _neutral(request), OPERATIONS)
        return send(session, request)

    def sign_or_leave(
        signer: RequestSigner,
        operation_name: str,
        request: AWSRequest,
        region_name: str | None = None,
        signing_type: str = "standard",
        **more: Any,
    ) -> None:
        fake = stack.newest()
        if fake is None or signing_type != "standard" or not _stays(fake, request):
            sign(signer, operation_name, request, region_name, signing_type, **more)
            return
        request.headers[CALLER_HEADER] = f"{_access_key(signer)}/{signer.region_name}"
        request.headers[OPERATION_HEADER] = f"{signer.signing_name} {operation_name}"

    yield patch(URLLib3Session, "send", send_or_answer)
    yield patch(RequestSigner, "sign", sign_or_leave)


def _stays(fake: FakeDms, request: AWSRequest) -> bool:
    """Whether a request will not leave the process, so that nobody looks at its signature."""
    operation = operation_named(header(request.headers, "X-Amz-Target"))
    return operation in OPERATIONS or is_forbidden(fake.backend, operation, str(request.url))


def _access_key(signer: RequestSigner) -> str:
    """The access key of a client, unless it would have to be fetched."""
    credentials = getattr(signer, "_credentials", None)
    if isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials):
        return str(credentials.access_key)
    return ""


def _neutral(request: AWSPreparedRequest) -> Request:
    body = request.body
    content = body.encode() if isinstance(body, str) else body
    if not isinstance(content, (bytes, bytearray)):
        content = b""  # a stream, which no operation of DMS sends
    return Request(request.method, request.url, request.headers, bytes(content))


def _aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    raw: Any = _RawBody(response.body)
    headers: Any = response.headers
    return AWSResponse(request.url, response.status_code, headers, raw)


class _RawBody(io.BytesIO):
    """The body of an answer as botocore reads it off the connection."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
