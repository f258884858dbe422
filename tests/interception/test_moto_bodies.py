"""Beside moto: bodies, and releases of moto."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from typing import Any

import pytest
from aiobotocore.session import AioSession
from moto import mock_aws
from support.aiobotocore_clients import REGION, create, whichever_httpx

from pytest_dmsconn import mock_dms

pytestmark = [pytest.mark.usefixtures("no_network"), whichever_httpx]

OLD_MOTO = """
import importlib.metadata, moto.core.botocore_stubber
found = importlib.metadata.version
importlib.metadata.version = lambda name: "5.1.18" if name == "moto" else found(name)
from pytest_dmsconn import mock_dms
try:
    with mock_dms():
        pass
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize("body", [b"content", io.BytesIO(b"content")], ids=["bytes", "file"])
def test_an_object_that_a_coroutine_puts_arrives_in_moto(body: Any) -> None:
    async def put_and_get() -> bytes:
        async with create("s3", session=AioSession()) as client:
            where = {"LocationConstraint": REGION}
            await client.create_bucket(Bucket="bucket", CreateBucketConfiguration=where)
            await client.put_object(Bucket="bucket", Key="key", Body=body)
            answer = await client.get_object(Bucket="bucket", Key="key")
            content: bytes = await answer["Body"].read()
            return content

    with mock_dms(), mock_aws():
        assert asyncio.run(put_and_get()) == b"content"


def test_a_release_of_moto_that_is_too_old_is_named_with_the_one_that_is_needed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OLD_MOTO], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "moto 5.1.18 is too old for pytest-dmsconn, which works beside moto 5.1.19 and newer. "
        "Install one: pip install 'moto>=5.1.19'.\n"
    )
