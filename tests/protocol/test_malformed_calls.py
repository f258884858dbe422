"""Bodies and targets that botocore would never send: W3 to W5 of docs/fidelity.md."""

from __future__ import annotations

import gzip
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN
from support.raw_calls import URL, send, send_json

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


OPERATIONS = [
    "DeleteConnection",
    "TestConnection",
    "DescribeConnections",
    "DeleteEndpoint",
    "DescribeEndpoints",
    "DeleteReplicationInstance",
    "DescribeReplicationInstances",
]


# W3


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'EndpointArn': 'x'}",
        b"null",
        b"[]",
        b'"text"',
        b"20",
        b'{"MaxRecords": NaN}',
        b'{"MaxRecords": Infinity}',
        b"\xff\xfe\xfd",
        b'{"Marker": "\xff"}',
        b'\xef\xbb\xbf{"Marker": "x"}',
        b'{"Marker": "x"} trailing',
        b"{" * 5000,
        b"[" * 100_000,
        b'{"Marker":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"MaxRecords": ' + b"9" * 10_000 + b"}",
        gzip.compress(b"{}"),
        b"EndpointArn=x&ReplicationInstanceArn=y",
    ],
    ids=range(19),
)
def test_a_body_that_is_not_a_json_object_is_refused(
    dmsconn: FakeDms, operation: str, body: bytes
) -> None:
    connection = dmsconn.add_connection(status="testing")

    answer = send(operation, body)

    assert answer.status_code == 400
    assert answer.code == "SerializationException" or (
        # Python 3.10 reads a number of any length.
        answer.code == "InvalidParameterValueException" and b"999" in body
    )
    assert answer.message
    assert connection.status == "testing"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "The body of the request is not valid JSON."),
        (b'{"MaxRecords": NaN}', "The body of the request is not valid JSON."),
        (b"[]", "The body of the request must be a JSON object."),
    ],
)
@pytest.mark.usefixtures("dmsconn")
def test_a_refused_body_says_what_is_wrong_with_it(body: bytes, message: str) -> None:
    assert send("DescribeConnections", body).message == message


def test_every_nesting_depth_gets_an_error_of_aws(dmsconn: FakeDms) -> None:
    dmsconn.add_connection()

    # At some of these depths, Python can read the body, but cannot write it into an answer.
    for depth in range(600, 1000):
        body = b'{"MaxRecords":' + b"[" * depth + b"1" + b"]" * depth + b"}"
        answer = send("DescribeConnections", body)
        assert answer.code in {"SerializationException", "InvalidParameterValueException"}


def test_a_refused_body_is_a_recorded_call(dmsconn: FakeDms) -> None:
    send("DeleteConnection", b"[]")

    (call,) = dmsconn.calls
    assert (call.operation, call.params) == ("DeleteConnection", {})
    assert (call.status_code, call.error_code) == (400, "SerializationException")
    (deletion,) = dmsconn.deletions
    assert (deletion.endpoint_arn, deletion.replication_instance_arn) == ("", "")
    assert (deletion.connection, deletion.succeeded, deletion.call) == (None, False, call)


# W4


