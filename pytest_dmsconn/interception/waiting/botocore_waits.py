"""Waits of botocore: waiters, pauses between retries, and the rate limiter of adaptive mode.

They advance virtual time if the fake or moto answers the client. Other clients wait in real time.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import botocore.endpoint
import botocore.waiter
from botocore.exceptions import CapacityNotAvailableError
from botocore.retries.adaptive import ClientRateLimiter
from botocore.retries.bucket import TokenBucket

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.waiting.virtual_time import skip_wait, sleep_for_real
from pytest_dmsconn.protocol.aws_json import operation_of
from pytest_dmsconn.protocol.routing import Route, is_aws_host, is_own_server, route

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

answered_in_process: ContextVar[bool] = ContextVar("answered_in_process", default=True)
"""Whether the fake or moto answers the calls of the client that waits.

A wait follows a request of its client in the same thread or task, so the newest request decides.
"""


def record_answered_in_process(request: AWSPreparedRequest) -> None:
    """Record, before the rate limiter waits, whether the request is answered in the process."""
    fake, url, operation = stack.newest(), str(request.url), operation_of(request.headers)
    if fake is None:
        return
    chosen = route(operation, url, fake.options)
    real = chosen is Route.NETWORK or (chosen is Route.MOTO and not is_aws_host(url))
    answered_in_process.set(not real or is_own_server(url))


def skip_client_wait(seconds: float) -> bool:
    """Let a wait of a client advance virtual time; return whether it did."""
    return answered_in_process.get() and skip_wait(seconds)


def skips_client_waits() -> bool:
    """Whether waits of the client advance virtual time."""
    return answered_in_process.get() and stack.newest() is not None


class _TimeModule:
    """Replaces the module `time` in a library, and has its own `sleep`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if not skip_client_wait(seconds):
            sleep_for_real(seconds)


def _acquire_at_once(bucket: TokenBucket, amount: int = 1, block: bool = True) -> Any:  # noqa: FBT001, FBT002 - botocore's signature
    if not (block and skips_client_waits()):
        return _ACQUIRE.original(bucket, amount, block)
    try:
        return _ACQUIRE.original(bucket, amount, block=False)
    except CapacityNotAvailableError:
        skip_client_wait((amount - bucket.available_capacity) / bucket.max_rate)
        return True


def _limit_rate(limiter: ClientRateLimiter, request: AWSPreparedRequest, **named: Any) -> None:
    record_answered_in_process(request)
    _LIMIT.original(limiter, request, **named)


_TIME = _TimeModule()
_ACQUIRE = Patch(TokenBucket, "acquire", _acquire_at_once)
_LIMIT = Patch(ClientRateLimiter, "on_sending_request", _limit_rate)

PATCHES = (
    Patch(botocore.endpoint, "time", _TIME),
    Patch(botocore.waiter, "time", _TIME),
    _ACQUIRE,
    _LIMIT,
)
