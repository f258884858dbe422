"""Retire a connection of AWS DMS: delete it, and wait until it is gone.

The answer to a deletion can get lost: the network fails, or the answer arrives after the client's
read time-out. DMS still deletes the connection. botocore retries, and DMS refuses the second
DeleteConnection, because the connection is `deleting` or gone. `retire_naively` treats this as a
failure; `retire` checks the state of the connection.
"""

from __future__ import annotations

import time
from typing import Any, TypeAlias

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

POLLS = 60
INTERVAL = 5.0

DmsClient: TypeAlias = Any  # with boto3-stubs[dms]: mypy_boto3_dms.DatabaseMigrationServiceClient


def retire_naively(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> None:
    """The first version of `retire`, kept to show the bug that its tests found."""
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
        ClientError: AWS refuses, and the connection is not being deleted.
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
        TimeoutError: It still exists after five minutes.
    """
    for _ in range(POLLS):
        if status_of(client, endpoint_arn, replication_instance_arn) is None:
            return
        time.sleep(INTERVAL)
    message = f"{endpoint_arn} @ {replication_instance_arn} is still there"
    raise TimeoutError(message)


def status_of(client: DmsClient, endpoint_arn: str, replication_instance_arn: str) -> str | None:
    """Look up the current status of the connection; None if it is gone."""
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
