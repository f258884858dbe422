"""`dmsconn_server` for clients of this process: the same fake over real HTTP."""

from __future__ import annotations

import asyncio
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from support.describe_calls import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, ErrorName, FakeDms


@pytest.fixture
def client(dmsconn_server: DmsServer) -> Iterator[Any]:
    """A client of this process that goes through the server."""
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        yield client


# From this process


def test_calls_of_a_client_in_this_process_have_the_transport_server(
    dmsconn: FakeDms, client: Any
) -> None:
    connection = dmsconn.add_connection()

    answer = client.delete_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "deleting"
    assert [call.transport for call in dmsconn.calls] == ["server"]


def test_it_is_reached_under_the_name_localhost_too(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    url = dmsconn_server.url.replace("127.0.0.1", "localhost")
    with closing(boto3.client("dms", endpoint_url=url)) as client:
        client.describe_connections()

    assert [call.transport for call in dmsconn.calls] == ["server"]


def test_a_client_of_this_process_uses_no_proxy(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert client.describe_connections()["Connections"] == []


def test_aiobotocore_goes_through_it_too(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()
    connection = dmsconn.add_connection()

    async def delete() -> None:
        async with session.create_client("dms", **dmsconn_server.client_kwargs) as client:
            await client.delete_connection(**connection.arns)

    asyncio.run(delete())

    dmsconn.assert_only_deleted(connection)
    assert dmsconn.calls[0].transport == "server"


def test_requests_goes_through_it_too(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    answer = requests.post(
        dmsconn_server.url,
        json={},
        headers={"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"},
        timeout=30,
    )

    assert answer.json() == {"Connections": []}
    assert dmsconn.calls[0].transport == "server"


def test_another_endpoint_url_is_answered_in_the_process(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    other = f"{dmsconn_server.url}1" if dmsconn_server.url[-1] != "1" else "http://127.0.0.1:9"
    boto3.client("dms", endpoint_url=other).describe_connections()

    assert [call.transport for call in dmsconn.calls] == ["botocore"]


def test_region_and_account_come_from_the_signature(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    there = dmsconn.add_connection(region="eu-west-1", account_id="210987654321")
    arguments = {
        **dmsconn_server.client_kwargs,
        **dmsconn.credentials("210987654321"),
        "region_name": "eu-west-1",
    }
    with closing(boto3.client("dms", **arguments)) as client:
        client.delete_connection(**there.arns)

    dmsconn.assert_only_deleted(there)


def test_modelled_exceptions_are_raised_as_their_classes(dmsconn: FakeDms, client: Any) -> None:
    gone = dmsconn.add_connection().arns
    dmsconn.remove_endpoint(dmsconn.endpoints[0])

    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**gone)


def test_pages_and_waiters_work_over_it(dmsconn: FakeDms, client: Any) -> None:
    connections = dmsconn.add_connections(45)

    pages = client.get_paginator("describe_connections").paginate(PaginationConfig={"PageSize": 20})
    listed = [connection["EndpointArn"] for page in pages for connection in page["Connections"]]
    client.delete_endpoint(EndpointArn=listed[0])
    client.get_waiter("endpoint_deleted").wait(**only("endpoint-arn", listed[0]))

    assert listed == [connection.endpoint_arn for connection in connections]
    assert connections[0].deleted


def test_every_answer_has_a_request_id(client: Any) -> None:
    metadata = client.describe_connections()["ResponseMetadata"]

    assert len(metadata["RequestId"]) == 36


def test_the_attempt_of_a_call_is_recorded(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    client.describe_connections()

    assert [(call.attempt, call.error_code) for call in dmsconn.calls] == [
        (1, "ThrottlingException"),
        (2, "ThrottlingException"),
        (3, None),
    ]


# Faults


def test_connection_closed_closes_the_connection_within_an_answer(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "connection-closed", applied=True)
    once = Config(retries={"total_max_attempts": 1})
    with (
        closing(boto3.client("dms", config=once, **dmsconn_server.client_kwargs)) as client,
        pytest.raises(ConnectionClosedError),
    ):
        client.delete_connection(**connection.arns)

    (deletion,) = dmsconn.deletions
    assert deletion.succeeded
    assert deletion.error_code == "connection-closed"
    assert deletion.call.status_code is None


def test_broken_off_answer_does_not_look_complete(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    # If the answer has `Connection: close`, undici (Node's fetch) accepts the end of the
    # connection as the end of the answer.
    dmsconn.fail("DescribeConnections", "connection-closed")
    connection = HTTPConnection(urlsplit(dmsconn_server.url).netloc)
    target = {"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"}
    with closing(connection):
        connection.request("POST", "/", b"{}", target)
        response = connection.getresponse()

        assert response.headers["Connection"] == "keep-alive"
        with pytest.raises(IncompleteRead):
            response.read()


def test_a_client_survives_a_connection_that_was_broken_off(dmsconn: FakeDms, client: Any) -> None:
    dmsconn.fail("DescribeConnections", "connection-closed")

    client.describe_connections()

    assert [call.error_code for call in dmsconn.calls] == ["connection-closed", None]


@pytest.mark.dmsconn(strict=False)
@pytest.mark.parametrize("failure", ["connect-timeout", "read-timeout", "endpoint-unreachable"])
def test_a_failure_that_a_server_cannot_cause_is_not_injected(
    dmsconn: FakeDms, client: Any, failure: ErrorName
) -> None:
    fault = dmsconn.fail("*", failure)

    client.describe_connections()

    assert fault.met == 0


def test_a_truncated_answer_is_sent_unchanged(dmsconn: FakeDms, client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "truncated")

    assert "Connection" not in client.delete_connection(**connection.arns)


# Operations that the fake lacks


def test_an_operation_that_the_fake_lacks_fails_the_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import boto3
        from contextlib import closing, suppress
        from botocore.exceptions import ClientError

        def test_it(dmsconn_server):
            with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
                with suppress(ClientError):
                    client.describe_certificates()
        """
    )
    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DescribeCertificates to 127.0.0.1*"])


@pytest.mark.dmsconn(block_aws=False)
def test_an_operation_that_the_fake_lacks_is_unknown_even_if_nothing_is_blocked(
    client: Any,
) -> None:
    with pytest.raises(ClientError) as raised:
        client.describe_certificates()

    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"


def test_moto_answers_the_rest_of_dms_under_mock_aws(
    dmsconn: FakeDms, dmsconn_server: DmsServer
) -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws(), closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        endpoint = boto3.client("dms").create_endpoint(
            EndpointIdentifier="orders", EndpointType="source", EngineName="mysql"
        )["Endpoint"]
        instance = dmsconn.add_replication_instance()
        pair = {
            "EndpointArn": endpoint["EndpointArn"],
            "ReplicationInstanceArn": instance.arn,
        }
        client.test_connection(**pair)
        connection = dmsconn.connection(*pair.values())
        listed = client.describe_endpoints()["Endpoints"]
        client.delete_endpoint(EndpointArn=endpoint["EndpointArn"])

        assert [one["EndpointIdentifier"] for one in listed] == ["orders"]
        assert connection.deleted
