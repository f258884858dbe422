"""Injected faults, and the exceptions that clients raise for them."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from support.botocore_clients import client_that_tries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn import ErrorName, FakeDms

CALLS: Mapping[str, Callable[[Any, Any], Any]] = {
    "DeleteConnection": lambda client, one: client.delete_connection(**one.arns),
    "TestConnection": lambda client, one: client.test_connection(**one.arns),
    "DescribeConnections": lambda client, _: client.describe_connections(),
    "DeleteEndpoint": lambda client, one: client.delete_endpoint(EndpointArn=one.endpoint_arn),
    "DescribeEndpoints": lambda client, _: client.describe_endpoints(),
    "DeleteReplicationInstance": lambda client, one: client.delete_replication_instance(
        ReplicationInstanceArn=one.replication_instance_arn
    ),
    "DescribeReplicationInstances": lambda client, _: client.describe_replication_instances(),
}


@pytest.fixture
def client(dmsconn: FakeDms) -> Any:  # noqa: ARG001 - active before the client is made
    return client_that_tries(1)


@pytest.mark.parametrize("operation", CALLS)
def test_modelled_fault_is_raised_as_its_own_exception(
    dmsconn: FakeDms, client: Any, operation: str
) -> None:
    connection = dmsconn.add_connection()
    shapes = client.meta.service_model.operation_model(operation).error_shapes
    assert shapes

    for shape in shapes:
        fault = dmsconn.fail(operation, shape.name)  # type: ignore[arg-type]
        with pytest.raises(getattr(client.exceptions, shape.name)) as raised:
            CALLS[operation](client, connection)

        assert raised.value.response["Error"]["Code"] == shape.name
        assert raised.value.response["Error"]["Message"]
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert fault.met == 1
    assert connection.status == "successful"


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [  # W6
        ("ThrottlingException", 400, "Rate exceeded"),
        ("AccessDeniedException", 400, "User is not authorized to perform this action"),
        ("ExpiredTokenException", 400, "The security token included in the request is expired"),
        ("UnrecognizedClientException", 400, "The security token included in the request is inv"),
        ("InvalidParameterValueException", 400, "A parameter has a value that is not allowed"),
        ("InternalFailure", 500, "The request processing has failed because of an unknown error"),
        ("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the"),
        ("RequestTimeout", 400, "The request took too long to arrive"),
    ],
)
def test_common_error_is_raised_as_a_client_error(
    dmsconn: FakeDms, client: Any, code: ErrorName, status: int, message: str
) -> None:
    dmsconn.fail("DescribeConnections", code)

    with pytest.raises(ClientError) as raised:
        client.describe_connections()

    answer = raised.value.response
    assert answer["Error"]["Code"] == code
    assert answer["Error"]["Message"].startswith(message)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    assert answer["ResponseMetadata"]["RequestId"]
    call = dmsconn.calls[0]
    assert (call.error_code, call.status_code) == (code, status)
    assert call.response == {"__type": code, "message": answer["Error"]["Message"]}


@pytest.mark.parametrize(
    ("failure", "exception"),
    [
        ("connect-timeout", exceptions.ConnectTimeoutError),
        ("read-timeout", exceptions.ReadTimeoutError),
        ("connection-closed", exceptions.ConnectionClosedError),
        ("endpoint-unreachable", exceptions.EndpointConnectionError),
    ],
)
def test_transport_failure_is_raised_as_the_exception_of_botocore(
    dmsconn: FakeDms, client: Any, failure: ErrorName, exception: type[Exception]
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", failure)

    with pytest.raises(exception, match=r"https://dms\.us-east-1\.amazonaws\.com/") as raised:
        client.delete_connection(**connection.arns)

    assert type(raised.value) is exception
    call = dmsconn.calls[0]
    assert (call.status_code, call.response, call.error_code) == (None, None, failure)
    dmsconn.assert_not_deleted(connection)


def test_truncated_answer_has_no_connection(dmsconn: FakeDms, client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "truncated", applied=True)

    answer = client.delete_connection(**connection.arns)

    assert set(answer) == {"ResponseMetadata"}
    call = dmsconn.calls[0]
    assert (call.status_code, call.response, call.error_code) == (200, None, "truncated")
    assert connection.status == "deleting"


def test_html_page_is_an_error_with_its_status(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "html-502")

    with pytest.raises(ClientError) as raised:
        client.describe_connections()

    assert raised.value.response["Error"] == {"Code": "502", "Message": "Bad Gateway"}
    call = dmsconn.calls[0]
    assert (call.status_code, call.response, call.error_code) == (502, None, "html-502")


def test_message_of_a_fault(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "ThrottlingException", message="slow down")

    with pytest.raises(ClientError, match="slow down"):
        client.describe_connections()


@pytest.mark.parametrize("operation", CALLS)
def test_asterisk_stands_for_all_operations(dmsconn: FakeDms, client: Any, operation: str) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("*", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDeniedException"):
        CALLS[operation](client, connection)


def test_repr_of_a_fault_shows_no_internals(dmsconn: FakeDms) -> None:
    with contextlib.suppress(AssertionError), dmsconn.fail("*", "ThrottlingException") as fault:
        shown = repr(fault)
    assert re.fullmatch(
        r"<Fault ThrottlingException for \*, armed at .*\.py:\d+: met 0 times>", shown
    )
