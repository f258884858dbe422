"""botocore's own code runs before and after a call, because the fake replaces only sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError
from botocore.stub import Stubber
from support.describe_calls import by_endpoint

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_dmsconn import FakeDms


def test_modelled_fault_is_raised_as_its_class_with_code_and_message(
    dms_client: Any, dmsconn: FakeDms
) -> None:
    connection = dmsconn.add_connection(status="testing")
    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault) as raised:
        dms_client.delete_connection(**connection.arns)
    response = raised.value.response
    assert response["Error"]["Code"] == "InvalidResourceStateFault"
    assert response["Error"]["Message"] == "Connection is being tested and cannot be deleted"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert raised.value.operation_name == "DeleteConnection"


def test_error_that_the_model_lacks_is_a_plain_client_error(dms_client: Any) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValueException") as raised:
        dms_client.delete_connection(EndpointArn="nonsense", ReplicationInstanceArn="nonsense")
    assert type(raised.value) is ClientError


def test_answer_carries_metadata_with_a_request_id(dms_client: Any) -> None:
    metadata = dms_client.describe_connections()["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.1"
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert metadata["RetryAttempts"] == 0


def test_paginator_walks_all_pages(dms_client: Any, dmsconn: FakeDms) -> None:
    seeded = dmsconn.add_connections(45)
    pages = list(
        dms_client.get_paginator("describe_connections").paginate(PaginationConfig={"PageSize": 20})
    )
    assert [len(page["Connections"]) for page in pages] == [20, 20, 5]
    found = [one["EndpointArn"] for page in pages for one in page["Connections"]]
    assert found == [connection.endpoint_arn for connection in seeded]


def test_waiter_ends_with_the_test_of_a_connection(dms_client: Any, dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(status="failed")
    dms_client.test_connection(**connection.arns)
    dms_client.get_waiter("test_connection_succeeds").wait(Filters=[by_endpoint(connection)])
    assert connection.status == "successful"


@pytest.mark.dmsconn(test_result="failed")
def test_waiter_fails_with_the_test_of_a_connection(dms_client: Any, dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    dms_client.test_connection(**connection.arns)
    with pytest.raises(WaiterError):
        dms_client.get_waiter("test_connection_succeeds").wait(Filters=[by_endpoint(connection)])


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_botocore_retries_by_its_own_rules_and_attempts_are_numbered(
    dmsconn: FakeDms, mode: Any
) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 3})
    client = boto3.client("dms", config=config)
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "ThrottlingException", times=2)
    answer = client.delete_connection(**connection.arns)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [(call.attempt, call.error_code) for call in dmsconn.calls] == [
        (1, "ThrottlingException"),
        (2, "ThrottlingException"),
        (3, None),
    ]


def test_before_send_handler_of_the_user_answers_first(dms_client: Any, dmsconn: FakeDms) -> None:
    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        response: Any = AWSResponse(request.url, 200, HTTPHeaders(), None)
        response._content = b'{"Connections": [], "Marker": "mine"}'
        return cast("AWSResponse", response)

    dms_client.meta.events.register("before-send.dms.DescribeConnections", answer)
    assert dms_client.describe_connections()["Marker"] == "mine"
    dmsconn.assert_no_calls()


def test_event_handlers_of_the_user_are_called(dms_client: Any) -> None:
    seen: list[str] = []
    for event in ("before-call", "request-created", "before-send", "after-call"):
        dms_client.meta.events.register(
            f"{event}.dms.DescribeConnections", lambda event_name, **_: seen.append(event_name)
        )
    dms_client.describe_connections()
    assert [name.partition(".")[0] for name in seen] == [
        "before-call",
        "request-created",
        "before-send",
        "after-call",
    ]


def test_stubber_answers_while_it_is_active_and_the_fake_after_it(
    dms_client: Any, dmsconn: FakeDms
) -> None:
    connection = dmsconn.add_connection()
    with Stubber(dms_client) as stubber:
        stubber.add_client_error(
            "delete_connection", "AccessDeniedFault", expected_params=connection.arns
        )
        with pytest.raises(dms_client.exceptions.AccessDeniedFault):
            dms_client.delete_connection(**connection.arns)
        stubber.assert_no_pending_responses()
    dmsconn.assert_no_calls()
    dms_client.delete_connection(**connection.arns)
    dmsconn.assert_deleted(connection)
