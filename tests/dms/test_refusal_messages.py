"""The message of each refusal, as a program logs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

ENDPOINT = "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS"
INSTANCE = "arn:aws:dms:us-east-1:123456789012:rep:NIGHTLY"
PAIR = {"EndpointArn": ENDPOINT, "ReplicationInstanceArn": INSTANCE}


@pytest.fixture
def dms(dmsconn: FakeDms) -> FakeDms:
    """The endpoint `orders` and the replication instance `nightly`, without a connection."""
    dmsconn.add_endpoint("orders", arn=ENDPOINT)
    dmsconn.add_replication_instance("nightly", arn=INSTANCE)
    return dmsconn


def refusal(client: Any, method: str, **parameters: Any) -> str:
    with pytest.raises(ClientError) as raised:
        getattr(client, method)(**parameters)
    return f"{raised.value.response['Error']['Code']}: {raised.value.response['Error']['Message']}"


@pytest.mark.usefixtures("dms")
def test_a_connection_that_does_not_exist_cannot_be_deleted(dms_client: Any) -> None:
    assert refusal(dms_client, "delete_connection", **PAIR) == (
        f"ResourceNotFoundFault: No connection between the endpoint {ENDPOINT} "
        f"and the replication instance {INSTANCE} could be found."
    )


@pytest.mark.parametrize(
    ("status", "method", "message"),
    [
        ("testing", "delete_connection", "Connection is being tested and cannot be deleted"),
        ("deleting", "delete_connection", "Connection is already being deleted"),
        ("testing", "test_connection", "Connection is already being tested"),
        ("deleting", "test_connection", "Connection is being deleted"),
    ],
)
def test_a_connection_being_tested_or_deleted_cannot_be_tested_or_deleted(
    dms: FakeDms, dms_client: Any, status: Any, method: str, message: str
) -> None:
    dms.add_connection(ENDPOINT, INSTANCE, status=status)

    assert refusal(dms_client, method, **PAIR) == f"InvalidResourceStateFault: {message}"


@pytest.mark.parametrize(
    ("parameter", "arn", "words"),
    [
        ("EndpointArn", "orders", "DMS endpoint"),
        ("EndpointArn", INSTANCE, "DMS endpoint"),
        ("ReplicationInstanceArn", ENDPOINT, "DMS replication instance"),
    ],
)
@pytest.mark.usefixtures("dms")
def test_a_text_that_is_not_an_arn_of_the_right_type_is_refused(
    dms_client: Any, parameter: str, arn: str, words: str
) -> None:
    assert refusal(dms_client, "delete_connection", **{**PAIR, parameter: arn}) == (
        f"InvalidParameterValueException: The parameter {parameter} must be the ARN of a {words}, "
        f"not {arn}"
    )


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("EndpointArn", "Endpoint could not be found."),
        ("ReplicationInstanceArn", "Replication instance could not be found."),
    ],
)
@pytest.mark.usefixtures("dms")
def test_what_does_not_exist_cannot_be_tested(
    dms_client: Any, parameter: str, message: str
) -> None:
    arns = {**PAIR, parameter: PAIR[parameter] + "-2"}

    assert refusal(dms_client, "test_connection", **arns) == f"ResourceNotFoundFault: {message}"


@pytest.mark.parametrize(
    ("method", "parameter", "message"),
    [
        ("delete_endpoint", "EndpointArn", "Endpoint orders is not active, its status is deleting"),
        (
            "delete_replication_instance",
            "ReplicationInstanceArn",
            "Replication instance nightly is not available, its status is deleting",
        ),
    ],
)
@pytest.mark.usefixtures("dms")
def test_what_is_being_deleted_cannot_be_tested(
    dms_client: Any, method: str, parameter: str, message: str
) -> None:
    getattr(dms_client, method)(**{parameter: PAIR[parameter]})

    assert refusal(dms_client, "test_connection", **PAIR) == (
        f"InvalidResourceStateFault: {message}"
    )


@pytest.mark.parametrize(
    ("method", "parameter", "words", "identifier"),
    [
        ("delete_endpoint", "EndpointArn", "Endpoint", "orders"),
        (
            "delete_replication_instance",
            "ReplicationInstanceArn",
            "Replication instance",
            "nightly",
        ),
    ],
)
@pytest.mark.usefixtures("dms")
def test_a_missing_or_deleting_endpoint_or_instance_cannot_be_deleted(
    dms_client: Any, method: str, parameter: str, words: str, identifier: str
) -> None:
    arn = PAIR[parameter]

    assert refusal(dms_client, method, **{parameter: arn + "-2"}) == (
        f"ResourceNotFoundFault: {words} could not be found."
    )
    getattr(dms_client, method)(**{parameter: arn})
    assert refusal(dms_client, method, **{parameter: arn}) == (
        f"InvalidResourceStateFault: {words} {identifier} is already being deleted"
    )


@pytest.mark.parametrize(
    ("method", "key", "words", "filters"),
    [
        (
            "describe_connections",
            "Connections",
            "Connections",
            ["endpoint-arn", "replication-instance-arn"],
        ),
        (
            "describe_endpoints",
            "Endpoints",
            "Endpoints",
            ["endpoint-arn", "endpoint-type", "endpoint-id", "engine-name"],
        ),
        (
            "describe_replication_instances",
            "ReplicationInstances",
            "Replication Instances",
            [
                "replication-instance-arn",
                "replication-instance-id",
                "replication-instance-class",
                "engine-version",
            ],
        ),
    ],
)
@pytest.mark.usefixtures("dmsconn")
def test_a_description_with_a_bad_parameter_is_refused(
    dms_client: Any, method: str, key: str, words: str, filters: list[str]
) -> None:
    name = filters[0]

    assert refusal(dms_client, method, Filters=[{"Name": name, "Values": ["x"]}]) == (
        f"ResourceNotFoundFault: No {words} found matching provided filters"
    )
    assert refusal(dms_client, method, Filters=[{"Name": "arn", "Values": ["x"]}]) == (
        "InvalidParameterValueException: The parameter Filters has an unknown filter name: arn. "
        f"Valid names: {', '.join(filters)}."
    )
    assert refusal(dms_client, method, Filters=[{"Name": name, "Values": []}]) == (
        "InvalidParameterValueException: The parameter Filters has no values for the filter "
        f"{name}."
    )
    assert refusal(dms_client, method, MaxRecords=19) == (
        "InvalidParameterValueException: The parameter MaxRecords must be a value between 20 and "
        "100, not 19."
    )
    assert refusal(dms_client, method, Marker="x") == (
        f"InvalidParameterValueException: The parameter Marker is not the marker of a page of {key}"
        ": x"
    )
