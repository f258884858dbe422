"""aiobotocore calls let other tasks run, as calls over a network do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from support.aiobotocore_clients import REGION, both_sessions, create, whichever_httpx
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

pytestmark = [pytest.mark.usefixtures("bare_machine", "no_network"), whichever_httpx]
ARNS = {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}


@both_sessions
def test_calls_under_gather_are_in_flight_together(http_session: type, dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(5, region=REGION)
    in_flight = most_in_flight = 0

    async def delete(client: Any, arns: dict[str, str]) -> None:
        nonlocal in_flight, most_in_flight
        in_flight += 1
        most_in_flight = max(most_in_flight, in_flight)
        await client.delete_connection(**arns)
        in_flight -= 1

    async def delete_all() -> None:
        async with create(config={"http_session_cls": http_session}) as client:
            await asyncio.gather(*(delete(client, one.arns) for one in connections))

    asyncio.run(delete_all())

    assert most_in_flight == 5
    dmsconn.assert_only_deleted(*connections)


def test_a_race_between_two_workers_causes_an_error(dmsconn: FakeDms) -> None:
    dmsconn.add_connection(region=REGION)
    errors: list[str] = []

    async def work(client: Any) -> None:
        found = (await client.describe_connections())["Connections"]
        for one in found:
            arns = {name: one[name] for name in ARNS}
            try:
                await client.delete_connection(**arns)
            except ClientError as error:
                errors.append(error.response["Error"]["Code"])

    async def work_twice() -> None:
        async with create() as client:
            await asyncio.gather(work(client), work(client))

    asyncio.run(work_twice())

    assert errors == ["InvalidResourceStateFault"]


@both_sessions
def test_a_cancelled_call_may_have_taken_effect(http_session: type, dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region=REGION)

    async def cancel() -> bool:
        async with create(config={"http_session_cls": http_session}) as client:
            task = asyncio.create_task(client.delete_connection(**connection.arns))
            while not dmsconn.calls:  # noqa: ASYNC110 - no event marks this moment
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

    assert asyncio.run(cancel())
    dmsconn.assert_deleted(connection)


def test_a_closed_client_fails_as_without_the_fake() -> None:
    async def use_after_leaving() -> type[BaseException]:
        keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
        async with create(config={"retries": {"max_attempts": 0}}, **keys) as client:
            session = client._endpoint.http_session
        if session._sessions is not None:
            pytest.skip("a client of this release of aiobotocore opens again when it sends")
        with pytest.raises(Exception) as raised:  # noqa: PT011 - it depends on the release
            await client.describe_connections()
        return raised.type

    without = asyncio.run(use_after_leaving())
    with mock_dms() as dms:
        assert asyncio.run(use_after_leaving()) is without

    dms.assert_no_calls()
