"""DescribeEndpoints and DescribeReplicationInstances: N1 and N2 of docs/fidelity.md."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.describe_calls import identifiers, only
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms


# N1


def test_describes_endpoints_as_aws_writes_them(dmsconn: FakeDms, dms_client: Any) -> None:
    dmsconn.add_endpoint("plain", arn=ENDPOINT_ARN)
    dmsconn.add_endpoint(
        "orders",
        members={
            "EndpointType": "target",
            "EngineName": "postgres",
            "Port": 5432,
            "PostgreSQLSettings": {"CaptureDdls": True, "DatabaseName": "orders"},
        },
    )

    plain, orders = dms_client.describe_endpoints()["Endpoints"]

    assert plain == {
        "EndpointArn": ENDPOINT_ARN,
        "EndpointIdentifier": "plain",
        "EndpointType": "SOURCE",
        "EngineName": "mysql",
        "Status": "active",
    }
    assert (orders["EndpointType"], orders["EngineName"]) == ("TARGET", "postgres")
    assert orders["Port"] == 5432
    assert orders["PostgreSQLSettings"] == {"CaptureDdls": True, "DatabaseName": "orders"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint-arn", ENDPOINT_ARN),
        ("endpoint-id", "orders"),
        ("endpoint-type", "target"),
        ("engine-name", "postgres"),
    ],
)
def test_every_filter_of_endpoints_selects(
    dmsconn: FakeDms, dms_client: Any, name: str, value: str
) -> None:
    dmsconn.add_endpoint("other")
    dmsconn.add_endpoint(
        "orders",
        arn=ENDPOINT_ARN,
        members={"EndpointType": "target", "EngineName": "postgres"},
    )

    assert identifiers(dms_client.describe_endpoints(**only(name, value))) == ["orders"]
    with pytest.raises(
        dms_client.exceptions.ResourceNotFoundFault,
        match=r": No Endpoints found matching provided filters$",
    ):
        dms_client.describe_endpoints(**only(name, "nothing"))


def test_filters_of_endpoints_combine(dmsconn: FakeDms, dms_client: Any) -> None:
    for name, kind, engine in (
        ("a", "source", "mysql"),
        ("b", "target", "mysql"),
        ("c", "target", "s3"),
        ("d", "source", "s3"),
    ):
        dmsconn.add_endpoint(name, members={"EndpointType": kind, "EngineName": engine})

    def selected(**filters: list[str]) -> list[str]:
        given = [
            {"Name": name.replace("_", "-"), "Values": values} for name, values in filters.items()
        ]
        return identifiers(dms_client.describe_endpoints(Filters=given))

    assert selected(engine_name=["mysql", "s3"], endpoint_type=["target"]) == ["b", "c"]
    assert selected(endpoint_id=["d", "a", "b"], endpoint_type=["source"]) == ["a", "d"]


def test_an_endpoint_type_is_found_in_either_case(dmsconn: FakeDms, dms_client: Any) -> None:
    # In the example of the AWS CLI, the filter has `source` and the answer has `SOURCE`.
    dmsconn.add_endpoint("a", members={"EndpointType": "SOURCE"})
    dmsconn.add_endpoint("b", members={"EndpointType": "source"})
    dmsconn.add_endpoint("c", members={"EndpointType": "TARGET"})

    for value in ("source", "SOURCE"):
        answer = dms_client.describe_endpoints(**only("endpoint-type", value))
        assert identifiers(answer) == ["a", "b"]


# N2


def test_describes_instances_as_aws_writes_them(dmsconn: FakeDms, dms_client: Any) -> None:
    created = dt.datetime(2024, 5, 1, 12, 30, 15, 123000, tzinfo=dt.timezone.utc)
    dmsconn.add_replication_instance("plain", arn=INSTANCE_ARN)
    dmsconn.add_replication_instance(
        "nightly",
        available=False,
        members={
            "ReplicationInstanceClass": "dms.r5.large",
            "EngineVersion": "3.4.7",
            "InstanceCreateTime": created,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
        },
    )

    plain, nightly = dms_client.describe_replication_instances()["ReplicationInstances"]

    assert plain.pop("EngineVersion")
    assert plain == {
        "ReplicationInstanceArn": INSTANCE_ARN,
        "ReplicationInstanceIdentifier": "plain",
        "ReplicationInstanceClass": "dms.t3.medium",
        "ReplicationInstanceStatus": "available",
    }
    assert nightly["ReplicationInstanceStatus"] == "creating"
    assert nightly["InstanceCreateTime"] == created
    assert nightly["VpcSecurityGroups"] == [{"VpcSecurityGroupId": "sg-1", "Status": "active"}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("replication-instance-arn", INSTANCE_ARN),
        ("replication-instance-id", "nightly"),
        ("replication-instance-class", "dms.r5.large"),
        ("engine-version", "3.4.7"),
    ],
)
def test_every_filter_of_instances_selects(
    dmsconn: FakeDms, dms_client: Any, name: str, value: str
) -> None:
    dmsconn.add_replication_instance("other")
    dmsconn.add_replication_instance(
        "Nightly",
        arn=INSTANCE_ARN,
        members={"ReplicationInstanceClass": "dms.r5.large", "EngineVersion": "3.4.7"},
    )

    found = dms_client.describe_replication_instances(**only(name, value))

    assert identifiers(found) == ["nightly"]
    with pytest.raises(
        dms_client.exceptions.ResourceNotFoundFault,
        match=r": No Replication Instances found matching provided filters$",
    ):
        dms_client.describe_replication_instances(**only(name, "nothing"))


def test_the_time_of_creation_arrives_as_a_datetime_in_the_record_too(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    created = dt.datetime(2024, 5, 1, 12, 30, tzinfo=dt.timezone.utc)
    dmsconn.add_replication_instance(members={"InstanceCreateTime": "2024-05-01T12:30:00Z"})

    dms_client.describe_replication_instances()

    (call,) = dmsconn.calls
    assert call.response is not None
    assert call.response["ReplicationInstances"][0]["InstanceCreateTime"] == created


# N1, N2: what both share with the connections

LISTINGS = pytest.mark.parametrize(
    ("operation", "add"),
    [
        pytest.param(
            "describe_endpoints", lambda dms, **more: dms.add_endpoint(**more), id="endpoints"
        ),
        pytest.param(
            "describe_replication_instances",
            lambda dms, **more: dms.add_replication_instance(**more),
            id="instances",
        ),
    ],
)


@LISTINGS
def test_listings_are_paged(
    dmsconn: FakeDms, dms_client: Any, operation: str, add: Callable[..., Any]
) -> None:
    names = [add(dmsconn).identifier for _ in range(45)]

    pages = list(dms_client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 20}))

    assert [len(identifiers(page)) for page in pages] == [20, 20, 5]
    assert [name for page in pages for name in identifiers(page)] == names


@LISTINGS
@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"MaxRecords": 19}, "MaxRecords"),
        ({"MaxRecords": 101}, "MaxRecords"),
        ({"Marker": "nonsense"}, "Marker"),
        ({"Filters": [{"Name": "status", "Values": ["x"]}]}, "status"),
    ],
)
def test_bad_parameters_are_refused(
    dmsconn: FakeDms,
    dms_client: Any,
    operation: str,
    add: Callable[..., Any],
    request_: dict[str, Any],
    named: str,
) -> None:
    add(dmsconn)

    with pytest.raises(ClientError, match=rf"\(InvalidParameterValueException\).* {named}"):
        getattr(dms_client, operation)(**request_)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("describe_endpoints", "endpoint-arn"),
        ("describe_endpoints", "engine-name"),
        ("describe_replication_instances", "replication-instance-id"),
        ("describe_replication_instances", "engine-version"),
    ],
)
def test_a_filter_without_values_is_refused(dms_client: Any, operation: str, name: str) -> None:
    with pytest.raises(ClientError, match=rf"\(InvalidParameterValueException\).* {name}"):
        getattr(dms_client, operation)(**only(name))


@LISTINGS
def test_listings_show_what_is_in_the_region_and_account_of_the_caller(
    dmsconn: FakeDms, operation: str, add: Callable[..., Any]
) -> None:
    here = add(dmsconn, identifier="one")
    there = add(dmsconn, identifier="one", region="eu-west-1")
    theirs = add(dmsconn, identifier="one", account_id="111122223333")

    def arns(**client: Any) -> str:
        return str(getattr(boto3.client("dms", **client), operation)())

    for client, own in (
        ({}, here),
        ({"region_name": "eu-west-1"}, there),
        (dmsconn.credentials("111122223333"), theirs),
    ):
        listed = arns(**client)
        assert [one.arn in listed for one in (here, there, theirs)] == [
            one is own for one in (here, there, theirs)
        ]


@LISTINGS
@pytest.mark.dmsconn(unmatched_filters="empty")
def test_the_option_for_unmatched_filters_is_about_connections_only(
    dmsconn: FakeDms, dms_client: Any, operation: str, add: Callable[..., Any]
) -> None:
    # The waiters endpoint_deleted and replication_instance_deleted end on this fault.
    add(dmsconn)
    name = "endpoint-id" if operation == "describe_endpoints" else "replication-instance-id"

    with pytest.raises(dms_client.exceptions.ResourceNotFoundFault):
        getattr(dms_client, operation)(**only(name, "nothing"))
