"""Delayed answers, and time-outs in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from support.aiobotocore_clients import both_sessions, delete_one, whichever_httpx
from support.botocore_clients import SESSION

from pytest_dmsconn import ErrorName, UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

URL = "https://dms.us-east-1.amazonaws.com/"


def client_with(**more: Any) -> Any:
    return SESSION.client("dms", config=Config(retries={"total_max_attempts": 1}, **more))


def test_delay_advances_virtual_time(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    delay = dmsconn.delay("DeleteConnection", 45)

    client_with().delete_connection(**connection.arns)

    assert (dmsconn.now, delay.met) == (45, 1)
    assert dmsconn.calls[0].error_code is None
    dmsconn.assert_only_deleted(connection)


def test_delay_equal_to_the_timeout_is_answered(dmsconn: FakeDms) -> None:
    dmsconn.delay("DescribeConnections", 60)

    client_with().describe_connections()

    assert dmsconn.now == 60


@pytest.mark.parametrize("timeout", [60, 5])
def test_longer_delay_is_a_read_timeout_after_the_effect(dmsconn: FakeDms, timeout: int) -> None:
    connection = dmsconn.add_connection()
    dmsconn.delay("DeleteConnection", 61, connection=connection)

    with pytest.raises(ReadTimeoutError):
        client_with(read_timeout=timeout).delete_connection(**connection.arns)

    assert dmsconn.now == timeout
    assert dmsconn.deletions[0].succeeded
    assert dmsconn.calls[0].error_code == "read-timeout"


def test_retries_are_delayed_too(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.delay("DeleteConnection", 600)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.delete_connection(**connection.arns)

    assert dmsconn.now > 60


@pytest.mark.parametrize(
    ("failure", "error", "seconds"),
    [("read-timeout", ReadTimeoutError, 7), ("connect-timeout", ConnectTimeoutError, 3)],
)
def test_timeout_lasts_as_long_as_the_clients_timeout(
    dmsconn: FakeDms, failure: ErrorName, error: type[Exception], seconds: int
) -> None:
    dmsconn.fail("DescribeConnections", failure)

    with pytest.raises(error):
        client_with(read_timeout=7, connect_timeout=3).describe_connections()

    assert dmsconn.now == seconds


@both_sessions
@whichever_httpx
def test_delay_times_out_in_aiobotocore(dmsconn: FakeDms, http_session: type) -> None:
    dmsconn.delay("DeleteConnection", 600)

    with pytest.raises(ReadTimeoutError):
        delete_one(
            dmsconn,
            config={
                "http_session_cls": http_session,
                "read_timeout": 9,
                "retries": {"total_max_attempts": 1},
            },
        )

    assert dmsconn.now == 9
    assert dmsconn.deletions[0].succeeded


@pytest.mark.parametrize("timeout", [9, (3, 9)])
def test_delay_times_out_in_requests(dmsconn: FakeDms, timeout: Any) -> None:
    dmsconn.delay("DescribeConnections", 600)
    headers = {"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"}

    with pytest.raises(requests.ReadTimeout):
        requests.post(URL, data="{}", headers=headers, timeout=timeout)

    assert dmsconn.now == 9


def test_requests_without_a_timeout_is_answered(dmsconn: FakeDms) -> None:
    dmsconn.delay("DescribeConnections", 600)
    headers = {"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"}

    assert requests.post(URL, data="{}", headers=headers).ok  # noqa: S113 - no timeout is the case
    assert dmsconn.now == 600


def test_client_of_the_server_gets_the_answer_without_waiting(
    dmsconn: FakeDms, dmsconn_server: Any
) -> None:
    dmsconn.delay("DescribeConnections", 600)

    SESSION.client("dms", **dmsconn_server.client_kwargs).describe_connections()

    assert dmsconn.now == 600
    assert dmsconn.calls[0].error_code is None


@pytest.mark.dmsconn(deleting_seconds=30)
def test_deletions_that_are_due_end_during_a_delay(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    dmsconn.delay("DeleteConnection", 45)

    answer = client_with().delete_connection(**connection.arns)

    assert answer["Connection"]["Status"] == "deleting"
    assert connection.status == "deleted"


def test_delay_ends_with_its_block(dmsconn: FakeDms) -> None:
    with dmsconn.delay("*", 45, times=None):
        client_with().describe_connections()
    client_with().describe_connections()

    assert dmsconn.now == 45


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 10**400, 1.7e308, "1", None])
def test_bad_number_of_seconds_is_refused(dmsconn: FakeDms, seconds: Any) -> None:
    with pytest.raises(UsageError, match="must be a number of seconds, 0 or more"):
        dmsconn.delay("DescribeConnections", seconds)
    with pytest.raises(UsageError, match="must be a number of seconds, 0 or more"):
        dmsconn.advance(seconds)


def test_unmet_delay_is_reported(dmsconn: FakeDms) -> None:
    unmet = "a delay of 45 s for DeleteConnection, armed at "
    with pytest.raises(AssertionError, match=unmet), dmsconn.delay("DeleteConnection", 45):
        pass
