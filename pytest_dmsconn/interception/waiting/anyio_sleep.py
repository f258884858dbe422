"""The option `skip_sleep` for `anyio.sleep`, which has its own reference to `asyncio.sleep`."""

from __future__ import annotations

from anyio._backends import _asyncio

from pytest_dmsconn.interception.patching import Patch
from pytest_dmsconn.interception.waiting.virtual_time import skip_or_sleep

PATCHES = (Patch(_asyncio, "sleep", skip_or_sleep),)
