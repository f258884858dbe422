"""Rows W of docs/fidelity.md."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from support.scenarios import fake_alone, reads
from support.target import code, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.target import Target

    from pytest_dmsconn import ErrorName


@reads
def test_w1_an_answer_has_a_request_id_a_date_and_a_content_type(target: Target) -> None:
    headers = target.client.describe_endpoints()["ResponseMetadata"]["HTTPHeaders"]

    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert str(uuid.UUID(headers["x-amzn-requestid"])) == headers["x-amzn-requestid"]
    assert "date" in headers


@reads
def test_w2_a_fault_is_a_code_and_a_message(target: Target) -> None:
    seen: list[tuple[int, Mapping[str, Any]]] = []

    def read(http_response: Any, **_: Any) -> None:
        seen.append((http_response.status_code, json.loads(http_response.content)))

    arns = {**target.pair, "ReplicationInstanceArn": target.unknown_replication_instance_arn}
    target.client.meta.events.register("after-call", read)
    with pytest.raises(target.client.exceptions.ResourceNotFoundFault) as caught:
        target.client.test_connection(**arns)
    target.client.meta.events.unregister("after-call", read)

    [(status_code, body)] = seen
    message = caught.value.response["Error"]["Message"]
    assert status_code == 400
    assert body == {"__type": "ResourceNotFoundFault", "message": message}


@reads
def test_w2_a_code_that_the_model_lacks_is_a_plain_client_error(target: Target) -> None:
    with pytest.raises(ClientError) as caught:
        target.client.describe_connections(MaxRecords=19)

    assert type(caught.value) is ClientError
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@reads
@pytest.mark.parametrize("body", [b'{"Filters": [', b"[]", b'"text"'])
def test_w3_a_body_that_is_no_json_object_cannot_be_read(target: Target, body: bytes) -> None:
    refused = code(target.describe_with, body=body)

    assert refused == "SerializationException"


@reads
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "EndpointArn"),
        ({"EndpointArn": "orders"}, "ReplicationInstanceArn"),
        ({"EndpointArn": 5, "ReplicationInstanceArn": "nightly"}, "EndpointArn"),
    ],
)
def test_w4_a_missing_or_mistyped_parameter_is_named(
    target: Target, given: Mapping[str, Any], named: str
) -> None:
    refused, message = refusal(target.unchecked_client.delete_connection, **given)

    assert refused == "InvalidParameterValueException"
    assert named in message


@reads
@pytest.mark.over_http  # in the process such a call is blocked
@pytest.mark.parametrize("amz_target", ["AmazonDMSv20160101.ForgetConnection", "", "Nothing"])
def test_w5_a_target_that_names_no_operation_is_unknown(target: Target, amz_target: str) -> None:
    refused = code(target.describe_with, amz_target=amz_target)

    assert refused == "UnknownOperationException"


@fake_alone("throttling and internal errors come when they come")
@pytest.mark.parametrize(
    ("error", "status_code"),
    [("ThrottlingException", 400), ("InternalFailure", 500), ("ServiceUnavailable", 503)],
)
def test_w6_passing_errors_have_their_status(
    target: Target, error: ErrorName, status_code: int
) -> None:
    target.fake.fail("DescribeConnections", error)

    with pytest.raises(ClientError) as caught:
        target.client.describe_connections()

    assert caught.value.response["Error"]["Code"] == error
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status_code
    if error == "ThrottlingException":
        assert caught.value.response["Error"]["Message"] == "Rate exceeded"
