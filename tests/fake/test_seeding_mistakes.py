"""Error messages for connections that cannot be seeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# What is refused

BAD_CONNECTIONS = [
    pytest.param({"endpoint_arn": "orders"}, ["'orders'", "arn:<partition>:dms"], id="no-arn"),
    pytest.param({"endpoint_arn": ""}, ["''", "endpoint"], id="empty-arn"),
    pytest.param({"endpoint_arn": 7}, ["7", "endpoint"], id="number-for-arn"),
    pytest.param({"endpoint_arn": f"{ENDPOINT_ARN}\n"}, ["not the ARN"], id="line-break"),
    pytest.param(
        {"endpoint_arn": INSTANCE_ARN}, ["'rep'", "endpoint:<resource>"], id="instance-for-endpoint"
    ),
    pytest.param(
        {"replication_instance_arn": ENDPOINT_ARN},
        ["'endpoint'", "rep:<resource>"],
        id="endpoint-for-instance",
    ),
    pytest.param(
        {"endpoint_arn": "arn:aws:dms:us-east-1:123456789012:task:X"}, ["'task'"], id="task"
    ),
    pytest.param(
        {"endpoint_arn": "arn:aws:rds:us-east-1:123456789012:endpoint:X"},
        ["arn:<partition>:dms"],
        id="other-service",
    ),
    pytest.param(
        {"endpoint_arn": "arn:aws:dms:us-east-1:1234:endpoint:X"},
        ["<12-digit account>"],
        id="short-account",
    ),
    pytest.param(
        {"endpoint_arn": "arn:mars:dms:us-east-1:123456789012:endpoint:X"},
        ["'mars'", "aws-cn"],
        id="unknown-partition",
    ),
    pytest.param(
        {"endpoint_arn": ENDPOINT_ARN, "region": "eu-west-1"},
        ["us-east-1", "eu-west-1"],
        id="region-contradicts-arn",
    ),
    pytest.param(
        {"endpoint_arn": ENDPOINT_ARN, "account_id": "111122223333"},
        ["123456789012", "111122223333"],
        id="account-contradicts-arn",
    ),
    pytest.param(
        {
            "endpoint_arn": ENDPOINT_ARN,
            "replication_instance_arn": "arn:aws:dms:eu-west-1:123456789012:rep:X",
        },
        ["us-east-1", "eu-west-1", "one region and account"],
        id="ends-in-two-regions",
    ),
    pytest.param(
        {
            "endpoint_arn": ENDPOINT_ARN,
            "replication_instance_arn": "arn:aws:dms:us-east-1:111122223333:rep:X",
        },
        ["123456789012", "111122223333"],
        id="ends-in-two-accounts",
    ),
    pytest.param({"region": "nowhere"}, ["'nowhere'", "us-east-1"], id="bad-region"),
    pytest.param({"region": 1}, ["region=1"], id="number-for-region"),
    pytest.param({"account_id": "1234"}, ["'1234'", "12 digits"], id="bad-account"),
    pytest.param({"account_id": 123456789012}, ["12 digits"], id="number-for-account"),
    pytest.param(
        {"status": "broken"},
        ["'broken'", "'successful', 'testing', 'failed', 'deleting'"],
        id="bad-status",
    ),
    pytest.param({"status": "deleted"}, ["'deleted'"], id="gone"),
    pytest.param({"status": None}, ["None"], id="no-status"),
    pytest.param({"last_failure_message": 7}, ["last_failure_message=7"], id="bad-message"),
    *(
        pytest.param({end: name}, [ascii(name), "letter"], id=f"{end}-{number}")
        for end in ("endpoint_identifier", "replication_instance_identifier")
        for number, name in enumerate(
            ["", "1st", "-a", "a-", "a--b", "a_b", "a b", "\u00e4pfel", "a.b", "a\n", 7]
        )
    ),
    pytest.param(
        {"replication_instance_identifier": "a" * 64}, ["63 characters"], id="long-instance"
    ),
]


@pytest.mark.parametrize(("keywords", "words"), BAD_CONNECTIONS)
def test_bad_connection_is_refused_and_nothing_is_added(
    dmsconn: FakeDms, keywords: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.add_connection(**keywords)

    for word in words:
        assert word in str(refused.value)
    assert isinstance(refused.value, ValueError)
    assert dmsconn.dump() == {"Connections": [], "Endpoints": [], "ReplicationInstances": []}


def test_identifiers_at_the_limits_of_the_rules_are_accepted(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(
        endpoint_identifier="A-b-9" * 50 + "x", replication_instance_identifier="a" * 63
    )

    assert len(connection.endpoint_identifier) == 251


def test_existing_connection_is_refused_and_nothing_changes(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(
        ENDPOINT_ARN, INSTANCE_ARN, endpoint_identifier="orders", status="failed"
    )
    before = dmsconn.dump()

    arguments: tuple[dict[str, Any], ...] = (
        {"endpoint_arn": ENDPOINT_ARN, "replication_instance_arn": INSTANCE_ARN},
        {"endpoint_identifier": "orders", "replication_instance_arn": INSTANCE_ARN},
    )
    for again in arguments:
        with pytest.raises(UsageError) as refused:
            dmsconn.add_connection(**again)
        for word in (ENDPOINT_ARN, INSTANCE_ARN, "exists already", "failed", "set_status"):
            assert word in str(refused.value)

    assert dmsconn.connections == (connection,)
    assert dmsconn.dump() == before


@pytest.mark.parametrize("status", ["deleting", "testing"])
def test_connection_that_is_being_deleted_exists(dmsconn: FakeDms, status: Any) -> None:
    connection = dmsconn.add_connection(status=status)

    with pytest.raises(UsageError, match="exists already"):
        dmsconn.add_connection(connection.endpoint_arn, connection.replication_instance_arn)


def test_deleted_connection_can_be_seeded_again(dmsconn: FakeDms, dms_client: Any) -> None:
    first = dmsconn.add_connection()
    dms_client.delete_connection(**first.arns)
    dms_client.describe_connections()

    second = dmsconn.add_connection(first.endpoint_arn, first.replication_instance_arn)

    assert dmsconn.connections == (second,)
    assert (first.status, second.status) == ("deleted", "successful")


def test_identifier_that_contradicts_its_arn_is_refused(dmsconn: FakeDms) -> None:
    dmsconn.add_endpoint("orders", arn=ENDPOINT_ARN)

    with pytest.raises(UsageError, match=r"'orders'.* 'customers'"):
        dmsconn.add_connection(ENDPOINT_ARN, endpoint_identifier="customers")
    with pytest.raises(UsageError, match=rf"'orders' .*{ENDPOINT_ARN}"):
        dmsconn.add_connection(f"{ENDPOINT_ARN}2", endpoint_identifier="orders")

    assert len(dmsconn.endpoints) == 1
    assert dmsconn.replication_instances == ()


def test_identifier_of_another_resource_is_refused(dmsconn: FakeDms) -> None:
    dmsconn.add_replication_instance("nightly", arn=INSTANCE_ARN)
    dmsconn.add_replication_instance("weekly")

    with pytest.raises(UsageError, match="nightly"):
        dmsconn.add_connection(
            replication_instance_arn=INSTANCE_ARN, replication_instance_identifier="weekly"
        )
    assert dmsconn.endpoints == ()


@pytest.mark.parametrize("count", [-1, 1.5, "3", True, None])
def test_bad_count_is_refused(dmsconn: FakeDms, count: Any) -> None:
    with pytest.raises(UsageError, match="count="):
        dmsconn.add_connections(count)

    assert dmsconn.connections == ()


def test_no_connection_is_added_if_one_is_refused(dmsconn: FakeDms, dms_client: Any) -> None:
    dms_client.describe_connections()
    before = dmsconn.story()
    journal = list(dmsconn.service.lifecycle.journal)

    with pytest.raises(UsageError, match="exists already"):
        dmsconn.add_connections(2, endpoint_arn=ENDPOINT_ARN, replication_instance_arn=INSTANCE_ARN)

    assert dmsconn.dump() == {"Connections": [], "Endpoints": [], "ReplicationInstances": []}
    assert dmsconn.story() == before
    assert dmsconn.service.lifecycle.journal == journal
