"""botocore and boto3: what every client sends, and what it would sign."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import botocore.configloader
from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials, InstanceMetadataProvider, RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ConfigNotFound,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.signers import RequestSigner

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.dms.aws_errors import TransportFailure
from pytest_dmsconn.interception import stack, waits
from pytest_dmsconn.interception.blocked_calls import OPERATION_HEADER, block
from pytest_dmsconn.interception.patching import Patch, patch_late_imports
from pytest_dmsconn.protocol import moto
from pytest_dmsconn.protocol.aws_json import Request, content_of, operation_of
from pytest_dmsconn.protocol.routing import (
    CALLER_HEADER,
    Route,
    account_named_by,
    route,
    route_past_moto,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest

    from pytest_dmsconn.protocol.aws_json import Response

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

NAME = "botocore"

FAILURES: Mapping[str, type[BotoCoreError]] = {
    "connect-timeout": ConnectTimeoutError,
    "read-timeout": ReadTimeoutError,
    "connection-closed": ConnectionClosedError,
    "endpoint-unreachable": EndpointConnectionError,
}
"""What botocore raises, and retries, when no answer arrives."""


FILES_OF_THE_MACHINE = {"~/.aws/config", "~/.aws/credentials", "/etc/boto.cfg", "~/.boto"}
"""Where botocore looks if no variable names a file."""


def _init_session(session: Session, *given: Any, **named: Any) -> None:
    patch_late_imports()  # a session of aiobotocore is one of botocore
    _INIT_SESSION.original(session, *given, **named)


def _send_or_answer(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
    response = answer(request, NAME)
    if response is None:
        return _SEND.original(session, request)
    return _aws_response(request, response)


def _sign_or_leave(signer: RequestSigner, *given: Any, **named: Any) -> None:
    if not leave_unsigned(signer, *given, **named):
        _SIGN.original(signer, *given, **named)


def _parse_unless_of_the_machine(path: str, *given: Any, **named: Any) -> Any:
    if path in FILES_OF_THE_MACHINE and stack.newest() is not None:
        raise ConfigNotFound(path=path)
    return _PARSE.original(path, *given, **named)


def _load_nothing_or_fetch(provider: InstanceMetadataProvider) -> Any:
    return None if leaves_credentials_unfetched() else _FETCH.original(provider)


_INIT_SESSION = Patch(Session, "__init__", _init_session)
_SEND = Patch(URLLib3Session, "send", _send_or_answer)
_SIGN = Patch(RequestSigner, "sign", _sign_or_leave)
_PARSE = Patch(botocore.configloader, "raw_config_parse", _parse_unless_of_the_machine)
_FETCH = Patch(InstanceMetadataProvider, "load", _load_nothing_or_fetch)

PATCHES = (
    _INIT_SESSION,
    _SEND,
    _SIGN,
    _PARSE,
    _FETCH,
    *waits.PATCHES,
)
"""They reach every client of the process, however and whenever it was made.

Sending is where all of them meet, below retries, parsing, paginators and waiters. Signing is left
out for what will not be sent: a client without credentials would fail in it, and one whose
credentials must be fetched would go out for them. The fake's variables keep the files of the
machine and the metadata service away; so do two patches, for a test that clears the environment.
"""


@waits.remember_who_answers
def answer(request: AWSPreparedRequest, transport: str) -> Response | None:
    """Answer a request of a client; None if it goes where it was sent."""
    fake = stack.newest()
    if fake is None:
        return None
    operation = operation_of(request.headers)
    to_dms = operation is not None
    way = route(operation, request.url, fake.options, to_dms=to_dms)
    if way is Route.FAKE:
        try:
            return fake.service.answer(neutral(request), transport)
        except TransportFailure as failure:
            raise FAILURES[failure.name](endpoint_url=request.url, error=failure) from None
    if way is Route.MOTO:
        answered = moto.answer_of_moto(request)
        if answered is not None:
            return answered
        way = route_past_moto(operation, request.url, fake.options, to_dms=to_dms)
    if way is Route.BLOCK:
        raise block(fake.service, neutral(request))
    return None


def leave_unsigned(
    signer: RequestSigner,
    operation_name: str,
    request: AWSRequest,
    _region_name: str | None = None,
    signing_type: str = "standard",
    *_: Any,
    **__: Any,
) -> bool:
    """Say who calls what in a request that will not leave the process, in place of a signature.

    It takes what `RequestSigner.sign` takes.

    Returns:
        Whether it will not; if it will, or it is only presigned, the request is left as it was.
    """
    patch_late_imports()
    fake = stack.newest()
    if fake is None or signing_type != "standard":
        return False
    operation, url = operation_of(request.headers), str(request.url)
    to_dms = operation is not None
    way = route(operation, url, fake.options, to_dms=to_dms)
    if way is not Route.FAKE:
        if route_past_moto(operation, url, fake.options, to_dms=to_dms) is Route.PASS:
            return False
        has_credentials = getattr(signer, "_credentials", None) is not None
        if has_credentials and moto_resources.is_active():
            return False  # moto reads the account from the signature
        request.headers[OPERATION_HEADER] = f"{signer.signing_name} {operation_name}"
    request.headers[CALLER_HEADER] = f"{account_named_by(_access_key(signer))}/{signer.region_name}"
    return True


def leaves_credentials_unfetched() -> bool:
    """Whether nobody is to ask the metadata service of an instance for credentials."""
    fake = stack.newest()
    return fake is not None and fake.options.block_aws


def _access_key(signer: RequestSigner) -> str:
    """The access key of a client, unless it would have to be fetched."""
    credentials = getattr(signer, "_credentials", None)
    if isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials):
        return str(credentials.access_key)
    return ""


def neutral(request: AWSPreparedRequest) -> Request:
    """A request as the fake takes it."""
    return Request(request.method, request.url, request.headers, content_of(request.body))


def _aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    raw: Any = _RawBody(response.body)
    headers: Any = response.headers
    return AWSResponse(request.url, response.status_code, headers, raw)


class _RawBody(io.BytesIO):
    """The body of an answer as botocore reads it off the connection."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
