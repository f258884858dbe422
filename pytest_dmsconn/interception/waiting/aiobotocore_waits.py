"""The waits of aiobotocore, patched like those of botocore in `botocore_waits`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiobotocore import endpoint, waiter
from aiobotocore.retries.adaptive import AsyncClientRateLimiter
from aiobotocore.retries.bucket import AsyncTokenBucket
from botocore.exceptions import CapacityNotAvailableError

from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.waiting.botocore_waits import (
    record_answered_in_process,
    skip_client_wait,
    skips_client_waits,
)
from pytest_dmsconn.interception.waiting.virtual_time import sleep_for_real_async

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest


class _AsyncioModule:
    """Replaces the module `asyncio` in a library, and has its own `sleep`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        # A skipped sleep lets other tasks run, as a real one does.
        await sleep_for_real_async(0 if skip_client_wait(seconds) else seconds)


def _patches_of_anyio_sleeps() -> Iterator[Patch]:
    """The patches of the classes that support trio, which older releases do not have."""
    for module, name in ((endpoint, "AnyioEndpoint"), (waiter, "AnyioWaiter")):
        if hasattr(module, name):
            yield _patch_of_anyio_sleep(getattr(module, name))


def _patch_of_anyio_sleep(owner: Any) -> Patch:
    async def sleep(waiting: Any, seconds: float) -> None:
        await patch.original(waiting, 0 if skip_client_wait(seconds) else seconds)

    patch = Patch(owner, "_sleep", sleep)
    return patch


async def _acquire_at_once(
    bucket: AsyncTokenBucket,
    amount: int = 1,
    block: bool = True,  # noqa: FBT001, FBT002 - aiobotocore's signature
) -> Any:
    if not (block and skips_client_waits()):
        return await _ACQUIRE.original(bucket, amount, block)
    try:
        return await _ACQUIRE.original(bucket, amount, block=False)
    except CapacityNotAvailableError:
        skip_client_wait((amount - bucket.available_capacity) / bucket.max_rate)
        return True


async def _limit_rate(
    limiter: AsyncClientRateLimiter, request: AWSPreparedRequest, **named: Any
) -> None:
    record_answered_in_process(request)
    await _LIMIT.original(limiter, request, **named)


_ASYNCIO = _AsyncioModule()
_ACQUIRE = Patch(AsyncTokenBucket, "acquire", _acquire_at_once)
_LIMIT = Patch(AsyncClientRateLimiter, "on_sending_request", _limit_rate)

PATCHES = (
    Patch(endpoint, "asyncio", _ASYNCIO),
    Patch(waiter, "asyncio", _ASYNCIO),
    *_patches_of_anyio_sleeps(),
    _ACQUIRE,
    _LIMIT,
)
