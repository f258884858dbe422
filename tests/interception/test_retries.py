"""botocore retries injected faults: every attempt is recorded, and nothing really waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from support.botocore_clients import client_of

if TYPE_CHECKING:
    from pytest_dmsconn import Connection, ErrorName, FakeDms

MODES = ("legacy", "standard", "adaptive")
DEFAULT_ATTEMPTS = {"legacy": 5, "standard": 3, "adaptive": 3}
FAILURES = {
    "connect-timeout": exceptions.ConnectTimeoutError,
    "read-timeout": exceptions.ReadTimeoutError,
    "connection-closed": exceptions.ConnectionClosedError,
    "endpoint-unreachable": exceptions.EndpointConnectionError,
}


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if anything sleeps: the back-off, or the rate limiter of adaptive mode."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something waited")

    monkeypatch.setattr(time, "sleep", refuse)
    monkeypatch.setattr(threading.Condition, "wait", refuse)


def attempts(dmsconn: FakeDms) -> list[int]:
    return [call.attempt for call in dmsconn.calls]


@pytest.fixture
def connection(dmsconn: FakeDms) -> Connection:
    return dmsconn.add_connection()


# The number of attempts, and the final error


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalFailure", "ServiceUnavailable", "html-502"]
)
def test_a_temporary_error_is_retried_until_attempts_are_used_up(
    dmsconn: FakeDms, connection: Connection, mode: str, code: ErrorName
) -> None:
    expected = DEFAULT_ATTEMPTS[mode]
    fault = dmsconn.fail("DeleteConnection", code, times=None)

    with pytest.raises(ClientError, match=f"reached max retries: {expected - 1}") as raised:
        client_of(mode).delete_connection(**connection.arns)

    assert raised.value.response["Error"]["Code"] == code.removeprefix("html-")
    metadata: Any = raised.value.response["ResponseMetadata"]
    assert (metadata["RetryAttempts"], metadata["MaxAttemptsReached"]) == (expected - 1, True)
    assert attempts(dmsconn) == list(range(1, expected + 1))
    assert {call.error_code for call in dmsconn.calls} == {code}
    assert fault.met == len(dmsconn.deletions) == expected
    assert dmsconn.now > 0
    dmsconn.assert_not_deleted(connection)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_transport_failure_is_retried_until_attempts_are_used_up(
    dmsconn: FakeDms, connection: Connection, mode: str, failure: ErrorName
) -> None:
    dmsconn.fail("DeleteConnection", failure, times=None)

    with pytest.raises(FAILURES[failure]):
        client_of(mode).delete_connection(**connection.arns)

    assert attempts(dmsconn) == list(range(1, DEFAULT_ATTEMPTS[mode] + 1))
    assert dmsconn.now > 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidParameterValueException",
        "AccessDeniedFault",
        "InvalidResourceStateFault",
        "ResourceNotFoundFault",
    ],
)
def test_a_permanent_error_is_not_retried(
    dmsconn: FakeDms, connection: Connection, mode: str, code: ErrorName
) -> None:
    dmsconn.fail("DeleteConnection", code, times=None)

    with pytest.raises(ClientError) as raised:
        client_of(mode).delete_connection(**connection.arns)

    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert attempts(dmsconn) == [1]


@pytest.mark.parametrize(("mode", "expected"), [("legacy", 1), ("standard", 3), ("adaptive", 3)])
def test_a_request_timeout_is_retried_in_standard_and_adaptive_mode_only(
    dmsconn: FakeDms, connection: Connection, mode: str, expected: int
) -> None:
    dmsconn.fail("DeleteConnection", "RequestTimeout", times=None)  # W6

    with pytest.raises(ClientError, match="RequestTimeout"):
        client_of(mode).delete_connection(**connection.arns)

    assert attempts(dmsconn) == list(range(1, expected + 1))


@pytest.mark.parametrize("mode", MODES)
def test_a_truncated_answer_looks_like_a_success(
    dmsconn: FakeDms, connection: Connection, mode: str
) -> None:
    dmsconn.fail("DeleteConnection", "truncated", times=None)

    answer = client_of(mode).delete_connection(**connection.arns)

    assert "Connection" not in answer
    assert attempts(dmsconn) == [1]
    dmsconn.assert_not_deleted(connection)


# Temporary faults


@pytest.mark.parametrize("mode", MODES)
def test_a_call_succeeds_after_temporary_faults(
    dmsconn: FakeDms, connection: Connection, mode: str
) -> None:
    dmsconn.fail("DeleteConnection", "ThrottlingException")
    dmsconn.fail("DeleteConnection", "connection-closed")

    answer = client_of(mode).delete_connection(**connection.arns)

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [(call.attempt, call.error_code) for call in dmsconn.calls] == [
        (1, "ThrottlingException"),
        (2, "connection-closed"),
        (3, None),
    ]
    assert [deletion.succeeded for deletion in dmsconn.deletions] == [False, False, True]
    dmsconn.assert_only_deleted(connection)


@pytest.mark.parametrize("mode", MODES)
def test_the_client_sets_the_number_of_attempts(dmsconn: FakeDms, mode: str) -> None:
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=None)

    with pytest.raises(ClientError):
        client_of(mode, total_max_attempts=7).describe_connections()

    assert attempts(dmsconn) == [1, 2, 3, 4, 5, 6, 7]


def test_the_attempts_of_the_next_call_are_counted_from_one(dmsconn: FakeDms) -> None:
    client = client_of("standard")
    dmsconn.fail("DescribeConnections", "ThrottlingException")

    client.describe_connections()
    client.describe_connections()

    assert attempts(dmsconn) == [1, 2, 1]


def test_the_quota_of_standard_mode_ends_retries_as_in_production(dmsconn: FakeDms) -> None:
    client = client_of("standard", total_max_attempts=1000)
    dmsconn.fail("DescribeConnections", "ServiceUnavailable", times=None)

    with pytest.raises(ClientError):
        client.describe_connections()

    assert 1 < len(dmsconn.calls) < 1000


def test_the_rate_limiter_of_adaptive_mode_is_slower_after_throttling(dmsconn: FakeDms) -> None:
    client = client_of("adaptive")
    client.describe_connections()
    assert dmsconn.now == 0
    dmsconn.fail("DescribeConnections", "ThrottlingException")
    client.describe_connections()

    before = dmsconn.now
    for _ in range(10):
        client.describe_connections()

    assert dmsconn.now > before + 1


# Paginators and waiters


def test_a_paginator_continues_after_throttling(dmsconn: FakeDms) -> None:
    seeded = dmsconn.add_connections(250)
    dmsconn.fail("DescribeConnections", "ThrottlingException", after=1, times=2)

    pages = client_of("legacy").get_paginator("describe_connections").paginate()
    listed = [one["EndpointArn"] for page in pages for one in page["Connections"]]

    assert listed == [one.endpoint_arn for one in seeded]
    assert attempts(dmsconn) == [1, 1, 2, 3, 1]


def test_a_waiter_fails_if_all_retries_fail(dmsconn: FakeDms, connection: Connection) -> None:
    client = client_of("standard")
    client.test_connection(**connection.arns)
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=None)

    with pytest.raises(exceptions.WaiterError, match="ThrottlingException"):
        client.get_waiter("test_connection_succeeds").wait()
