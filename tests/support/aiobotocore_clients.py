"""aiobotocore clients for tests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession
from botocore.loaders import create_loader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pytest_dmsconn import FakeDms

REGION = "eu-west-1"
LOADER = create_loader()  # shared, so that each model is read once
KEYS: dict[str, Any] = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}

# Tests import these names from here. In older releases, their modules cannot be imported first.
AIOHTTP: Any = AIOHTTPSession
HTTPX: Any = HttpxSession
both_sessions = pytest.mark.parametrize("http_session", [AIOHTTP, HTTPX])
# aiobotocore warns that httpx2 should be installed instead.
whichever_httpx = pytest.mark.filterwarnings("ignore:.*httpx:DeprecationWarning")


def create(service: str = "dms", /, *, session: Any = None, config: Any = None, **more: Any) -> Any:
    made = session or AioSession()
    made.register_component("data_loader", LOADER)
    return made.create_client(service, region_name=REGION, config=AioConfig(**config or {}), **more)


def delete_one(
    dms: FakeDms,
    *,
    session: Callable[[], Awaitable[AioSession]] | None = None,
    config: Any = None,
    **more: Any,
) -> Any:
    """Delete a new connection with a new client, and return the answer."""
    connection = dms.add_connection(region=REGION)

    async def delete() -> Any:
        made = await session() if session else None
        async with create(session=made, config=config, **more) as client:
            return await client.delete_connection(**connection.arns)

    return asyncio.run(delete())
