"""Calls through the fake, compared with botocore alone and with moto."""

from __future__ import annotations

import asyncio
import io
import time
from typing import TYPE_CHECKING, Any

import boto3
import moto
from botocore.awsrequest import AWSResponse

from benchmarks.measure import Comparison, compare, timed
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 200
KEYS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}
ANSWER = (
    b'{"Connection": {"ReplicationInstanceArn": '
    b'"arn:aws:dms:us-east-1:123456789012:rep:6UTDJGBOUS3VI3SUWA66XFJCJQ", "EndpointArn": '
    b'"arn:aws:dms:us-east-1:123456789012:endpoint:RAAR3R22XSH46S3PWLC3NJAWKM", '
    b'"Status": "deleting", "EndpointIdentifier": "endpoint-1", '
    b'"ReplicationInstanceIdentifier": "instance-1"}}'
)


def new_client() -> Any:
    """A client with keys, so that botocore can sign its requests without a fake."""
    return boto3.session.Session().client("dms", **KEYS)


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _canned(request: Any, **_: Any) -> AWSResponse:
    headers: Any = {
        "x-amzn-RequestId": "00000000-0000-4000-8000-000000000001",
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(ANSWER)),
    }
    raw: Any = _Raw(ANSWER)
    return AWSResponse(request.url, 200, headers, raw)


def delete_connection(rounds: int) -> Comparison:
    """DeleteConnection, compared with a client whose `before-send` handler answers."""
    answered = new_client()
    answered.meta.events.register("before-send.database-migration-service", _canned)
    client = new_client()

    def reference() -> float:
        arns = {"EndpointArn": "arn:aws:dms:us-east-1:123456789012:endpoint:A"}
        arns["ReplicationInstanceArn"] = "arn:aws:dms:us-east-1:123456789012:rep:B"
        return timed(lambda: answered.delete_connection(**arns), CALLS)

    def ours() -> float:
        with mock_dms() as dms:
            connections = iter([one.arns for one in dms.add_connections(CALLS)])
            return timed(lambda: client.delete_connection(**next(connections)), CALLS)

    return compare(ours, reference, rounds)


def describe_connections(rounds: int) -> Comparison:
    """DescribeConnections of one connection, compared with moto."""
    client = new_client()

    def ours() -> float:
        with mock_dms() as dms:
            dms.add_connection()
            return timed(client.describe_connections, CALLS)

    def reference() -> float:
        with moto.mock_aws():
            connect_in_moto(client, "one")
            return timed(client.describe_connections, CALLS)

    return compare(ours, reference, rounds)


def connect_in_moto(client: Any, name: str) -> dict[str, str]:
    """Create an endpoint and an instance in moto, test them, and return their ARNs."""
    endpoint = client.create_endpoint(
        EndpointIdentifier=name, EndpointType="source", EngineName="mysql"
    )["Endpoint"]
    instance = client.create_replication_instance(
        ReplicationInstanceIdentifier=name, ReplicationInstanceClass="dms.t3.medium"
    )["ReplicationInstance"]
    arns = {
        "EndpointArn": endpoint["EndpointArn"],
        "ReplicationInstanceArn": instance["ReplicationInstanceArn"],
    }
    client.test_connection(**arns)
    return arns


def enter_and_leave(rounds: int) -> Comparison:
    """Entering and leaving the fake, compared with `mock_aws`."""

    def ours() -> None:
        with mock_dms():
            pass

    def reference() -> None:
        with moto.mock_aws():
            pass

    return compare(lambda: timed(ours, 200), lambda: timed(reference, 20), rounds)


def delete_connection_in_asyncio(rounds: int) -> Comparison:
    """DeleteConnection through aiobotocore, compared with botocore, both with the fake."""
    from aiobotocore.session import get_session

    plain = new_client()

    async def asynchronous() -> float:
        async with get_session().create_client("dms", **KEYS) as client:
            with mock_dms() as dms:
                connections = [one.arns for one in dms.add_connections(CALLS)]
                begin = time.perf_counter()
                for arns in connections:
                    await client.delete_connection(**arns)
                return (time.perf_counter() - begin) / CALLS

    def synchronous() -> float:
        with mock_dms() as dms:
            connections = iter([one.arns for one in dms.add_connections(CALLS)])
            return timed(lambda: plain.delete_connection(**next(connections)), CALLS)

    return compare(lambda: asyncio.run(asynchronous()), synchronous, rounds)
