"""What the control API shows of much, and what it refuses of numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.control_api import control_api
from support.raw_http import DESCRIBE, call, connect, read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms


@pytest.fixture
def ask(dmsconn_server: DmsServer) -> Iterator[Ask]:
    """Ask the control API of the server."""
    with control_api(dmsconn_server.url) as ask:
        yield ask


@pytest.mark.parametrize(
    "number", [str(10**400), "1e400", "1.7e308", "-1", "Infinity", "NaN", "1" * 5000, "true"]
)
def test_seconds_that_are_no_time_are_refused(dmsconn: FakeDms, ask: Ask, number: str) -> None:
    for _ in range(2):
        answer = ask("POST", "advance", b'{"seconds": %s}' % number.encode())
        assert answer.status == 400
        assert len(answer.content["message"]) < 500

    assert dmsconn.now == 0
    assert ask("GET", "state").content["now"] == 0


def test_the_longest_time_adds_up(ask: Ask) -> None:
    for _ in range(3):
        answer = ask("POST", "advance", {"seconds": 10**9})

    assert answer.content == {"now": 3e9}


def test_state_shows_the_newest_thousand_calls(dmsconn_server: DmsServer, ask: Ask) -> None:
    request = call(b"{}", DESCRIBE)
    with connect(dmsconn_server.url) as client:
        for _ in range(1001):
            client.sendall(request)
            read_answer(client)
        client.sendall(call(b'{"MaxRecords": 20}', DESCRIBE))
        read_answer(client)

    newest = ask("GET", "state").content
    assert newest["calls_total"] == 1002
    assert len(newest["calls"]) == 1000
    assert newest["calls"][-1]["params"] == {"MaxRecords": 20}
    rest = ask("GET", "state?calls_after=1000").content["calls"]
    assert len(rest) == 2
    assert ask("GET", "state?calls_after=5000").content["calls"] == []


def test_state_shows_no_more_than_four_mebibytes_of_calls(
    dmsconn: FakeDms, dmsconn_server: DmsServer, ask: Ask
) -> None:
    dmsconn.add_connections(100)
    client: Any = boto3.client("dms", **dmsconn_server.client_kwargs)
    for _ in range(200):
        client.describe_connections(MaxRecords=100)
    client.describe_connections(MaxRecords=20)

    newest = ask("GET", "state").content
    assert newest["calls_total"] == 201
    assert 1 < len(newest["calls"]) < 201
    assert 3 << 20 < len(json.dumps(newest["calls"])) < 5 << 20
    assert newest["calls"][-1]["params"] == {"MaxRecords": 20}
    assert len(newest["calls"][0]["response"]["Connections"]) == 100

    read: list[dict[str, Any]] = []
    while len(read) < 201:
        read += ask("GET", f"state?calls_after={len(read)}").content["calls"]
    assert read == [call.to_dict() for call in dmsconn.calls]


def test_state_shows_a_call_that_is_larger_than_an_answer_may_be(
    ask: Ask,
) -> None:
    client: Any = boto3.client("dms")
    for _ in range(2):
        with pytest.raises(ClientError):
            client.describe_connections(Marker="x" * (5 << 20))

    assert len(ask("GET", "state").content["calls"]) == 1
    assert len(ask("GET", "state?calls_after=0").content["calls"]) == 1


@pytest.mark.parametrize("query", ["calls_after=-1", "calls_after=", "calls_after=x", "after=1"])
def test_a_query_that_state_does_not_know(ask: Ask, query: str) -> None:
    assert ask("GET", f"state?{query}").status == 400


def test_state_shows_armed_faults(ask: Ask) -> None:
    pair = [
        "arn:aws:dms:us-east-1:123456789012:endpoint:E",
        "arn:aws:dms:us-east-1:123456789012:rep:R",
    ]
    ask(
        "POST",
        "faults",
        {"operation": "DeleteConnection", "error": "ThrottlingException", "connection": pair},
    )

    assert ask("GET", "state").content["faults"] == [
        {
            "operation": "DeleteConnection",
            "error": "ThrottlingException",
            "times": 1,
            "after": 0,
            "connection": pair,
            "applied": False,
            "met": 0,
        }
    ]
    ask("POST", "reset", {})
    assert ask("GET", "state").content["faults"] == []


def test_a_long_address_is_answered_shortly(ask: Ask) -> None:
    answer = ask("GET", "x" * 50_000)

    assert answer.status == 404
    assert len(answer.content["message"]) < 600
