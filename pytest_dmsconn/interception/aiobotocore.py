"""aiobotocore and aioboto3: what every client sends, and what it would sign.

What is answered, blocked or left unsigned is decided where it is for botocore; here it is awaited.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import AioInstanceMetadataProvider
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.signers import AioRequestSigner

from pytest_dmsconn.interception import aiobotocore_waits
from pytest_dmsconn.interception.botocore import (
    answer,
    leave_unsigned,
    leaves_credentials_unfetched,
)
from pytest_dmsconn.interception.patching import Patch

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from typing_extensions import Self

    from pytest_dmsconn.protocol.aws_json import Response

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

NAME = "aiobotocore"


def _patch_of_sending(owner: Any, name: str) -> Patch:
    async def send_or_answer(sender: Any, request: AWSPreparedRequest) -> Any:
        response = answer(request, NAME)
        if response is None:
            return await sending.original(sender, request)
        return _aws_response(request, response)

    sending = Patch(owner, name, send_or_answer)
    return sending


async def _sign_or_leave(signer: AioRequestSigner, *given: Any, **named: Any) -> None:
    if not leave_unsigned(signer, *given, **named):
        await _SIGN.original(signer, *given, **named)


async def _load_nothing_or_fetch(provider: AioInstanceMetadataProvider) -> Any:
    return None if leaves_credentials_unfetched() else await _FETCH.original(provider)


_FETCH = Patch(AioInstanceMetadataProvider, "load", _load_nothing_or_fetch)
_SIGN = Patch(AioRequestSigner, "sign", _sign_or_leave)

PATCHES = (
    _patch_of_sending(AioEndpoint, "_send"),
    _patch_of_sending(AIOHTTPSession, "send"),
    _patch_of_sending(HttpxSession, "send"),
    _SIGN,
    _FETCH,
    *aiobotocore_waits.PATCHES,
)
"""They reach every client of the process, however and whenever it was made.

An endpoint is where all clients meet, whatever their HTTP session. The sessions are watched too,
for what does not come from a client: credentials are fetched from a metadata service so.
"""


def _aws_response(request: AWSPreparedRequest, response: Response) -> AioAWSResponse:
    raw: Any = _RawBody(response)
    headers: Any = response.headers
    return AioAWSResponse(request.url, response.status_code, headers, raw)


class _RawBody:
    """The body of an answer as aiobotocore reads it off the connection, all of it or a part.

    The fake's own are read as a whole; what is read in parts is an object in moto's S3.
    """

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
