"""Limits of the control API: how much it shows, and which numbers it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.raw_http import DESCRIBE, call, connect, read_answer

from pytest_dmsconn.server import control_api

if TYPE_CHECKING:
    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms


@pytest.mark.parametrize(
    "number", [str(10**400), "1e400", "1.7e308", "-1", "Infinity", "NaN", "1" * 5000, "true"]
)
def test_invalid_seconds_are_refused(dmsconn: FakeDms, ask: Ask, number: str) -> None:
    for _ in range(2):
        answer = ask("POST", "advance", b'{"seconds": %s}' % number.encode())
        assert answer.status == 400
        assert len(answer.content["message"]) < 500

    assert dmsconn.now == 0
    assert ask("GET", "state").content["now"] == 0


def test_time_can_advance_by_the_longest_time_repeatedly(ask: Ask) -> None:
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


def test_state_shows_a_thousand_connections_at_a_time(dmsconn: FakeDms, ask: Ask) -> None:
    connections = dmsconn.add_connections(2001)

    first = ask("GET", "state").content
    assert first["connections_total"] == 2001
    read = first["connections"]
    assert len(read) == 1000
    while len(read) < 2001:
        read += ask("GET", f"state?connections_after={len(read)}").content["connections"]
    assert read == [one.to_dict() for one in connections]
    assert ask("GET", "state?connections_after=5000").content["connections"] == []


def test_state_shows_no_more_than_four_mebibytes_of_connections(dmsconn: FakeDms, ask: Ask) -> None:
    dmsconn.add_connections(10, last_failure_message="x" * (1 << 20))

    assert len(ask("GET", "state").content["connections"]) == 3


def test_a_dump_of_a_hundred_thousand_connections_can_be_seeded(dmsconn: FakeDms) -> None:
    dmsconn.add_connections(100, status="failed")

    assert len(json.dumps(dmsconn.dump())) * 1000 < control_api.MAX_BODY_BYTES


def test_a_seed_of_more_than_a_hundred_mebibytes_is_accepted(ask: Ask) -> None:
    seed = b'{"Connections": []%s}' % (b" " * (100 << 20))

    assert ask("POST", "seed", seed).status == 200


@pytest.mark.parametrize(
    "query",
    [
        *("connections_after=-1", "connections_after=1.5"),
        *("calls_after=-1", "calls_after=", "calls_after=x", "after=1"),
    ],
)
def test_an_unknown_query_of_state_is_refused(ask: Ask, query: str) -> None:
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


def test_a_long_path_gets_a_short_error(ask: Ask) -> None:
    answer = ask("GET", "x" * 50_000)

    assert answer.status == 404
    assert len(answer.content["message"]) < 600
