"""Patches of aiobotocore and aioboto3: the coroutine forms of those in `botocore`."""

from __future__ import annotations

import copy
import inspect
import io
import types
from typing import TYPE_CHECKING, Any

from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import (
    AioCanonicalNameCredentialSourcer,
    AioContainerProvider,
    AioCredentials,
    AioInstanceMetadataProvider,
)
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.signers import AioRequestSigner

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.botocore import (
    FAKE_KEYS,
    answer,
    gives_fake_keys,
    must_not_fetch_credentials,
    with_own_read_timeout,
)
from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.signing import (
    PlaceholderSigner,
    are_fetched_from_moto,
    credentials_for,
    known_key,
    needs_no_signature,
)
from pytest_dmsconn.interception.waiting.aiobotocore_waits import PATCHES as PATCHES_OF_WAITS
from pytest_dmsconn.interception.waiting.virtual_time import pass_time
from pytest_dmsconn.protocol.aws_json import Response, Timeouts
from pytest_dmsconn.protocol.routing import moto_is_active

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.credentials import CredentialProvider
    from typing_extensions import Self


NAME = "aiobotocore"


def _patch_of_sending(owner: Any, name: str) -> Patch:
    async def send_or_answer(sender: Any, request: AWSPreparedRequest) -> Any:
        session = getattr(sender, "http_session", sender)
        if stack.newest() is None or _is_closed(session):
            return await patch.original(sender, request)
        await _checkpoint(session)
        with_content, delays = await _with_content(request), list[float]()
        try:
            response = answer(with_content, NAME, _timeouts_of(session, request), delays.append)
        finally:
            for seconds in delays:
                await pass_time(seconds)
        if response is None:
            return await patch.original(sender, request)
        await _checkpoint(session)  # the call took effect, even if the task is cancelled here
        return _aws_response(request, response)

    patch = Patch(owner, name, send_or_answer)
    return patch


async def _with_content(request: AWSPreparedRequest) -> AWSPreparedRequest:
    """Return the request; for moto, return a copy with the content of an asynchronous body.

    The body is reset, because the request may still be sent.
    """
    body: Any = request.body
    if not moto_is_active() or not inspect.iscoroutinefunction(getattr(body, "read", None)):
        return request
    with_content = copy.copy(request)
    with_content.body = await body.read()
    request.reset_stream()
    return with_content


def _timeouts_of(session: Any, request: AWSPreparedRequest) -> Timeouts:
    given = session._timeout  # noqa: SLF001 - no public attribute has it
    if hasattr(given, "sock_read"):  # aiohttp's, else httpx's
        timeouts = Timeouts(given.sock_connect, given.sock_read)
    else:
        timeouts = Timeouts(given.connect, given.read)
    return with_own_read_timeout(request, timeouts)


def _is_closed(session: Any) -> bool:
    """Whether the session's own `send` raises an error because it is closed; httpx's reopens."""
    return isinstance(session, AIOHTTPSession) and session._sessions is None  # noqa: SLF001 - no public attribute has it


async def _checkpoint(session: Any) -> None:
    """Let other tasks run."""
    if isinstance(session, HttpxSession):
        from anyio.lowlevel import checkpoint

        await checkpoint()  # asyncio's or trio's
    else:
        await _bare_yield()


@types.coroutine
def _bare_yield() -> Iterator[None]:
    yield  # like `asyncio.sleep(0)`, which a test may have patched


async def _sign(
    signer: AioRequestSigner, name: str, request: AWSRequest, *given: Any, **named: Any
) -> None:
    if not needs_no_signature(signer, name, request, *given, **named):
        await _SIGN.original(signer, name, request, *given, **named)
        return
    credentials = credentials_for(signer, request)
    if are_fetched_from_moto(credentials):
        access_key = (await credentials.get_frozen_credentials()).access_key
    else:
        access_key = known_key(credentials)
    with PlaceholderSigner(signer, request, access_key):
        await _SIGN.original(signer, name, request, *given, **named)


async def _get_auth_instance(signer: AioRequestSigner, *given: Any, **named: Any) -> Any:
    credentials = named.get("request_credentials")
    if isinstance(credentials, PlaceholderSigner):
        return credentials
    return await _GET_AUTH.original(signer, *given, **named)


async def _source_credentials(sourcer: AioCanonicalNameCredentialSourcer, source_name: str) -> Any:
    if gives_fake_keys(source_name):
        return AioCredentials(*FAKE_KEYS)
    return await _SOURCE.original(sourcer, source_name)


def _patch_of_fetching(provider_class: type[CredentialProvider]) -> Patch:
    async def load_nothing_or_fetch(provider: CredentialProvider) -> Any:
        return None if must_not_fetch_credentials() else await patch.original(provider)

    patch = Patch(provider_class, "load", load_nothing_or_fetch)
    return patch


_SIGN = Patch(AioRequestSigner, "sign", _sign)
_GET_AUTH = Patch(AioRequestSigner, "get_auth_instance", _get_auth_instance)
_SOURCE = Patch(AioCanonicalNameCredentialSourcer, "source_credentials", _source_credentials)

PATCHES = (
    _patch_of_sending(AioEndpoint, "_send"),
    _patch_of_sending(AIOHTTPSession, "send"),
    _patch_of_sending(HttpxSession, "send"),
    _SIGN,
    _GET_AUTH,
    _patch_of_fetching(AioContainerProvider),
    _patch_of_fetching(AioInstanceMetadataProvider),
    _SOURCE,
    *PATCHES_OF_WAITS,
)
"""Patches for all clients of the process, old and new.

All clients send through `AioEndpoint`. The patches of sessions are for requests without a client,
such as those to a metadata service.
"""


def _aws_response(request: AWSPreparedRequest, response: Response) -> AioAWSResponse:
    raw: Any = _RawBody(response)
    headers: Any = response.headers
    return AioAWSResponse(request.url, response.status_code, headers, raw)


class _RawBody:
    """The response body, as aiobotocore reads it. An object of moto's S3 is read in chunks."""

    def __init__(self, response: Response) -> None:
        self.raw_headers = tuple(
            (name.encode(), value.encode()) for name, value in response.headers.items()
        )
        self._body = io.BytesIO(response.body)

    @property
    def content(self) -> Self:
        return self

    async def read(self, amount: int = -1) -> bytes:
        return self._body.read(amount)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._body.close()
