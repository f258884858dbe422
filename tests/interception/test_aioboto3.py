"""aioboto3 uses aiobotocore, so its clients and resources are answered, too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

# It pins one release of aiobotocore, so it is not in every environment.
aioboto3: Any = pytest.importorskip("aioboto3", minversion="15.0.0")

pytestmark = pytest.mark.usefixtures("bare_machine", "no_network")


def test_a_client_is_answered(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    async def delete() -> None:
        async with aioboto3.Session().client("dms") as client:
            await client.delete_connection(**connection.arns)

    asyncio.run(delete())

    dmsconn.assert_only_deleted(connection)
    assert [call.transport for call in dmsconn.calls] == ["aiobotocore"]


def test_a_client_made_before_the_fake_is_answered() -> None:
    async def use() -> None:
        async with aioboto3.Session(region_name="eu-west-1").client("dms") as client:
            with mock_dms(region="eu-west-1") as dms:
                connection = dms.add_connection()
                await client.delete_connection(**connection.arns)
                dms.assert_only_deleted(connection)

    asyncio.run(use())


def test_a_session_with_keys_of_another_account_acts_in_it(dmsconn: FakeDms) -> None:
    session = aioboto3.Session(**dmsconn.credentials("210987654321"))

    async def describe() -> None:
        async with session.client("dms") as client:
            await client.describe_connections()

    asyncio.run(describe())

    assert [call.account_id for call in dmsconn.calls] == ["210987654321"]
