"""Requests of any content, in the process and at the socket, are answered as AWS would."""

from __future__ import annotations

import io
import json
import random
import socket
from http.client import HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from pytest_dmsconn import DmsServer, FakeDms

CORPUS = json.loads(Path(__file__).with_name("corpus.json").read_text(encoding="utf-8"))
"""Bodies that once were answered wrongly, or are near to such."""

METHODS = (
    "delete_connection",
    "test_connection",
    "describe_connections",
    "describe_endpoints",
    "delete_endpoint",
    "describe_replication_instances",
    "delete_replication_instance",
)
NAMES = (
    "EndpointArn",
    "ReplicationInstanceArn",
    "Filters",
    "MaxRecords",
    "Marker",
    "Name",
    "Values",
)


def anything(chance: random.Random, depth: int = 0) -> Any:
    """A value of JSON of any kind."""
    if depth > 3 or chance.random() < 0.5:
        return chance.choice(
            [
                None,
                True,
                0,
                -1,
                20,
                10**30,
                1.5,
                "",
                "x",
                "\ud800",
                "\x00",
                "endpoint-arn",
                "a" * 3000,
            ]
        )
    if chance.random() < 0.5:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {name: anything(chance, depth + 1) for name in chance.sample(NAMES, 3)}


def client_that_sends_anything() -> Any:
    make: Any = boto3.client
    return make("dms", region_name="us-east-1", config=Config(parameter_validation=False))


def send(client: Any, method: str, body: bytes) -> None:
    """An answer or an error of AWS's; anything else is raised."""

    def replace(params: dict[str, Any], **_: Any) -> None:
        params["body"] = body

    client.meta.events.register("before-call", replace)
    try:
        getattr(client, method)()
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400  # noqa: PT017
    finally:
        client.meta.events.unregister("before-call", replace)


@pytest.mark.parametrize("body", CORPUS, ids=range(len(CORPUS)))
def test_what_was_once_answered_wrongly(dmsconn: FakeDms, body: str) -> None:
    dmsconn.add_connection()
    client = client_that_sends_anything()

    for method in METHODS:
        send(client, method, body.encode("utf-8", "surrogatepass"))
    assert dmsconn.story()


@pytest.mark.attack
def test_bodies_of_any_content(dmsconn: FakeDms) -> None:
    chance = random.Random(14)
    client = client_that_sends_anything()
    for number in range(5_000):
        value = {name: anything(chance) for name in chance.sample(NAMES, chance.randrange(5))}
        body = json.dumps(value).encode()
        if number % 3 == 0:
            cut = chance.randrange(len(body))
            body = body[:cut] + bytes([chance.randrange(256)]) + body[cut + 1 :]
        send(client, chance.choice(METHODS), body)
        if number % 500 == 0:
            assert len(dmsconn.story().encode("ascii")) < 100_000
            dmsconn.reset()
            dmsconn.add_connections(3)


@pytest.mark.attack
def test_bytes_of_any_content(dmsconn_server: DmsServer, dmsconn: FakeDms) -> None:
    chance = random.Random(13)
    where = urlsplit(dmsconn_server.url)
    request = (
        b"POST / HTTP/1.1\r\nHost: " + where.netloc.encode() + b"\r\n"
        b"X-Amz-Target: AmazonDMSv20160101.DescribeConnections\r\n"
        b"Content-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\n{}"
    )
    for _ in range(2_000):
        given = bytearray(request)
        for _ in range(chance.randrange(1, 6)):
            given[chance.randrange(len(given))] = chance.randrange(256)
        assert_is_well_formed(exchange(where, bytes(given)), bytes(given))

    assert exchange(where, request).startswith(b"HTTP/1.1 200 ")
    assert dmsconn.calls


def assert_is_well_formed(answer: bytes, request: bytes) -> None:
    """Accept a refusal, an unknown method or version (501, 505), and a closed connection."""
    if not answer:
        return
    response = HTTPResponse(cast("socket.socket", AnswerSocket(answer)))
    response.begin()
    body = response.read()
    assert response.status in {200, 400, 403, 404, 405, 411, 413, 414, 415, 431, 501, 505}, request
    assert len(body) == int(response.headers["Content-Length"]), (request, answer)
    assert b"Traceback" not in body


class AnswerSocket(io.BytesIO):
    """What `http.client` reads an answer from, in the place of a socket."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer)

    def makefile(self, *_: Any) -> io.BytesIO:
        return self


def exchange(where: SplitResult, request: bytes) -> bytes:
    """What the server sends until it closes, or nothing if it resets the connection."""
    address = (where.hostname, where.port or 0)
    with socket.create_connection(address, timeout=10) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while received := connection.recv(65536):
                answer += received
        except ConnectionError:
            return b""
        return answer
