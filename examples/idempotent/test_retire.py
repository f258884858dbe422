"""The lost answer: a deletion that took effect although the client saw a time-out."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from retire import retire, retire_naively

from pytest_dmsconn import DELETE_OUTCOMES, ErrorName, FakeDms

# The sleeps between two polls advance virtual time and take no real time.
pytestmark = pytest.mark.dmsconn(skip_sleep=True)


@pytest.mark.parametrize("version", [retire_naively, retire])
def test_both_versions_retire_a_connection_when_all_goes_well(
    dmsconn: FakeDms, dms_client: Any, version: Any
) -> None:
    stale = dmsconn.add_connection()

    version(dms_client, *stale.pair)

    dmsconn.assert_only_deleted(stale)
    assert stale.status == "deleted"


# The naive version fails after a lost answer, although the connection was deleted


def test_the_naive_version_fails_when_its_retry_meets_its_own_deletion(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    stale = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "read-timeout", applied=True)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        retire_naively(dms_client, *stale.pair)

    dmsconn.assert_only_deleted(stale)


@pytest.mark.dmsconn(deleting_polls=0)
def test_the_naive_version_fails_when_its_retry_meets_nothing(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    stale = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "read-timeout", applied=True)

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        retire_naively(dms_client, *stale.pair)

    dmsconn.assert_only_deleted(stale)


# The fixed version succeeds, also in harder cases


@pytest.mark.parametrize(
    "met_by_the_retry",
    [
        pytest.param("InvalidResourceStateFault", marks=pytest.mark.dmsconn(deleting_polls=9)),
        pytest.param("ResourceNotFoundFault", marks=pytest.mark.dmsconn(deleting_polls=0)),
    ],
)
@pytest.mark.parametrize("failure", ["read-timeout", "connection-closed", "html-502"])
def test_a_lost_answer_is_no_failure(
    dmsconn: FakeDms, dms_client: Any, failure: ErrorName, met_by_the_retry: str
) -> None:
    stale = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", failure, applied=True)

    retire(dms_client, *stale.pair)

    assert [each.error_code for each in dmsconn.deletions] == [failure, met_by_the_retry]
    dmsconn.assert_only_deleted(stale)
    assert stale.status == "deleted"


@pytest.mark.parametrize("failure", ["read-timeout", "connection-closed"])
def test_a_lost_answer_is_no_failure_without_retries(dmsconn: FakeDms, failure: ErrorName) -> None:
    client = boto3.client("dms", config=Config(retries={"total_max_attempts": 1}))
    stale = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", failure, applied=True)

    retire(client, *stale.pair)

    dmsconn.assert_only_deleted(stale)


def test_it_may_be_called_again(dmsconn: FakeDms, dms_client: Any) -> None:
    stale = dmsconn.add_connection()

    retire(dms_client, *stale.pair)
    retire(dms_client, *stale.pair)

    assert [each.succeeded for each in dmsconn.deletions] == [True, False]


# Real failures are still failures


def test_a_connection_under_test_is_not_taken_for_deleted(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    busy = dmsconn.add_connection()
    dms_client.test_connection(**busy.arns)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        retire(dms_client, *busy.pair)

    dmsconn.assert_not_deleted(busy)


def test_a_call_that_did_not_arrive_is_not_taken_for_one_that_did(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    stale = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "read-timeout", times=None)

    with pytest.raises(ReadTimeoutError):
        retire(dms_client, *stale.pair)

    dmsconn.assert_not_deleted(stale)


@pytest.mark.dmsconn(deleting_polls=1000)
def test_a_deletion_that_does_not_end_is_given_up(dmsconn: FakeDms, dms_client: Any) -> None:
    stuck = dmsconn.add_connection()

    with pytest.raises(TimeoutError):
        retire(dms_client, *stuck.pair)

    assert stuck.status == "deleting"
    assert dmsconn.now == 300


@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
def test_every_outcome(dmsconn: FakeDms, dms_client: Any, outcome: Any) -> None:
    stale = dmsconn.add_connection()
    outcome.arm(dmsconn, stale)

    gone = outcome.deletes or outcome.name == "ResourceNotFoundFault"
    if gone:
        retire(dms_client, *stale.pair)
    else:
        with pytest.raises((ClientError, BotoCoreError)):
            retire(dms_client, *stale.pair)

    assert stale.deleted == gone
