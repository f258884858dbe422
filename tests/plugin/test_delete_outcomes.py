"""`DELETE_OUTCOMES`: all outcomes of a DeleteConnection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from pytest_dmsconn import DELETE_OUTCOMES, UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

PROGRAM = """
import boto3, pytest
from pytest_dmsconn import DELETE_OUTCOMES

@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
def test_every_outcome(dmsconn, outcome):
    connection = dmsconn.add_connection()
    outcome.arm(dmsconn, connection)
    try:
        boto3.client("dms").delete_connection(**connection.arns)
    except Exception:
        assert outcome.error
    assert outcome.deletes == any(one.succeeded for one in dmsconn.deletions)
"""

OUTCOMES: dict[str, Any] = {str(one.id): one.values[0] for one in DELETE_OUTCOMES}

ENDINGS: dict[str, type[Exception] | str] = {
    "AccessDeniedFault": "AccessDeniedFault",
    "ResourceNotFoundFault": "ResourceNotFoundFault",
    "InvalidResourceStateFault": "InvalidResourceStateFault",
    "throttled": "ThrottlingException",
    "connect-timeout": exceptions.ConnectTimeoutError,
    "read-timeout": exceptions.ReadTimeoutError,
    "connection-closed": exceptions.ConnectionClosedError,
    "endpoint-unreachable": exceptions.EndpointConnectionError,
}
"""How each that does not delete ends: an exception, or the code of an error."""


def test_ids_describe_the_outcomes() -> None:
    assert list(OUTCOMES) == ["deleted", "deleted-slowly", *ENDINGS, "lost-answer"]


def test_outcomes_have_all_faults_of_the_model(dms_client: Any) -> None:
    operation = dms_client.meta.service_model.operation_model("DeleteConnection")

    assert {shape.name for shape in operation.error_shapes} <= set(OUTCOMES)


@pytest.mark.parametrize("name", ENDINGS)
def test_errors_last_beyond_all_retries(dmsconn: FakeDms, dms_client: Any, name: str) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES[name].arm(dmsconn, connection)
    expected = ENDINGS[name]

    for _ in range(3):  # past all retries of a client
        with pytest.raises((ClientError, BotoCoreError)) as raised:
            dms_client.delete_connection(**connection.arns)
        if isinstance(raised.value, ClientError):
            assert raised.value.response["Error"]["Code"] == expected
        else:
            assert type(raised.value) is expected

    assert not OUTCOMES[name].deletes
    dmsconn.assert_not_deleted(connection)


def test_outcome_deleted_is_an_ordinary_deletion(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES["deleted"].arm(dmsconn, connection)

    dms_client.delete_connection(**connection.arns)
    dms_client.describe_connections()

    assert OUTCOMES["deleted"].deletes
    assert connection.status == "deleted"


def test_slow_deletion_is_described_several_times(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES["deleted-slowly"].arm(dmsconn, connection)

    dms_client.delete_connection(**connection.arns)

    polls = 0
    while dms_client.describe_connections()["Connections"]:
        polls += 1
    assert OUTCOMES["deleted-slowly"].deletes
    assert polls == 2


@pytest.mark.dmsconn(deleting_seconds=60)
def test_slow_deletion_ignores_the_options(dmsconn: FakeDms, dms_client: Any) -> None:
    connection, other = dmsconn.add_connections(2)
    OUTCOMES["deleted-slowly"].arm(dmsconn, connection)
    for one in (connection, other):
        dms_client.delete_connection(**one.arns)

    dmsconn.advance(60)
    assert (connection.status, other.status) == ("deleting", "deleted")
    for _ in range(3):
        dms_client.describe_connections()
    assert connection.status == "deleted"


def test_lost_answer_happens_once_and_deletes(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES["lost-answer"].arm(dmsconn, connection)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.delete_connection(**connection.arns)

    assert OUTCOMES["lost-answer"].deletes
    assert [(one.succeeded, one.error_code) for one in dmsconn.deletions] == [
        (True, "read-timeout"),
        (False, "InvalidResourceStateFault"),
    ]
    dmsconn.assert_only_deleted(connection)


@pytest.mark.dmsconn(strict=False)
@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
def test_outcome_applies_to_its_connection_only(
    dmsconn: FakeDms, dms_client: Any, outcome: Any
) -> None:
    connection, other = dmsconn.add_connections(2)
    outcome.arm(dmsconn, connection)

    dms_client.delete_connection(**other.arns)
    dms_client.describe_connections()
    assert other.status == "deleted"


def test_outcome_accepts_a_pair(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES["AccessDeniedFault"].arm(dmsconn, connection.pair)

    with pytest.raises(dms_client.exceptions.AccessDeniedFault):
        dms_client.delete_connection(**connection.arns)


@pytest.mark.parametrize("outcome", DELETE_OUTCOMES[1:3])
def test_argument_that_names_no_connection_is_refused(dmsconn: FakeDms, outcome: Any) -> None:
    with pytest.raises(UsageError, match="does not name a connection"):
        outcome.arm(dmsconn, "arn:aws:dms")


def test_pair_of_two_regions_is_refused(dmsconn: FakeDms) -> None:
    near, far = dmsconn.add_connection(), dmsconn.add_connection(region="eu-west-1")
    with pytest.raises(UsageError, match="in one region and account"):
        OUTCOMES["InvalidResourceStateFault"].arm(
            dmsconn, (near.endpoint_arn, far.replication_instance_arn)
        )


@pytest.mark.slow
def test_parametrize_runs_code_against_all_outcomes(suite: pytest.Pytester) -> None:
    suite.makepyfile(PROGRAM)

    result = suite.runpytest("-v")

    result.assert_outcomes(passed=len(OUTCOMES))
    result.stdout.fnmatch_lines_random(["*::test_every_outcome?lost-answer? PASSED*"])


@pytest.mark.slow
def test_unknown_profile_does_not_break_the_collection(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    suite.makepyfile(PROGRAM)

    result = suite.runpytest_subprocess("-p", "no:randomly")

    result.assert_outcomes(passed=len(OUTCOMES))


CLEANUP = """
import boto3, pytest
from botocore.exceptions import BotoCoreError, ClientError
from pytest_dmsconn import DELETE_OUTCOMES

