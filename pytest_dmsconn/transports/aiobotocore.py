"""aiobotocore and aioboto3: what every client sends, and what it would sign.

What is answered, blocked or left unsigned is decided where it is for botocore; here it is awaited.
"""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

from aiobotocore import endpoint, waiter
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.retries.bucket import AsyncTokenBucket
from aiobotocore.signers import AioRequestSigner
from botocore.exceptions import CapacityNotAvailableError

from pytest_dmsconn import stack
from pytest_dmsconn.clock import wait
from pytest_dmsconn.patching import patch
from pytest_dmsconn.transports.botocore import answer, leave_unsigned

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from typing_extensions import Self

    from pytest_dmsconn.patching import Patch
    from pytest_dmsconn.wire import Response

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

NAME = "aiobotocore"


def install() -> Iterator[Patch]:
    """Reach every client of the process, however and whenever it was made.

    An endpoint is where all clients meet, whatever their HTTP session. The sessions are watched
    too, for what does not come from a client: credentials are fetched from a metadata service so.
    """
    yield _patch_sending(AioEndpoint, "_send")
    yield _patch_sending(AIOHTTPSession, "send")
    yield _patch_sending(HttpxSession, "send")
    yield _patch_signing()
    yield from _install_virtual_time()


def _patch_sending(owner: Any, name: str) -> Patch:
    send = vars(owner)[name]

    async def send_or_answer(sender: Any, request: AWSPreparedRequest) -> Any:
        response = answer(request, NAME)
        if response is None:
            return await send(sender, request)
        return _aws_response(request, response)

    return patch(owner, name, send_or_answer)


def _patch_signing() -> Patch:
    sign = AioRequestSigner.sign

    async def sign_or_leave(
        signer: AioRequestSigner,
        operation_name: str,
        request: AWSRequest,
        region_name: str | None = None,
        signing_type: str = "standard",
        *rest: Any,
        **more: Any,
    ) -> None:
        if signing_type != "standard" or not leave_unsigned(signer, operation_name, request):
            await sign(signer, operation_name, request, region_name, signing_type, *rest, **more)

    return patch(AioRequestSigner, "sign", sign_or_leave)


def _install_virtual_time() -> Iterator[Patch]:
    """Let waiters, back-off and the rate limiter of adaptive mode advance virtual time."""
    acquire: Callable[..., Awaitable[bool]] = AsyncTokenBucket.acquire

    async def acquire_at_once(
        bucket: AsyncTokenBucket,
        amount: int = 1,
        block: bool = True,  # noqa: FBT001, FBT002 - aiobotocore's signature
    ) -> bool:
        if not block or stack.newest() is None:
            return await acquire(bucket, amount, block)
        try:
            return await acquire(bucket, amount, block=False)
        except CapacityNotAvailableError:
            wait((amount - bucket.available_capacity) / bucket.max_rate)
            return True

    yield patch(endpoint, "asyncio", _VirtualAsyncio())
    yield patch(waiter, "asyncio", _VirtualAsyncio())
    # The twins that run on trio too; older releases have none.
    for owner in (
        getattr(endpoint, "AnyioEndpoint", None),
        getattr(waiter, "AnyioWaiter", None),
    ):
        if owner is not None:
            yield _patch_sleeping(owner)
    yield patch(AsyncTokenBucket, "acquire", acquire_at_once)


def _patch_sleeping(owner: Any) -> Patch:
    sleep = vars(owner)["_sleep"]

    async def advance_or_sleep(waiting: Any, seconds: float) -> None:
        await sleep(waiting, 0 if wait(seconds) else seconds)  # other tasks get their turn

    return patch(owner, "_sleep", advance_or_sleep)


class _VirtualAsyncio:
    """Takes the place of the module `asyncio`: its sleeps advance the fake's clock."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0 if wait(seconds) else seconds)  # other tasks get their turn


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
