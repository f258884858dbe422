"""Error messages for files and mappings that cannot be loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded_answers import CONNECTIONS, EMPTY, ENDPOINTS, INSTANCES

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms


# What cannot be loaded


def without(key: str) -> dict[str, Any]:
    entry = {name: value for name, value in CONNECTIONS["Connections"][1].items() if name != key}
    return {"Connections": [CONNECTIONS["Connections"][0], entry]}


def second(**members: object) -> dict[str, Any]:
    """Two connections, of which the second has other members."""
    first, other = CONNECTIONS["Connections"]
    return {"Connections": [first, {**other, **members}]}


BAD_ANSWERS = [
    pytest.param({}, ["none of Endpoints"], id="nothing"),
    pytest.param({"Marker": "x"}, ["none of Endpoints"], id="only-a-marker"),
    pytest.param({"Conections": []}, ["'Conections'", "'Connections'?"], id="misspelt"),
    pytest.param(
        {**CONNECTIONS, "ReplicationTasks": []}, ["'ReplicationTasks'", "Known:"], id="tasks"
    ),
    pytest.param({"Connections": {}}, ["Connections is an object, not a list"], id="object"),
    pytest.param({"Connections": None}, ["Connections is null, not a list"], id="null"),
    pytest.param({"Connections": "x"}, ["Connections is a string, not a list"], id="string"),
    pytest.param(
        {"Connections": [*CONNECTIONS["Connections"], "x"]},
        ["Connections[2] is a string, not an object"],
        id="string-inside",
    ),
    pytest.param(without("EndpointArn"), ["Connections[1]: EndpointArn is missing"], id="no-arn"),
    pytest.param(
        without("ReplicationInstanceArn"),
        ["Connections[1]: ReplicationInstanceArn is missing"],
        id="no-instance-arn",
    ),
    pytest.param(second(EndpointArn="customers"), ["Connections[1]", "'customers'"], id="bad-arn"),
    pytest.param(second(Status="broken"), ["Connections[1]", "'broken'"], id="bad-status"),
    pytest.param(second(Stauts="failed"), ["Connections[1]", "'Status'?"], id="misspelt-member"),
    pytest.param(second(EndpointIdentifier="a_b"), ["Connections[1]", "'a_b'"], id="bad-name"),
    pytest.param(second(LastFailureMessage=7), ["Connections[1]", "=7"], id="bad-message"),
    pytest.param(
        {"Connections": CONNECTIONS["Connections"] * 2},
        ["Connections[2]", "exists already"],
        id="duplicate",
    ),
    pytest.param(
        {**CONNECTIONS, "Endpoints": [{"EndpointIdentifier": "orders"}]},
        ["Endpoints[0]: EndpointArn is missing"],
        id="endpoint-without-arn",
    ),
    pytest.param(
        {
            **CONNECTIONS,
            "Endpoints": [
                *ENDPOINTS["Endpoints"],
                {**ENDPOINTS["Endpoints"][0], "Port": "many"},
            ],
        },
        ["Endpoints[2]", "Port", "many"],
        id="bad-member",
    ),
    pytest.param(
        {
            **CONNECTIONS,
            "Endpoints": [{**ENDPOINTS["Endpoints"][0], "EndpointIdentifier": "other"}],
        },
        ["Connections[0]", "'other'", "'orders'"],
        id="contradiction",
    ),
    pytest.param(
        {
            **CONNECTIONS,
            "ReplicationInstances": [
                {**INSTANCES["ReplicationInstances"][0], "InstanceCreateTime": "yesterday"}
            ],
        },
        ["ReplicationInstances[0]", "InstanceCreateTime", "yesterday"],
        id="bad-timestamp",
    ),
]


@pytest.mark.parametrize(("answer", "words"), BAD_ANSWERS)
def test_error_names_the_file_and_the_entry_and_nothing_is_loaded(
    dmsconn: FakeDms, tmp_path: Path, answer: dict[str, Any], words: list[str]
) -> None:
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps(answer))

    with pytest.raises(UsageError) as refused:
        dmsconn.load(path)

    assert str(refused.value).startswith(f"{path}: ")
    for word in words:
        assert word in str(refused.value)
    assert dmsconn.dump() == EMPTY


@pytest.mark.parametrize(("answer", "words"), BAD_ANSWERS)
def test_bad_mapping_changes_nothing(
    dmsconn: FakeDms, dms_client: Any, answer: dict[str, Any], words: list[str]
) -> None:
    dmsconn.load(ENDPOINTS)
    dmsconn.load(INSTANCES)
    dmsconn.add_connection(status="testing")
    dmsconn.add_endpoint(members={"Status": "deleting"})
    before = dmsconn.dump()

    with pytest.raises(UsageError) as refused:
        dmsconn.load(answer)

    assert any(word in str(refused.value) for word in words) or "Connections[" in str(refused.value)
    assert dmsconn.dump() == before
    # What was under way still is.
    assert dms_client.describe_connections()["Connections"][0]["Status"] == "successful"
    assert len(dms_client.describe_endpoints()["Endpoints"]) == len(before["Endpoints"]) - 1


def test_error_does_not_stop_a_deletion_under_way(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load(ENDPOINTS)
    orders = dmsconn.endpoints[0]
    dms_client.delete_endpoint(EndpointArn=orders.arn)

    with pytest.raises(UsageError, match=r"Endpoints\[2\]"):
        dmsconn.load({"Endpoints": [*ENDPOINTS["Endpoints"], {}]})

    assert orders.status == "deleting"
    assert len(dms_client.describe_endpoints()["Endpoints"]) == 1
    assert orders.status == "deleted"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "this is not JSON"),
        (b"{", "this is not JSON"),
        (b"Connections: []", "this is not JSON"),
        (b"{'Connections': []}", "this is not JSON"),
        (b"\xff\xff", "this is not JSON"),
        (b"\x00", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'"Connections"', "not an object"),
        (b"7", "not an object"),
    ],
    ids=lambda given: ascii(given[:20]),
)
def test_error_names_a_file_of_another_format(
    dmsconn: FakeDms, tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "recorded.json"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=complaint) as refused:
        dmsconn.load(path)

    assert str(path) in str(refused.value)


def test_error_names_a_missing_file_and_the_working_directory(
    dmsconn: FakeDms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=r"no-such-file\.json: cannot be read") as refused:
        dmsconn.load("no-such-file.json")
    assert str(tmp_path) in str(refused.value)

    with pytest.raises(UsageError, match="cannot be read"):
        dmsconn.load(tmp_path)


@pytest.mark.parametrize("source", [None, 7, b"file.json", [], [{"status": "failed"}]])
def test_source_of_another_type_is_refused(dmsconn: FakeDms, source: Any) -> None:
    with pytest.raises(UsageError, match="neither a path to a JSON file nor a mapping"):
        dmsconn.load(source)


def test_a_file_that_does_not_fit_into_memory(
    dmsconn: FakeDms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out_of_memory(_path: Path) -> bytes:
        raise MemoryError

    path = tmp_path / "seed.json"
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(type(path), "read_bytes", run_out_of_memory)

    with pytest.raises(UsageError, match="the file does not fit into memory"):
        dmsconn.load(path)