def test_a_refused_call_is_recorded_as_it_was_made(dmsconn: FakeDms) -> None:
    send_json("DeleteConnection", {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": 5})
    filters: object
    for filters in (5, {}, [5], [{"Name": "endpoint-arn", "Values": 5}]):
        send_json("DescribeConnections", {"Filters": filters})
        assert dmsconn.calls[-1].params == {"Filters": filters}

    assert dmsconn.calls[0].params == {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": 5}
    (deletion,) = dmsconn.deletions
    assert (deletion.endpoint_arn, deletion.replication_instance_arn) == (ENDPOINT_ARN, "")
    assert "InvalidParameterValueException" in dmsconn.story()


@pytest.mark.parametrize(
    ("operation", "parameters", "named"),
    [
        ("DeleteConnection", {}, "EndpointArn"),
        ("DeleteConnection", {"EndpointArn": ENDPOINT_ARN}, "ReplicationInstanceArn"),
        ("DeleteConnection", {"ReplicationInstanceArn": INSTANCE_ARN}, "EndpointArn"),
        (
            "DeleteConnection",
            {"EndpointArn": None, "ReplicationInstanceArn": INSTANCE_ARN},
            "EndpointArn",
        ),
        ("TestConnection", {"EndpointArn": ENDPOINT_ARN}, "ReplicationInstanceArn"),
        ("DeleteEndpoint", {}, "EndpointArn"),
        ("DeleteReplicationInstance", {}, "ReplicationInstanceArn"),
        ("DescribeConnections", {"Filters": [{"Name": "endpoint-arn"}]}, "Values"),
        ("DescribeConnections", {"Filters": [{"Values": ["x"]}]}, "Name"),
        ("DescribeConnections", {"Filters": [{}]}, "Name"),
    ],
)
def test_a_missing_parameter_is_named(
    dmsconn: FakeDms, operation: str, parameters: dict[str, Any], named: str
) -> None:
    dmsconn.add_connection()

    answer = send_json(operation, parameters)

    assert answer.status_code == 400
    assert answer.code == "InvalidParameterValueException"
    assert f'"{named}"' in answer.message


@pytest.mark.parametrize("wrong", [1, 1.5, True, [], {}, [ENDPOINT_ARN]])
@pytest.mark.parametrize("parameter", ["EndpointArn", "ReplicationInstanceArn"])
@pytest.mark.parametrize("operation", ["DeleteConnection", "TestConnection"])
def test_an_arn_that_is_no_string_is_named(
    dmsconn: FakeDms, operation: str, parameter: str, wrong: object
) -> None:
    connection = dmsconn.add_connection()

    answer = send_json(operation, {**connection.arns, parameter: wrong})

    assert answer.code == "InvalidParameterValueException"
    assert parameter in answer.message
    assert connection.status == "successful"


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"MaxRecords": "20"}, "MaxRecords"),
        ({"MaxRecords": 20.0}, "MaxRecords"),
        ({"MaxRecords": True}, "MaxRecords"),
        ({"MaxRecords": False}, "MaxRecords"),
        ({"MaxRecords": [20]}, "MaxRecords"),
        ({"Marker": 20}, "Marker"),
        ({"Marker": {}}, "Marker"),
        ({"Filters": "endpoint-arn"}, "Filters"),
        ({"Filters": {"Name": "endpoint-arn", "Values": ["x"]}}, "Filters"),
        ({"Filters": ["endpoint-arn"]}, "Filters[0]"),
        ({"Filters": [None]}, "Filters[0]"),
        ({"Filters": [{"Name": None, "Values": ["x"]}]}, "Filters[0].Name"),
        ({"Filters": [{"Name": "endpoint-arn", "Values": "x"}]}, "Filters[0].Values"),
        ({"Filters": [{"Name": "endpoint-arn", "Values": None}]}, "Filters[0].Values"),
        ({"Filters": [{"Name": "endpoint-arn", "Values": [1]}]}, "Filters[0].Values[0]"),
        ({"Filters": [{"Name": "endpoint-arn", "Values": [None]}]}, "Filters[0].Values[0]"),
        ({"Filters": [{"Name": ["endpoint-arn"], "Values": ["x"]}]}, "Filters[0].Name"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["DescribeConnections", "DescribeEndpoints", "DescribeReplicationInstances"]
)
def test_a_parameter_of_the_wrong_type_is_named(
    dmsconn: FakeDms, operation: str, parameters: dict[str, Any], named: str
) -> None:
    dmsconn.add_connection(status="testing")

    answer = send_json(operation, parameters)

    assert answer.status_code == 400
    assert answer.code == "InvalidParameterValueException"
    assert named in answer.message
    assert "\n" not in answer.message
    assert dmsconn.connections[0].status == "testing"


@pytest.mark.parametrize("value", ["x", 1, [], {}])
@pytest.mark.parametrize("operation", ["DeleteConnection", "TestConnection", "DescribeConnections"])
def test_an_unknown_parameter_is_named(dmsconn: FakeDms, operation: str, value: object) -> None:
    connection = dmsconn.add_connection()

    answer = send_json(operation, {**connection.arns, "Colour": value})

    assert answer.code == "InvalidParameterValueException"
    assert '"Colour"' in answer.message
    assert connection.status == "successful"


def test_null_counts_as_absent(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    answer = send_json("DescribeConnections", {"Filters": None, "MaxRecords": None, "Marker": None})

    assert answer.body == {"Connections": [connection.to_dict()]}


def test_text_beyond_ascii_is_understood_and_sent_back(dmsconn: FakeDms) -> None:
    dmsconn.add_connection(status="failed", last_failure_message="Zugriff verweigert \u2603")

    (described,) = send_json("DescribeConnections", {}).body["Connections"]
    refused = send("DescribeConnections", '{"Marker": "\u2603 \\ud83d"}'.encode())

    assert described["LastFailureMessage"] == "Zugriff verweigert \u2603"
    assert "\u2603" in refused.message


# W5


@pytest.mark.parametrize(
    "target",
    ["AmazonDMSv20160101.Nonsense", "AmazonDMSv20160101.", "DeleteConnection", "", None],
)
def test_an_unknown_target_is_an_unknown_operation(dmsconn: FakeDms, target: str | None) -> None:
    connection = dmsconn.add_connection()
    headers = {} if target is None else {"X-Amz-Target": target}

    response = requests.post(URL, json=connection.arns, headers=headers, timeout=5)

    assert response.status_code == 400
    assert response.json()["__type"] == "UnknownOperationException"
    assert uuid.UUID(response.headers["x-amzn-RequestId"])
    assert dmsconn.calls == ()
