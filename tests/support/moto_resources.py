"""Resources that tests create in moto."""

from __future__ import annotations

from typing import Any

import boto3

REGION = "us-east-1"
ACCOUNT = "123456789012"


def make_client(**keys: Any) -> Any:
    return boto3.client("dms", region_name=REGION, **keys)


def create_instance(client: Any, identifier: str = "nightly") -> str:
    answer = client.create_replication_instance(
        ReplicationInstanceIdentifier=identifier, ReplicationInstanceClass="dms.t3.micro"
    )
    return str(answer["ReplicationInstance"]["ReplicationInstanceArn"])


def create_endpoint(client: Any, identifier: str = "orders") -> str:
    answer = client.create_endpoint(
        EndpointIdentifier=identifier, EndpointType="target", EngineName="postgres"
    )
    return str(answer["Endpoint"]["EndpointArn"])


def create_connection(client: Any) -> dict[str, str]:
    """Create a connection in moto; return the keyword arguments that name it."""
    arns = {
        "EndpointArn": create_endpoint(client),
        "ReplicationInstanceArn": create_instance(client),
    }
    client.test_connection(**arns)
    return arns
