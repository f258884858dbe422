"""`load` and `dump`: seeds in the form of the AWS CLI."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.recorded_answers import ACCOUNT, CONNECTIONS, CREATED, EMPTY, ENDPOINTS, INSTANCES

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms


def described(client: Any) -> dict[str, Any]:
    """Everything that the three Describe operations answer."""
    answers = (
        client.describe_connections(),
        client.describe_endpoints(),
        client.describe_replication_instances(),
    )
    merged = {key: value for answer in answers for key, value in answer.items()}
    del merged["ResponseMetadata"]
    return merged


# What is loaded


def test_load_reads_the_output_of_the_cli(
    dmsconn: FakeDms, dms_client: Any, tmp_path: Path
) -> None:
    path = tmp_path / "connections.json"
    path.write_text(json.dumps(CONNECTIONS, indent=4))

    orders, customers = dmsconn.load(path)

    assert dmsconn.connections == (orders, customers)
    assert (orders.endpoint_identifier, orders.status) == ("orders", "successful")
    assert customers.last_failure_message == "Test Endpoint failed: Application-Status: 1020912"
    answer = dms_client.describe_connections()
    assert answer["Connections"] == CONNECTIONS["Connections"]


def test_calls_are_answered_while_entries_are_read(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_connection()
    answered = []

    class Entry(dict[str, Any]):
        def items(self) -> Any:
            ask = threading.Thread(
                target=lambda: answered.append(dms_client.describe_connections()), daemon=True
            )
            ask.start()
            ask.join(20)
            return super().items()

    dmsconn.load({"Connections": [Entry(one) for one in CONNECTIONS["Connections"]]})

    # None of the loaded ones is there before all are.
    assert [len(answer["Connections"]) for answer in answered] == [1, 1]


def test_load_reads_the_answer_of_a_client(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load(CONNECTIONS)
    answer = dms_client.describe_connections(MaxRecords=20)
    assert "ResponseMetadata" in answer
    dmsconn.reset()

    dmsconn.load({**answer, "Marker": "more to come"})

    assert dms_client.describe_connections()["Connections"] == CONNECTIONS["Connections"]


def test_load_reads_a_path_as_text_in_the_encodings_of_json(
    dmsconn: FakeDms, tmp_path: Path
) -> None:
    path = tmp_path / "connections.json"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):  # PowerShell's > writes the last
        path.write_text(json.dumps(CONNECTIONS), encoding=encoding)
        assert len(dmsconn.load(str(path))) == 2
        dmsconn.reset()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_answers_can_be_loaded_in_any_order(
    dmsconn: FakeDms, dms_client: Any, order: tuple[int, ...]
) -> None:
    parts = (CONNECTIONS, ENDPOINTS, INSTANCES)

    loaded = [dmsconn.load(parts[index]) for index in order]

    assert [len(connections) for connections in loaded] == [
        2 if parts[index] is CONNECTIONS else 0 for index in order
    ]
    everything = described(dms_client)
    assert everything["Connections"] == CONNECTIONS["Connections"]
    assert everything["Endpoints"] == ENDPOINTS["Endpoints"]
    (instance,) = everything["ReplicationInstances"]
    assert instance == {**INSTANCES["ReplicationInstances"][0], "InstanceCreateTime": CREATED}


def test_merged_answers_can_be_loaded(dmsconn: FakeDms, dms_client: Any) -> None:
    connections = dmsconn.load({**CONNECTIONS, **ENDPOINTS, **INSTANCES})

    assert dmsconn.connections == tuple(connections)
    assert described(dms_client)["Endpoints"] == ENDPOINTS["Endpoints"]


@pytest.mark.parametrize("part", [CONNECTIONS, ENDPOINTS, INSTANCES], ids=["one", "two", "three"])
def test_each_answer_can_be_loaded_by_itself(dmsconn: FakeDms, part: dict[str, Any]) -> None:
    dmsconn.load(part)

    (key,) = part
    assert len(dmsconn.dump()[key]) == len(part[key])


def test_loaded_connections_can_be_tested_and_deleted(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load(ENDPOINTS)
    dmsconn.load(INSTANCES)
    arns = {
        "EndpointArn": f"{ACCOUNT}:endpoint:ORDERS",
        "ReplicationInstanceArn": f"{ACCOUNT}:rep:NIGHTLY",
    }
    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault, match="modifying"):
        dms_client.test_connection(**arns)

    dmsconn.replication_instances[0].set_available()
    dms_client.test_connection(**arns)
    dms_client.describe_connections()
    dms_client.delete_connection(**arns)

    dmsconn.assert_only_deleted((arns["EndpointArn"], arns["ReplicationInstanceArn"]))


@pytest.mark.parametrize(
    "value",
    [
        CREATED,
        CREATED.astimezone(dt.timezone(dt.timedelta(hours=2))),
        CREATED.replace(tzinfo=None),
        CREATED.timestamp(),
        "2024-05-01T12:30:15.123Z",
        "2024-05-01T12:30:15.123+00:00",
        "2024-05-01T14:30:15.123+02:00",
        "2024-05-01T12:30:15.123",
    ],
    ids=str,
)
def test_timestamp_is_a_datetime_a_string_or_a_number(
    dmsconn: FakeDms, dms_client: Any, value: object
) -> None:
    structure = {**INSTANCES["ReplicationInstances"][0], "InstanceCreateTime": value}

    dmsconn.load({"ReplicationInstances": [structure]})

    (instance,) = dms_client.describe_replication_instances()["ReplicationInstances"]
    assert instance["InstanceCreateTime"] == CREATED


def test_endpoint_loaded_as_deleting_goes_with_its_connections(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    structures = [{**one, "Status": "deleting"} for one in ENDPOINTS["Endpoints"]]
    connections = dmsconn.load({**CONNECTIONS, "Endpoints": structures[:1]})

    assert dms_client.describe_endpoints()["Endpoints"][0]["EndpointIdentifier"] == "customers"

    assert [connection.status for connection in connections] == ["deleted", "failed"]
    dmsconn.load({"Endpoints": structures[1:]})
    assert dms_client.describe_endpoints()["Endpoints"] == []
    assert dmsconn.connections == ()


def test_loading_an_endpoint_again_replaces_its_members(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load(ENDPOINTS)
    changed = {**ENDPOINTS["Endpoints"][0], "Status": "modifying", "Port": 6432}

    dmsconn.load({"Endpoints": [changed]})

    assert dms_client.describe_endpoints()["Endpoints"][0] == changed
    assert len(dmsconn.endpoints) == 2


def test_arns_decide_region_and_account(dmsconn: FakeDms) -> None:
    text = json.dumps(CONNECTIONS).replace("us-east-1:123456789012", "eu-west-1:111122223333")

    connections = dmsconn.load(json.loads(text))

    assert {(one.region, one.account_id) for one in connections} == {("eu-west-1", "111122223333")}
    client = boto3.client("dms", "eu-west-1", **dmsconn.credentials("111122223333"))
    assert len(client.describe_connections()["Connections"]) == 2


# Writing it down


def test_load_restores_a_dump(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load({**CONNECTIONS, **ENDPOINTS, **INSTANCES})
    dmsconn.add_connection(status="testing")
    dmsconn.add_connection(status="deleting")
    dmsconn.add_endpoint(members={"MySQLSettings": {"Port": 3306}})
    dmsconn.add_replication_instance(available=False)
    elsewhere = dmsconn.add_connection(region="eu-west-1", account_id="111122223333")
    dumped = dmsconn.dump()

    with mock_dms() as other:
        connections = other.load(json.loads(json.dumps(dumped)))

        assert other.dump() == dumped
        assert other.connections == tuple(connections)
        assert connections[-1].arns == elsewhere.arns
        restored = described(dms_client)
    assert restored == described(dms_client)


def test_dump_can_be_written_as_json(dmsconn: FakeDms, tmp_path: Path) -> None:
    dmsconn.load({**CONNECTIONS, **INSTANCES})
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dmsconn.dump()))
    before = dmsconn.dump()
    dmsconn.reset()

    dmsconn.load(path)

    assert dmsconn.dump() == before
    (instance,) = before["ReplicationInstances"]
    assert dt.datetime.fromisoformat(instance["InstanceCreateTime"]) == CREATED


def test_dump_of_an_empty_fake_is_empty(dmsconn: FakeDms) -> None:
    assert dmsconn.dump() == EMPTY
    assert dmsconn.load(EMPTY) == []


def test_dump_is_a_copy(dmsconn: FakeDms) -> None:
    dmsconn.load({**CONNECTIONS, **ENDPOINTS})

    dmsconn.dump()["Endpoints"][0]["PostgreSQLSettings"]["Port"] = 1
    dmsconn.dump()["Connections"].clear()

    assert dmsconn.dump()["Endpoints"] == ENDPOINTS["Endpoints"]
    assert dmsconn.dump()["Connections"] == CONNECTIONS["Connections"]
