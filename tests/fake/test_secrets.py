"""No output of the fake shows passwords or keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.control_api import ENDPOINT_ARN
from support.raw_http import DELETE, DESCRIBE, call, connect, read_answer

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms

PASSWORD = "hunter2"
MEMBERS = {
    "MySQLSettings": {"Password": PASSWORD, "Port": 3306},
    "S3Settings": {"BucketName": "orders"},
    "MongoDbSettings": {"Password": PASSWORD, "Username": "reader"},
    "KafkaSettings": {"SaslPassword": PASSWORD, "SslClientKeyPassword": PASSWORD},
}
ENDPOINT = {"EndpointArn": ENDPOINT_ARN, "EndpointIdentifier": "orders", **MEMBERS}


def everything_shown(dms: FakeDms) -> str:
    """All that a test can print of a fake."""
    with pytest.raises(AssertionError) as complaint:
        dms.assert_no_calls()
    return "\n".join(
        [
            str(complaint.value),
            repr(dms),
            repr([dms.calls, dms.deletions, dms.service.records]),
            repr([one.to_dict() for one in dms.calls]),
            repr([dms.connections, dms.dump()]),
            dms.story(),
        ]
    )


@pytest.mark.parametrize(
    "seed",
    [
        lambda dms, _: dms.add_endpoint("orders", arn=ENDPOINT_ARN, members=MEMBERS),
        lambda dms, _: dms.load({"Endpoints": [ENDPOINT]}),
        lambda _, ask: ask("POST", "seed", {"Endpoints": [ENDPOINT]}),
    ],
)
def test_passwords_of_endpoints_are_shown_nowhere(
    dmsconn: FakeDms, ask: Ask, seed: Callable[[FakeDms, Ask], object]
) -> None:
    seeded = repr(seed(dmsconn, ask))
    connection = dmsconn.add_connection(endpoint_arn=ENDPOINT_ARN)
    client: Any = boto3.client("dms")
    answer = client.describe_endpoints()
    client.delete_connection(**connection.arns)

    state = json.dumps(ask("GET", "state").content)
    assert PASSWORD not in "\n".join(
        [seeded, repr(answer), state, everything_shown(dmsconn), repr(connection.endpoint.members)]
    )
    assert answer["Endpoints"][0]["MySQLSettings"] == {"Port": 3306}


def test_passwords_of_moto_endpoints_are_shown_nowhere(dms: FakeDms) -> None:
    client: Any = boto3.client("dms", region_name="us-east-1")
    created = client.create_endpoint(
        EndpointIdentifier="orders",
        EndpointType="source",
        EngineName="mysql",
        Password=PASSWORD,
        MySQLSettings={"Password": PASSWORD},
    )
    arn = created["Endpoint"]["EndpointArn"]
    client.delete_connection(**dms.add_connection(endpoint_arn=arn).arns)
    client.describe_endpoints()

    assert PASSWORD not in everything_shown(dms)


MISTAKES: list[Callable[[FakeDms], object]] = [
    lambda dms: dms.add_endpoint("orders", members={"MySQLSettings": {"Password": [PASSWORD]}}),
    lambda dms: dms.add_endpoint("orders", members={"MySQLSettings": {"Pasword": PASSWORD}}),
    lambda dms: dms.add_endpoint("orders", members={"MySQLSettings": f"Password={PASSWORD}"}),
    lambda dms: dms.add_endpoint("orders", members={"MySQLSettings": [{"Password": PASSWORD}]}),
    lambda dms: dms.add_endpoint("orders", members={"EngineName": {"Password": PASSWORD}}),
    lambda dms: dms.add_endpoint("orders", members=[MEMBERS]),  # type: ignore[arg-type]
    lambda dms: dms.add_endpoint("orders", members=json.dumps(MEMBERS)),  # type: ignore[arg-type]
    lambda dms: dms.add_replication_instance(
        "nightly", members={"InstanceCreateTime": {"Password": PASSWORD}}
    ),
    lambda dms: dms.load([ENDPOINT]),  # type: ignore[arg-type]
    lambda dms: dms.load(json.dumps({"Endpoints": [ENDPOINT]}).encode()),  # type: ignore[arg-type]
    lambda dms: dms.load({"Endpoints": ENDPOINT}),
    lambda dms: dms.load({"Endpoints": [{**ENDPOINT, "Port": "x"}]}),
    lambda dms: dms.load({"Connections": [ENDPOINT]}),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_passwords_in_refused_seeds_are_shown_nowhere(
    dmsconn: FakeDms, mistake: Callable[[FakeDms], object]
) -> None:
    with pytest.raises(UsageError) as refusal:
        mistake(dmsconn)

    assert PASSWORD not in str(refusal.value)


@pytest.mark.dmsconn(strict=False)
@pytest.mark.parametrize("target", [DELETE, DESCRIBE, "AmazonDMSv20160101.CreateEndpoint"])
def test_headers_of_server_calls_are_shown_nowhere(
    dmsconn: FakeDms, dmsconn_server: DmsServer, ask: Ask, target: str
) -> None:
    headers = (
        f"Authorization: AWS4-HMAC-SHA256 Credential={PASSWORD}/x, Signature={PASSWORD}",
        f"X-Amz-Security-Token: {PASSWORD}",
        f"Cookie: {PASSWORD}",
    )
    with connect(dmsconn_server.url) as connection:
        connection.sendall(call(b"{}", DESCRIBE, *headers))
        answers = [read_answer(connection).body]
        connection.sendall(call(b"{}", target, *headers))
        answers.append(read_answer(connection).body)

    state = json.dumps(ask("GET", "state").content)
    assert PASSWORD not in f"{answers} {state} {everything_shown(dmsconn)}"
    assert dmsconn.calls