def cleanup(client):
    for one in client.describe_connections()["Connections"]:
        if one["Status"] == "failed":
            client.delete_connection(
                EndpointArn=one["EndpointArn"],
                ReplicationInstanceArn=one["ReplicationInstanceArn"],
            )

@pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
def test_cleanup_hides_no_error(dmsconn, outcome):
    stale = dmsconn.add_connection(status="failed")
    outcome.arm(dmsconn, stale)
    try:
        cleanup(boto3.client("dms"))
    except (BotoCoreError, ClientError):
        assert outcome.error
        return
    assert stale.deleted
"""


@pytest.mark.slow
def test_program_that_lists_first_gets_every_outcome(suite: pytest.Pytester) -> None:
    suite.makepyfile(CLEANUP)

    suite.runpytest().assert_outcomes(passed=len(OUTCOMES))


def test_not_found_outcome_removes_the_connection(dmsconn: FakeDms, dms_client: Any) -> None:
    connection, other = dmsconn.add_connections(2)
    OUTCOMES["ResourceNotFoundFault"].arm(dmsconn, connection)

    assert len(dms_client.describe_connections()["Connections"]) == 2
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**connection.arns)

    assert connection.status == "deleted"
    assert dmsconn.connections == (other,)
    assert len(dms_client.describe_connections()["Connections"]) == 1
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_connections(
            Filters=[{"Name": "endpoint-arn", "Values": [connection.endpoint_arn]}]
        )
    dmsconn.assert_delete_refused(connection, "ResourceNotFoundFault")
    assert dmsconn.deletions[0].connection is connection


@pytest.mark.parametrize("status", ["successful", "failed", "deleting", "testing"])
def test_invalid_state_outcome_tests_the_connection(
    dmsconn: FakeDms, dms_client: Any, status: Any
) -> None:
    connection = dmsconn.add_connection(status=status)
    OUTCOMES["InvalidResourceStateFault"].arm(dmsconn, connection)

    for _ in range(5):
        with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
            dms_client.delete_connection(**connection.arns)
        assert dms_client.describe_connections()["Connections"][0]["Status"] == "testing"
    dmsconn.set_status(connection, "failed")
    dms_client.delete_connection(**connection.arns)


def test_invalid_state_outcome_creates_the_connection(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()
    dmsconn.remove_connection(connection)
    OUTCOMES["InvalidResourceStateFault"].arm(dmsconn, connection.pair)

    with pytest.raises(dms_client.exceptions.InvalidResourceStateFault):
        dms_client.delete_connection(**connection.arns)
    assert dmsconn.connections[0].status == "testing"


def test_story_shows_the_change_before_the_call(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly", status="failed"
    )
    OUTCOMES["ResourceNotFoundFault"].arm(dmsconn, connection)

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.delete_connection(**connection.arns)

    story = dmsconn.story().splitlines()
    assert " ".join(story[2].split()) == "~ the test orders @ nightly: failed -> deleted"
    assert story[3].startswith("  1 ")
    assert "->" not in story[3]


def test_unmet_outcome_is_reported(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    OUTCOMES["ResourceNotFoundFault"].arm(dmsconn, connection)

    (complaint,) = dmsconn.service.faults.never_met()
    dmsconn.reset()

    assert "ResourceNotFoundFault for DeleteConnection of " in complaint
    assert "test_delete_outcomes.py:" in complaint
