"""Stories with several regions and accounts, with blocked calls, and in reports."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from support.botocore_clients import SESSION, client_that_tries
from support.story_checks import check

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


@pytest.mark.dmsconn(strict=False)
def test_blocked_calls_are_shown(dmsconn: FakeDms) -> None:
    with suppress(RuntimeError):
        SESSION.client("s3").list_buckets()
    with suppress(RuntimeError):
        client_that_tries(5).describe_replication_tasks()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  no connections
                 blocked call  s3 ListBuckets to s3.amazonaws.com
                 blocked call  dms DescribeReplicationTasks to
                     dms.us-east-1.amazonaws.com
          end    as at the start
        """,
    )


def test_other_regions_are_shown(dmsconn: FakeDms) -> None:
    client = client_that_tries(1)
    here = dmsconn.add_connection()
    there = dmsconn.add_connection(region="eu-west-1")
    client.test_connection(**here.arns)
    client_that_tries(1, "eu-west-1").delete_connection(**there.arns)
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**there.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  endpoint-1 @ instance-1              successful
                 endpoint-2 @ instance-2 [eu-west-1]  successful
          1      TestConnection    endpoint-1 @ instance-1: 200, successful -> testing
          2      DeleteConnection  endpoint-2 @ instance-2 [eu-west-1]: 200,
                     successful -> deleting
          3      DeleteConnection  endpoint-2 @ instance-2 [eu-west-1] (called in
                     us-east-1): ResourceNotFoundFault: No connection between the
                     endpoint endpoint-2 and the replication instance instance-2 could
                     be found.
          end    endpoint-1 @ instance-1              testing
                 endpoint-2 @ instance-2 [eu-west-1]  deleting
        """,
    )


def test_other_accounts_are_shown(dmsconn: FakeDms) -> None:
    dmsconn.add_connection()
    there = dmsconn.add_connection(account_id="111122223333")
    keys: Any = dmsconn.credentials("111122223333")
    other = SESSION.client("dms", **keys)
    other.delete_connection(**there.arns)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  endpoint-1 @ instance-1                 successful
                 endpoint-2 @ instance-2 [111122223333]  successful
          1      DeleteConnection  endpoint-2 @ instance-2 [111122223333]: 200,
                     successful -> deleting
          end    endpoint-1 @ instance-1                 successful
                 endpoint-2 @ instance-2 [111122223333]  deleting
        """,
    )


# Where it is shown

PROGRAM = """
import boto3
from pathlib import Path
from pytest_dmsconn import current, mock_dms

def delete(dms):
    stale = dms.add_connection(status="failed")
    dms.fail("DeleteConnection", "read-timeout", applied=True)
    client = boto3.client("dms")
    try:
        client.delete_connection(**stale.arns)
    except client.exceptions.InvalidResourceStateFault:
        pass
    Path("story.txt").write_text(dms.story())
    assert stale.status == "failed"
"""


@pytest.mark.parametrize(
    "test",
    [
        "def test(dmsconn):\n    delete(dmsconn)",
        "def test():\n    with mock_dms() as dms:\n        delete(dms)",
        "@mock_dms\ndef test():\n    delete(current())",
    ],
)
def test_the_report_of_a_failed_test_shows_it(suite: pytest.Pytester, test: str) -> None:
    suite.makepyfile(PROGRAM + test)

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    story = (suite.path / "story.txt").read_text(encoding="utf-8")
    assert "read-timeout (injected," in story
    header = " Fake DMS (call) ".center(80, "-")
    lines = result.outlines[result.outlines.index(header) + 1 :]
    assert "\n".join(lines).startswith(story + "\n")
    assert result.outlines.count(header) == 1


def test_the_report_of_a_passed_test_is_empty(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test(dmsconn):\n    dmsconn.add_connection()")

    result = suite.runpytest("-rA")

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*Fake DMS*")


def test_the_hint_counts_the_connections_that_exist_at_the_call(dmsconn: FakeDms) -> None:
    here, elsewhere = client_that_tries(1), client_that_tries(1, "eu-west-1")
    connection = dmsconn.add_connection()
    elsewhere.describe_connections()
    here.delete_connection(**connection.arns)
    here.describe_connections()
    elsewhere.describe_connections()

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  endpoint-1 @ instance-1  successful
          1      DescribeConnections  [eu-west-1]: 200, 0 Connections in eu-west-1; 1 in
                     us-east-1
          2      DeleteConnection     endpoint-1 @ instance-1: 200,
                     successful -> deleting
          3      DescribeConnections  200, 0 Connections; endpoint-1 @ instance-1:
                     deleting -> deleted
          4      DescribeConnections  [eu-west-1]: 200, 0 Connections
          end    no connections
        """,
    )


def test_the_hint_is_given_for_calls_about_endpoints_and_instances(dmsconn: FakeDms) -> None:
    here = client_that_tries(1)
    there = dmsconn.add_connection(region="eu-west-1")
    here.describe_endpoints()
    with pytest.raises(here.exceptions.ResourceNotFoundFault):
        here.delete_endpoint(EndpointArn=there.endpoint_arn)

    check(
        dmsconn,
        """
        Fake DMS in us-east-1, account 123456789012
          start  endpoint-1 @ instance-1 [eu-west-1]  successful
          1      DescribeEndpoints  200, 0 Endpoints; 0 Connections in us-east-1; 1 in
                     eu-west-1
          2      DeleteEndpoint     endpoint-1: ResourceNotFoundFault: Endpoint could
                     not be found.; 0 Connections in us-east-1; 1 in eu-west-1
          end    as at the start
        """,
    )


def test_the_hint_is_not_given_where_endpoints_exist(dmsconn: FakeDms) -> None:
    dmsconn.add_connection(region="eu-west-1")
    dmsconn.add_endpoint("orders")
    client_that_tries(1).describe_endpoints()

    assert "0 Connections" not in dmsconn.story()


def test_region_and_account_stay_together_where_lines_break(dmsconn: FakeDms) -> None:
    for number in range(2):
        dmsconn.add_connection(
            endpoint_identifier=f"orders-of-a-customer-with-a-long-name-{number}",
            replication_instance_identifier="nightly",
            region="ap-southeast-1",
            account_id="222222222222",
        )

    assert "[ap-southeast-1/222222222222]" in dmsconn.story()


def test_a_call_in_the_wrong_account_names_the_account(dmsconn: FakeDms) -> None:
    there = dmsconn.add_connection(account_id="222222222222")
    with suppress(Exception):
        client_that_tries(1).delete_connection(**there.arns)

    assert "(called in us-east-1, account 123456789012)" in " ".join(dmsconn.story().split())
