"""Seeding endpoints and replication instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


# Endpoints and replication instances


def test_endpoint_has_the_given_members(dmsconn: FakeDms) -> None:
    endpoint = dmsconn.add_endpoint("orders", arn=ENDPOINT_ARN)

    assert (endpoint.arn, endpoint.identifier) == (ENDPOINT_ARN, "orders")
    assert (endpoint.status, endpoint.deleted) == ("active", False)
    assert dmsconn.endpoints == (endpoint,)
    assert dmsconn.connections == ()


def test_instance_is_creating_or_available(dmsconn: FakeDms) -> None:
    ready = dmsconn.add_replication_instance("Ready", arn=INSTANCE_ARN)
    new = dmsconn.add_replication_instance(available=False)

    assert (ready.arn, ready.identifier, ready.status) == (INSTANCE_ARN, "ready", "available")
    assert (new.status, new.deleted) == ("creating", False)
    new.set_available()
    assert new.status == "available"


def test_modified_instance_can_be_made_available(dmsconn: FakeDms) -> None:
    instance = dmsconn.add_replication_instance(members={"ReplicationInstanceStatus": "modifying"})

    instance.set_available()

    assert instance.status == "available"


def test_deleted_instance_cannot_be_made_available(dmsconn: FakeDms, dms_client: Any) -> None:
    instance = dmsconn.add_replication_instance("nightly")
    dms_client.delete_replication_instance(ReplicationInstanceArn=instance.arn)

    with pytest.raises(UsageError) as raised:
        instance.set_available()
    assert str(raised.value) == (
        "The replication instance 'nightly' is deleting; "
        "only one that exists and is not being deleted can become available."
    )
    dms_client.describe_replication_instances()
    with pytest.raises(UsageError, match=r"'nightly' is deleted"):
        instance.set_available()


def test_members_are_copied(dmsconn: FakeDms) -> None:
    members: dict[str, Any] = {"MySQLSettings": {"Port": 3306}}
    dmsconn.add_endpoint(members=members)

    members["MySQLSettings"]["Port"] = 1

    assert dmsconn.dump()["Endpoints"][0]["MySQLSettings"] == {"Port": 3306}
    assert members == {"MySQLSettings": {"Port": 1}}


BAD_ENDS = [
    pytest.param({"identifier": "a_b"}, ["'a_b'", "letter"], id="bad-name"),
    pytest.param({"arn": "orders"}, ["'orders'"], id="no-arn"),
    pytest.param({"arn": ENDPOINT_ARN, "region": "eu-west-1"}, ["eu-west-1"], id="bad-region"),
    pytest.param({"account_id": "12"}, ["12 digits"], id="bad-account"),
    pytest.param({"members": "EngineName"}, ["members", "mapping", "str"], id="text"),
    pytest.param({"members": [("EngineName", "x")]}, ["mapping"], id="list"),
    pytest.param({"members": {"EngineNam": "x"}}, ["'EngineNam'", "'EngineName'?"], id="misspelt"),
    pytest.param({"members": {7: "x"}}, ["7", "Endpoint"], id="number-for-name"),
    pytest.param({"members": {"EngineName": 7}}, ["EngineName", "7"], id="bad-type"),
    pytest.param({"members": {"EngineName": None}}, ["EngineName", "None"], id="none"),
    pytest.param({"members": {"Port": "3306"}}, ["Port", "3306"], id="text-for-number"),
    pytest.param({"members": {"Port": True}}, ["Port", "True", "integer"], id="true-for-number"),
    pytest.param({"members": {"Status": 7}}, ["Status", "7"], id="bad-status"),
    pytest.param(
        {"members": {"MySQLSettings": {"Prot": 1}}},
        ["'Prot'", "MySQLSettings", "'Port'?"],
        id="misspelt-inside",
    ),
    pytest.param({"members": {"MySQLSettings": [1]}}, ["MySQLSettings"], id="list-inside"),
    pytest.param(
        {"members": {"EndpointArn": ENDPOINT_ARN}}, ["EndpointArn", "argument"], id="arn-inside"
    ),
    pytest.param(
        {"members": {"EndpointIdentifier": "x"}},
        ["EndpointIdentifier", "argument"],
        id="name-inside",
    ),
]


@pytest.mark.parametrize(("keywords", "words"), BAD_ENDS)
def test_bad_endpoint_is_refused_and_nothing_is_added(
    dmsconn: FakeDms, keywords: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.add_endpoint(**keywords)

    for word in words:
        assert word in str(refused.value)
    assert dmsconn.endpoints == ()


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"available": "yes"}, ["available='yes'", "True or False"]),
        ({"available": None}, ["available=None"]),
        ({"identifier": "a" * 64}, ["63 characters"]),
        ({"arn": ENDPOINT_ARN}, ["'endpoint'"]),
        ({"members": {"InstanceCreateTime": "yesterday"}}, ["InstanceCreateTime", "yesterday"]),
        ({"members": {"InstanceCreateTime": 1e30}}, ["InstanceCreateTime", "datetime"]),
        ({"members": {"InstanceCreateTime": 10**400}}, ["InstanceCreateTime"]),
        ({"members": {"VpcSecurityGroups": "sg-1"}}, ["VpcSecurityGroups"]),
        (
            {"members": {"VpcSecurityGroups": [{"GroupId": "sg-1"}]}},
            ["'GroupId'", "VpcSecurityGroupId"],
        ),
    ],
)
def test_bad_instance_is_refused_and_nothing_is_added(
    dmsconn: FakeDms, keywords: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.add_replication_instance(**keywords)

    for word in words:
        assert word in str(refused.value)
    assert dmsconn.replication_instances == ()


def test_existing_endpoint_or_instance_is_refused(dmsconn: FakeDms) -> None:
    dmsconn.add_endpoint("orders", arn=ENDPOINT_ARN)
    dmsconn.add_replication_instance("nightly", arn=INSTANCE_ARN)
    before = dmsconn.dump()

    with pytest.raises(UsageError, match=r"'orders' .*exists already"):
        dmsconn.add_endpoint("orders")
    with pytest.raises(UsageError, match=r"'orders' .*exists already"):
        dmsconn.add_endpoint(arn=ENDPOINT_ARN, members={"EngineName": "postgres"})
    with pytest.raises(UsageError, match=r"'nightly' .*exists already"):
        dmsconn.add_replication_instance("NIGHTLY")

    assert dmsconn.dump() == before


# Identifiers that nobody has given


def test_generated_identifier_selects_its_resource(dmsconn: FakeDms, dms_client: Any) -> None:
    first, second, third = dmsconn.add_connections(3)
    by_id = [{"Name": "endpoint-id", "Values": [second.endpoint_identifier]}]

    (found,) = dms_client.describe_endpoints(Filters=by_id)["Endpoints"]
    assert found["EndpointArn"] == second.endpoint_arn
    again = dmsconn.add_connection(
        endpoint_identifier=first.endpoint_identifier,
        replication_instance_identifier=third.replication_instance_identifier,
    )
    assert (again.endpoint, again.replication_instance) == (
        first.endpoint,
        third.replication_instance,
    )


@pytest.mark.parametrize(
    "identifier", ["endpoint-4", "endpoint-01", "endpoint-0", "instance-1", "x" + "-1" * 20]
)
def test_given_identifier_may_look_generated(identifier: str, dmsconn: FakeDms) -> None:
    dmsconn.add_connections(3)
    assert dmsconn.add_endpoint(identifier).identifier == identifier
    assert len({endpoint.identifier for endpoint in dmsconn.endpoints}) == 4


def test_very_long_number_is_no_generated_identifier(dms_client: Any, dmsconn: FakeDms) -> None:
    dmsconn.add_connection()
    by_id = [{"Name": "endpoint-id", "Values": ["endpoint-" + "9" * 5000]}]
    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        dms_client.describe_endpoints(Filters=by_id)


def test_generated_identifier_of_another_region_is_not_found(dmsconn: FakeDms) -> None:
    there = dmsconn.add_endpoint(region="eu-west-1")
    here = dmsconn.add_endpoint(there.identifier)
    assert here.region != there.region
    assert here.identifier == there.identifier


def test_identifier_of_a_test_is_not_generated_again(dmsconn: FakeDms) -> None:
    dmsconn.add_endpoint("endpoint-3")
    identifiers = [dmsconn.add_endpoint().identifier for _ in range(4)]
    assert identifiers == ["endpoint-2", "endpoint-3-2", "endpoint-4", "endpoint-5"]


def test_generated_identifier_is_free_after_the_deletion(dmsconn: FakeDms) -> None:
    gone = dmsconn.add_endpoint()
    dmsconn.remove_endpoint(gone)
    new = dmsconn.add_endpoint(gone.identifier)
    assert (new.identifier, gone.identifier) == (gone.identifier, new.identifier)
    assert dmsconn.endpoints == (new,)


def test_two_statuses_of_an_instance_are_refused(dmsconn: FakeDms) -> None:
    members = {"ReplicationInstanceStatus": "available"}
    with pytest.raises(UsageError) as refused:
        dmsconn.add_replication_instance(available=False, members=members)

    assert str(refused.value) == (
        "available=False does not go with the member ReplicationInstanceStatus. Give one."
    )
    assert dmsconn.add_replication_instance(members=members).status == "available"
