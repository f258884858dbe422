"""Answers of AWS can be loaded and dumped; passwords in them are not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.recorded_answers import CONNECTIONS, ENDPOINTS, INSTANCES

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

ORDERS, INSTANCE = ENDPOINTS["Endpoints"][0], INSTANCES["ReplicationInstances"][0]


def test_null_in_a_list_is_loaded_and_dumped(dmsconn: FakeDms, dms_client: Any) -> None:
    private = {**INSTANCE, "ReplicationInstancePublicIpAddresses": [None]}

    dmsconn.load({"ReplicationInstances": [private]})

    (described,) = dms_client.describe_replication_instances()["ReplicationInstances"]
    assert described["ReplicationInstancePublicIpAddresses"] == [None]
    dumped = dmsconn.dump()
    dmsconn.reset()
    dmsconn.load(dumped)
    assert dmsconn.dump() == dumped


def test_null_member_is_absent(dmsconn: FakeDms, dms_client: Any) -> None:
    nulls = {"KmsKeyId": None, "Status": None, "PostgreSQLSettings": {"Port": None}}
    dmsconn.load(
        {
            "Endpoints": [{**ORDERS, **nulls}],
            "ReplicationInstances": [{**INSTANCE, "ReplicationInstanceStatus": None}],
            "Connections": [
                {**CONNECTIONS["Connections"][0], "Status": None, "LastFailureMessage": None}
            ],
        }
    )

    (endpoint,) = dms_client.describe_endpoints()["Endpoints"]
    assert (endpoint["Status"], endpoint["PostgreSQLSettings"]) == ("active", {})
    assert "KmsKeyId" not in endpoint
    assert dmsconn.replication_instances[0].status == "available"
    assert dmsconn.connections[0].status == "successful"


@pytest.mark.parametrize("given", ["source", "SOURCE", "Source"])
def test_endpoint_type_is_upper_case_in_all_answers(
    dmsconn: FakeDms, dms_client: Any, given: str
) -> None:
    endpoint = dmsconn.add_endpoint(members={"EndpointType": given})
    by_type = [{"Name": "endpoint-type", "Values": ["soUrce"]}]

    (described,) = dms_client.describe_endpoints(Filters=by_type)["Endpoints"]
    deleted = dms_client.delete_endpoint(EndpointArn=endpoint.arn)["Endpoint"]

    assert described["EndpointType"] == deleted["EndpointType"] == "SOURCE"
    assert dmsconn.dump()["Endpoints"][0]["EndpointType"] == "SOURCE"


def test_changing_an_answer_does_not_change_the_fake(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.load({**ENDPOINTS, **INSTANCES})
    before = dmsconn.dump()
    orders, nightly = dmsconn.endpoints[0], dmsconn.replication_instances[0]

    orders.to_dict()["PostgreSQLSettings"].clear()
    nightly.to_dict()["ReplicationInstancePrivateIpAddresses"].clear()
    dms_client.describe_endpoints()["Endpoints"][0]["PostgreSQLSettings"].clear()
    recorded: Any = dmsconn.calls[0].response
    recorded["Endpoints"][0]["PostgreSQLSettings"].clear()

    assert dmsconn.dump() == before


PASSWORD = "correct-horse-battery-staple"


def test_passwords_are_not_stored(dmsconn: FakeDms, dms_client: Any) -> None:
    settings = {"Port": 3306, "Password": PASSWORD}
    endpoint = dmsconn.add_endpoint("orders", members={"MySQLSettings": settings})
    connection = dmsconn.add_connection(endpoint.arn)

    answer = dms_client.describe_endpoints()["Endpoints"]
    with pytest.raises(AssertionError) as failed:
        dmsconn.assert_deleted(connection)

    assert answer[0]["MySQLSettings"] == {"Port": 3306}
    shown = (answer, dmsconn.calls, dmsconn.dump(), endpoint, dmsconn.story(), failed.value)
    assert PASSWORD not in repr(shown)


@pytest.mark.parametrize(
    "settings", [{"Password": PASSWORD.encode()}, {"Password": [PASSWORD]}, {"Password": {1: 2}}]
)
def test_messages_do_not_show_passwords(dmsconn: FakeDms, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"MySQLSettings.Password=\*\*\* is not") as refused:
        dmsconn.add_endpoint(members={"MySQLSettings": settings})

    assert PASSWORD not in str(refused.value)
