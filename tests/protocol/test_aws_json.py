"""The HTTP responses of the fake, in AWS JSON 1.1: W1 and W2 of docs/fidelity.md."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN
from support.raw_calls import send, send_json

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# W1


def test_an_answer_is_json_1_1(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    answer = send_json("DescribeConnections", {})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert answer.body == {"Connections": [connection.to_dict()]}


def test_every_answer_has_a_request_id_of_its_own(dmsconn: FakeDms) -> None:
    dmsconn.add_connection()

    answers = [
        send_json("DescribeConnections", {}),
        send_json("DescribeConnections", {}),
        send_json("DescribeConnections", {"MaxRecords": 1}),
        send("DescribeConnections", b"["),
    ]

    ids = {answer.headers["x-amzn-RequestId"] for answer in answers}
    assert len(ids) == 4
    assert {str(uuid.UUID(text)) for text in ids} == ids


def test_request_ids_reach_the_caller_of_botocore(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_connection()

    metadata = dms_client.describe_connections()["ResponseMetadata"]

    assert uuid.UUID(metadata["RequestId"])
    assert metadata["HTTPStatusCode"] == 200
    with pytest.raises(ClientError) as refused:
        dms_client.describe_connections(MaxRecords=1)
    assert uuid.UUID(refused.value.response["ResponseMetadata"]["RequestId"])
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_timestamps_are_seconds_since_1970(dmsconn: FakeDms) -> None:
    created = dt.datetime(2024, 5, 1, 12, 0, tzinfo=dt.timezone.utc)
    dmsconn.add_replication_instance(members={"InstanceCreateTime": created})

    (instance,) = send_json("DescribeReplicationInstances", {}).body["ReplicationInstances"]

    assert instance["InstanceCreateTime"] == created.timestamp() == 1714564800


# W2


def test_a_fault_is_a_400_with_type_and_message(dmsconn: FakeDms) -> None:
    dmsconn.add_connection()

    answer = send_json(
        "DeleteConnection", {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}
    )

    assert answer.status_code == 400
    assert set(answer.body) == {"__type", "message"}
    assert answer.code == "ResourceNotFoundFault"


def test_botocore_raises_the_class_of_a_fault_that_the_model_has(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection(status="testing")

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault) as refused:
        dms_client.delete_connection(**connection.arns)

    assert refused.value.response["Error"]["Code"] == "InvalidResourceStateFault"


def test_botocore_raises_a_plain_error_for_a_code_that_the_model_lacks(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection()

    with pytest.raises(ClientError) as refused:
        dms_client.describe_connections(MaxRecords=1)

    assert type(refused.value) is ClientError
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
