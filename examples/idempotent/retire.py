"""Retire a connection of AWS DMS: delete it, and be sure that it is gone.

The answer to a deletion can get lost: the network breaks, or the answer is later than the client's
read time-out. DMS has begun to delete all the same. botocore tries again by itself, and this second
DeleteConnection meets a connection that is `deleting`, or none at all. `retire_naively` takes that
for a failure; `retire` looks at what has become of the connection.
"""

from __future__ import annotations

import time
from typing import Any, TypeAlias

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

POLLS = 60
INTERVAL = 5.0

DmsClient: TypeAlias = Any  # with boto3-stubs[dms]: mypy_boto3_dms.DatabaseMigrationServiceClient


def retire_naively(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> None:
    """How `retire` began; it is kept to show what its tests found."""
    client.delete_connection(
        EndpointArn=endpoint_arn, ReplicationInstanceArn=replication_instance_arn
    )
    wait_until_gone(client, endpoint_arn, replication_instance_arn)


def retire(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> None:
    """Delete a connection, and wait until it is gone. It may be called again at any time.

    Args:
        client: A boto3 DMS client.
        endpoint_arn: One end of the connection.
        replication_instance_arn: The other.

    Raises:
        ClientError: AWS refuses, and the connection is not being deleted by anybody.
        BotoCoreError: AWS cannot be reached.
        TimeoutError: The connection is still there after five minutes.
    """
    try:
        client.delete_connection(
            EndpointArn=endpoint_arn, ReplicationInstanceArn=replication_instance_arn
        )
    except (
        client.exceptions.ResourceNotFoundFault,
        client.exceptions.InvalidResourceStateFault,
        ConnectionClosedError,
        ReadTimeoutError,
    ):
        if status_of(client, endpoint_arn, replication_instance_arn) not in {None, "deleting"}:
            raise
    wait_until_gone(client, endpoint_arn, replication_instance_arn)


def wait_until_gone(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> None:
    """Poll until the connection no longer exists.

    Raises:
        TimeoutError: It still does after five minutes.
    """
    for _ in range(POLLS):
        if status_of(client, endpoint_arn, replication_instance_arn) is None:
            return
        time.sleep(INTERVAL)
    message = f"{endpoint_arn} @ {replication_instance_arn} is still there"
    raise TimeoutError(message)


def status_of(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> str | None:
    """Look up the present status of the connection; None if it is gone."""
    try:
        answer = client.describe_connections(
            Filters=[
                {"Name": "endpoint-arn", "Values": [endpoint_arn]},
                {"Name": "replication-instance-arn", "Values": [replication_instance_arn]},
            ]
        )
    except client.exceptions.ResourceNotFoundFault:
        return None
    statuses: list[str] = [each["Status"] for each in answer["Connections"]]
    return statuses[0] if statuses else None
