"""Patches of botocore and boto3: sending, signing, and the sources of credentials."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import botocore.configloader
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.credentials import (
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialProvider,
    Credentials,
    InstanceMetadataProvider,
)
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

from pytest_dmsconn.dms.aws_errors import TransportFailure
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import blocked_call_error, remembered_operation
from pytest_dmsconn.interception.patching import Patch, patch_late_imports
from pytest_dmsconn.interception.signing import (
    PlaceholderSigner,
    are_fetched_from_moto,
    credentials_for,
    known_key,
    needs_no_signature,
)
from pytest_dmsconn.interception.waiting.botocore_waits import PATCHES as PATCHES_OF_WAITS
from pytest_dmsconn.interception.waiting.botocore_waits import answered_in_process
from pytest_dmsconn.protocol import moto
from pytest_dmsconn.protocol.aws_json import Request, Response, Timeouts, content_of, operation_of
from pytest_dmsconn.protocol.routing import Route, is_own_server, route, route_unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


NAME = "botocore"

FAILURES: Mapping[str, type[BotoCoreError]] = {
    "connect-timeout": ConnectTimeoutError,
    "read-timeout": ReadTimeoutError,
    "connection-closed": ConnectionClosedError,
    "endpoint-unreachable": EndpointConnectionError,
}
"""The exceptions that botocore raises, and retries, if no answer arrives."""

FAKE_KEYS = ("testing", "testing")

METADATA_SOURCES = {"ec2instancemetadata", "ecscontainer"}
"""Values of `credential_source`, in lower case, that mean a metadata service."""

DEFAULT_CONFIG_FILES = {"~/.aws/config", "~/.aws/credentials", "/etc/boto.cfg", "~/.boto"}
"""The configuration files that botocore reads if no environment variable names another."""


def _init_session(session: Session, *given: Any, **named: Any) -> None:
    patch_late_imports()  # aiobotocore's sessions are subclasses of botocore's
    _INIT_SESSION.original(session, *given, **named)


def _send_or_answer(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
    response = answer(request, NAME, _timeouts_of(session, request))
    if response is None:
        return _SEND.original(session, request)
    return _aws_response(request, response)


def _timeouts_of(session: Any, request: AWSPreparedRequest) -> Timeouts:
    given = session._timeout  # noqa: SLF001
    if isinstance(given, (int, float)):
        timeouts = Timeouts(given, given)
    else:
        timeouts = Timeouts(given.connect_timeout, given.read_timeout)
    return with_own_read_timeout(request, timeouts)


def with_own_read_timeout(request: AWSPreparedRequest, timeouts: Timeouts) -> Timeouts:
    """The timeouts of a session, with the read timeout of the operation if it has one."""
    read = getattr(request, "context", {}).get("read_timeout")
    return timeouts if read is None else timeouts._replace(read=read)


def _sign(signer: RequestSigner, name: str, request: AWSRequest, *given: Any, **named: Any) -> None:
    if not needs_no_signature(signer, name, request, *given, **named):
        _SIGN.original(signer, name, request, *given, **named)
        return
    credentials = credentials_for(signer, request)
    if are_fetched_from_moto(credentials):
        access_key = credentials.get_frozen_credentials().access_key
    else:
        access_key = known_key(credentials)
    with PlaceholderSigner(signer, request, access_key):
        _SIGN.original(signer, name, request, *given, **named)


def _get_auth_instance(signer: RequestSigner, *given: Any, **named: Any) -> Any:
    credentials = named.get("request_credentials")
    if isinstance(credentials, PlaceholderSigner):
        return credentials
    return _GET_AUTH.original(signer, *given, **named)


def _parse_unless_default(path: str, *given: Any, **named: Any) -> Any:
    if path in DEFAULT_CONFIG_FILES and stack.newest() is not None:
        raise ConfigNotFound(path=path)
    return _PARSE.original(path, *given, **named)


def _patch_of_fetching(provider_class: type[CredentialProvider]) -> Patch:
    def load_nothing_or_fetch(provider: CredentialProvider) -> Any:
        return None if must_not_fetch_credentials() else patch.original(provider)

    patch = Patch(provider_class, "load", load_nothing_or_fetch)
    return patch


def _source_credentials(sourcer: CanonicalNameCredentialSourcer, source_name: str) -> Any:
    if gives_fake_keys(source_name):
        return Credentials(*FAKE_KEYS)
    return _SOURCE.original(sourcer, source_name)


_INIT_SESSION = Patch(Session, "__init__", _init_session)
_SEND = Patch(URLLib3Session, "send", _send_or_answer)
_SIGN = Patch(RequestSigner, "sign", _sign)
_GET_AUTH = Patch(RequestSigner, "get_auth_instance", _get_auth_instance)
_PARSE = Patch(botocore.configloader, "raw_config_parse", _parse_unless_default)
_SOURCE = Patch(CanonicalNameCredentialSourcer, "source_credentials", _source_credentials)

PATCHES = (
    _INIT_SESSION,
    _SEND,
    _SIGN,
    _GET_AUTH,
    _PARSE,
    _patch_of_fetching(ContainerProvider),
    _patch_of_fetching(InstanceMetadataProvider),
    _SOURCE,
    *PATCHES_OF_WAITS,
)
"""Patches of classes, for all clients of the process, old and new.

Retries, parsing, paginators and waiters are botocore's own. Configuration files and metadata
services are not read, even if a test clears the environment.
"""


def answer(
    request: AWSPreparedRequest,
    transport: str,
    timeouts: Timeouts,
    pass_time: Callable[[float], None] | None = None,
) -> Response | None:
    """Answer a request of a client; None if the client has to send it."""
    fake = stack.newest()
    if fake is None:
        return None
    answered_in_process.set(True)
    operation = operation_of(request.headers)
    chosen = route(operation, request.url, fake.options)
    if chosen is Route.FAKE:
        try:
            called = to_request(request)._replace(timeouts=timeouts, pass_time=pass_time)
            return fake.service.answer(called, operation, transport)
        except TransportFailure as failure:
            raise FAILURES[failure.name](endpoint_url=request.url, error=failure) from None
    words = remembered_operation(request.url)
    if chosen is Route.MOTO:
        patch_late_imports()
        answered = moto.answer_of_moto(request)
        if answered is not None:
            return answered
        chosen = route_unanswered(operation, request.url, fake.options)
    if chosen is Route.BLOCKED:
        error = blocked_call_error(fake.service, to_request(request), words)
        for secret in ("Authorization", "X-Amz-Security-Token"):
            if secret in request.headers:  # a traceback with local variables would show it
                del request.headers[secret]
        raise error
    answered_in_process.set(is_own_server(request.url))
    return None


def must_not_fetch_credentials() -> bool:
    """Whether credentials must not be fetched from a metadata service."""
    fake = stack.newest()
    return fake is not None and fake.options.block_aws


def gives_fake_keys(source_name: str) -> bool:
    """Whether a profile with this `credential_source` gets fake keys."""
    return source_name.lower() in METADATA_SOURCES and must_not_fetch_credentials()


def to_request(request: AWSPreparedRequest) -> Request:
    """Convert a request to the form that all transports share."""
    return Request(request.method, request.url, request.headers, content_of(request.body))


def _aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    raw: Any = _RawBody(response.body)
    headers: Any = response.headers
    return AWSResponse(request.url, response.status_code, headers, raw)


class _RawBody(io.BytesIO):
    """The body of a response, as botocore reads it from a connection."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
