"""Tests of the clean-up tool, which runs unchanged and does not use pytest-dmsconn."""

import json
import logging
from pathlib import Path

import boto3
import cleanup
import pytest
from botocore.stub import Stubber

from pytest_dmsconn import Connection, FakeDms

#: Output of `aws dms describe-connections`.
LISTING = Path(__file__).with_name("connections.json")


# The sleeps of the tool advance virtual time, `dmsconn.now`, and take no real time.
pytestmark = pytest.mark.dmsconn(skip_sleep=True)


def with_status(dmsconn: FakeDms, status: str) -> list[Connection]:
    return [each for each in dmsconn.connections if each.status == status]


# The selected connections


def test_deletes_the_failed_connections_and_no_others(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection(status="failed")
    dmsconn.add_connection(status="successful")

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted(stale)


def test_deletes_what_matches_the_pattern_too(dmsconn: FakeDms) -> None:
    matching = dmsconn.add_connection(endpoint_identifier="tmp-orders")
    failed = dmsconn.add_connection(endpoint_identifier="billing", status="failed")
    dmsconn.add_connection(endpoint_identifier="orders")

    assert cleanup.main(["--match", "tmp-*"]) == 0

    dmsconn.assert_only_deleted(matching, failed)


@pytest.mark.dmsconn(seed="connections.json")
def test_cleans_up_a_real_listing(dmsconn: FakeDms) -> None:
    failed = with_status(dmsconn, "failed")
    assert len(failed) == 3

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted(*failed)
    assert not with_status(dmsconn, "failed")


def test_cleans_up_a_real_listing_by_pattern(dmsconn: FakeDms) -> None:
    connections = dmsconn.load(LISTING)

    assert cleanup.main(["--match", "tmp-*"]) == 0

    assert {each.endpoint_identifier for each in connections if each.deleted} == {
        "billing-redshift-target",
        "crm-oracle-source",
        "orders-mysql-source",
        "tmp-import-source",
        "tmp-loadtest-source",
        "tmp-loadtest-target",
    }


def test_an_endpoint_keeps_its_healthy_connections(dmsconn: FakeDms) -> None:
    dmsconn.load(LISTING)

    assert cleanup.main([]) == 0

    orders = [
        each for each in dmsconn.connections if each.endpoint_identifier == "orders-mysql-source"
    ]
    assert {each.replication_instance_identifier for each in orders} == {"dms-prod-1", "dms-prod-2"}


def test_the_morning_after_the_network_was_down(dmsconn: FakeDms) -> None:
    listing = json.loads(LISTING.read_text(encoding="utf-8"))
    for connection in listing["Connections"]:
        connection["Status"] = "failed"
    connections = dmsconn.load(listing)

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted(*connections)
    assert dmsconn.connections == ()


def test_reads_every_page_of_a_long_listing(dmsconn: FakeDms) -> None:
    healthy = dmsconn.add_connections(120)
    stale = dmsconn.add_connections(130, status="failed")

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted(*stale)
    assert dmsconn.connections == tuple(healthy)
    pages = [
        call for call in dmsconn.calls_to("DescribeConnections") if not call.params.get("Filters")
    ]
    assert len(pages) == 3


# Nothing to do


def test_an_empty_account_is_clean(dmsconn: FakeDms) -> None:
    assert cleanup.main(["--match", "*"]) == 0

    dmsconn.assert_no_calls("DeleteConnection")


def test_healthy_connections_are_left_alone(dmsconn: FakeDms) -> None:
    dmsconn.add_connections(3)

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted()


@pytest.mark.dmsconn(seed="connections.json")
def test_a_dry_run_names_what_it_would_delete(
    dmsconn: FakeDms, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cleanup.main(["--dry-run"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "would delete billing-redshift-target on dms-prod-1 (failed)",
        "would delete crm-oracle-source on dms-prod-2 (failed)",
        "would delete orders-mysql-source on dms-staging-1 (failed)",
    ]
    dmsconn.assert_no_calls("DeleteConnection")


# Regions


def test_deletes_nothing_in_another_region(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection(status="failed", region="us-east-1")

    assert cleanup.main(["--region", "eu-west-1"]) == 0

    dmsconn.assert_not_deleted(stale)
    dmsconn.assert_no_calls("DeleteConnection")


def test_deletes_in_the_region_it_is_told(dmsconn: FakeDms) -> None:
    frankfurt = dmsconn.add_connection(status="failed", region="eu-central-1")
    dmsconn.add_connection(status="failed", region="us-east-1")

    assert cleanup.main(["--region", "eu-central-1"]) == 0

    dmsconn.assert_only_deleted(frankfurt)


@pytest.mark.dmsconn(region="ap-southeast-2")
def test_takes_the_region_of_the_environment(dmsconn: FakeDms) -> None:
    sydney = dmsconn.add_connection(status="failed")

    assert cleanup.main([]) == 0

    dmsconn.assert_only_deleted(sydney)
    assert sydney.region == "ap-southeast-2"


# Waiting


@pytest.mark.dmsconn(deleting_polls=3)
def test_waits_until_a_slow_deletion_has_ended(dmsconn: FakeDms) -> None:
    stale = dmsconn.add_connection(status="failed")

    assert cleanup.main([]) == 0

    assert stale.status == "deleted"
    assert dmsconn.now == 10


@pytest.mark.dmsconn(deleting_polls=3)
def test_polls_as_often_as_it_is_told(dmsconn: FakeDms) -> None:
    dmsconn.add_connection(status="failed")

    assert cleanup.main(["--interval", "0.5"]) == 0

    assert dmsconn.now == 1


@pytest.mark.dmsconn(deleting_polls=3)
def test_many_slow_deletions_are_waited_for_together(dmsconn: FakeDms) -> None:
    dmsconn.add_connections(10, status="failed")

    assert cleanup.main([]) == 0

    assert dmsconn.connections == ()
    assert dmsconn.now == 10


@pytest.mark.dmsconn(deleting_polls=1000)
def test_gives_up_when_time_is_up(dmsconn: FakeDms, caplog: pytest.LogCaptureFixture) -> None:
    stuck = dmsconn.add_connection(endpoint_identifier="orders", status="failed")

    assert cleanup.main(["--timeout", "30"]) == 1

    dmsconn.assert_deleted(stuck)
    assert stuck.status == "deleting"
    assert dmsconn.now == 25  # the next poll would come after 30 seconds
    assert "orders on" in caplog.text
    assert "not gone after 30 seconds" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("fault", marks=pytest.mark.dmsconn(unmatched_filters="fault")),
        pytest.param("empty", marks=pytest.mark.dmsconn(unmatched_filters="empty")),
    ],
)
def test_a_fault_and_an_empty_list_mean_gone(dmsconn: FakeDms, answer: str) -> None:
    stale = dmsconn.add_connection(status="failed")

    assert cleanup.main([]) == 0

    last = dmsconn.calls_to("DescribeConnections")[-1]
    assert last.error_code == ("ResourceNotFoundFault" if answer == "fault" else None)
    assert stale.status == "deleted"


# Connections that are busy or already gone


@pytest.mark.dmsconn(testing_polls=3)
def test_retries_a_connection_that_is_still_under_test(dmsconn: FakeDms) -> None:
    busy = dmsconn.add_connection(endpoint_identifier="tmp-orders", status="testing")

    assert cleanup.main(["--match", "tmp-*"]) == 0

    dmsconn.assert_delete_refused(busy, code="InvalidResourceStateFault")
    dmsconn.assert_only_deleted(busy)
    assert [each.succeeded for each in dmsconn.deletions] == [False, False, True]
    assert dmsconn.now == 10


@pytest.mark.dmsconn(testing_polls=1000)
def test_a_test_that_never_ends_does_not_stop_the_others(
    dmsconn: FakeDms, caplog: pytest.LogCaptureFixture
) -> None:
    busy = dmsconn.add_connection(endpoint_identifier="tmp-orders", status="testing")
    stale = dmsconn.add_connection(status="failed")

    assert cleanup.main(["--match", "tmp-*"]) == 1

    dmsconn.assert_only_deleted(stale)
    assert len([each for each in dmsconn.deletions if each.connection is busy]) == 5
    assert "tmp-orders on" in caplog.text
    assert "given up after 5 attempts" in caplog.text


@pytest.mark.dmsconn(deleting_polls=3)
def test_what_is_being_deleted_already_is_only_waited_for(dmsconn: FakeDms) -> None:
    leaving = dmsconn.add_connection(endpoint_identifier="tmp-orders", status="deleting")

    assert cleanup.main(["--match", "tmp-*"]) == 0

    assert leaving.status == "deleted"
    dmsconn.assert_no_calls("DeleteConnection")
    assert dmsconn.now == 5


@pytest.mark.dmsconn(deleting_polls=0)
def test_a_connection_that_somebody_else_deleted_is_a_success(
    dmsconn: FakeDms, dms_client: cleanup.DmsClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stale = dmsconn.add_connection(status="failed")
    targets = cleanup.find(dms_client)

    dms_client.delete_connection(**stale.arns)  # somebody else, between listing and deleting
    left = cleanup.clean_up(dms_client, targets, interval=5, timeout=30)

    assert left == []
    dmsconn.assert_delete_refused(stale, code="ResourceNotFoundFault")
    assert "somebody else has deleted it" in caplog.text


@pytest.mark.dmsconn(deleting_polls=3)
def test_a_connection_that_somebody_else_is_deleting_is_waited_for(
    dmsconn: FakeDms, dms_client: cleanup.DmsClient
) -> None:
    stale = dmsconn.add_connection(status="failed")
    targets = cleanup.find(dms_client)

    dms_client.delete_connection(**stale.arns)  # somebody else, between listing and deleting
    left = cleanup.clean_up(dms_client, targets, interval=5, timeout=30)

    assert left == []
    dmsconn.assert_delete_refused(stale, code="InvalidResourceStateFault")
    assert stale.status == "deleted"


def test_an_endpoint_that_was_removed_takes_its_connection_with_it(
    dmsconn: FakeDms, dms_client: cleanup.DmsClient
) -> None:
    stale = dmsconn.add_connection(status="failed")
    targets = cleanup.find(dms_client)

    dmsconn.remove_endpoint(dmsconn.endpoints[0])

    assert cleanup.clean_up(dms_client, targets, interval=5, timeout=30) == []
    assert stale.deleted
    dmsconn.assert_not_deleted(stale)


# Errors of AWS and of the command line


def test_exits_with_2_when_aws_denies_access(
    dmsconn: FakeDms, dms_client: cleanup.DmsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = dmsconn.add_connection(status="failed")
    monkeypatch.setattr(boto3, "client", lambda *_args, **_kwargs: dms_client)

    with Stubber(dms_client) as stubber:
        stubber.add_client_error("describe_connections", "AccessDeniedException")
        assert cleanup.main([]) == 2

    dmsconn.assert_not_deleted(stale)


@pytest.mark.usefixtures("dmsconn")
def test_exits_with_2_without_a_region(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")

    assert cleanup.main([]) == 2

    assert "You must specify a region" in caplog.text


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan", "inf"])
def test_exits_with_2_for_an_invalid_number_of_seconds(dmsconn: FakeDms, seconds: str) -> None:
    with pytest.raises(SystemExit) as leaving:
        cleanup.main(["--interval", seconds])

    assert leaving.value.code == 2
    dmsconn.assert_no_calls()
