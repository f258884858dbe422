"""Delete an AWS DMS replication instance and the endpoints that only it uses.

    python teardown.py nightly-loads --region eu-west-1

Deletes the connections of the instance, then the endpoints that no other instance is connected to,
then the instance, and waits for the end of each step.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger("dms-teardown")

DmsClient: TypeAlias = Any  # with boto3-stubs[dms]: mypy_boto3_dms.DatabaseMigrationServiceClient


class TeardownError(Exception):
    """The instance cannot be torn down."""


@dataclass(frozen=True)
class Report:
    """What a teardown did, in ARNs.

    Attributes:
        replication_instance: The instance that was deleted.
        deleted_endpoints: The endpoints that were deleted with it.
        kept_endpoints: The endpoints that other instances are connected to.
    """

    replication_instance: str
    deleted_endpoints: tuple[str, ...]
    kept_endpoints: tuple[str, ...]


def teardown(
    client: DmsClient, instance: str, *, delay: float = 15, max_attempts: int = 80
) -> Report:
    """Delete a replication instance, its connections, and the endpoints that only it uses.

    Args:
        client: A boto3 DMS client.
        instance: The ARN or the identifier of the replication instance.
        delay: Seconds between two polls.
        max_attempts: How many polls each step may take.

    Returns:
        What was deleted.

    Raises:
        TeardownError: There is no such instance, or its connections are not gone in time.
        botocore.exceptions.WaiterError: An endpoint or the instance is not gone in time.
        botocore.exceptions.ClientError: DMS refused.
    """
    waiting = {"Delay": delay, "MaxAttempts": max_attempts}
    instance_arn = find_instance(client, instance)
    deletable, shared = _endpoints(client, instance_arn)

    delete_connections(client, instance_arn, delay=delay, max_attempts=max_attempts)

    for arn in deletable:
        logger.info("deleting endpoint %s", arn)
        with suppress(client.exceptions.ResourceNotFoundFault):
            client.delete_endpoint(EndpointArn=arn)
    for arn in deletable:
        client.get_waiter("endpoint_deleted").wait(
            Filters=[{"Name": "endpoint-arn", "Values": [arn]}], WaiterConfig=waiting
        )

    logger.info("deleting replication instance %s", instance_arn)
    client.delete_replication_instance(ReplicationInstanceArn=instance_arn)
    client.get_waiter("replication_instance_deleted").wait(
        Filters=[{"Name": "replication-instance-arn", "Values": [instance_arn]}],
        WaiterConfig=waiting,
    )
    return Report(instance_arn, tuple(deletable), tuple(shared))


def find_instance(client: DmsClient, instance: str) -> str:
    """Look up the ARN of a replication instance by its ARN or its identifier.

    Raises:
        TeardownError: There is no such instance.
    """
    name = "replication-instance-arn" if instance.startswith("arn:") else "replication-instance-id"
    found: list[str] = []
    with suppress(client.exceptions.ResourceNotFoundFault):  # no instance matches
        answer = client.describe_replication_instances(
            Filters=[{"Name": name, "Values": [instance]}]
        )
        found = [each["ReplicationInstanceArn"] for each in answer["ReplicationInstances"]]
    if not found:
        message = f"there is no replication instance {instance}"
        raise TeardownError(message)
    return found[0]


def delete_connections(
    client: DmsClient, instance_arn: str, *, delay: float, max_attempts: int
) -> None:
    """Delete all connections of a replication instance and wait until they are gone.

    A connection under test is deleted after its test has ended.

    Raises:
        TeardownError: Some are still there after that many attempts.
    """
    for attempt in range(max_attempts):
        if attempt:
            time.sleep(delay)
        connections = _connections(client, instance_arn)
        if not connections:
            return
        for connection in connections:
            if connection["Status"] not in {"testing", "deleting"}:
                _delete_connection(client, connection)
    message = f"{instance_arn} still has connections"
    raise TeardownError(message)


def _delete_connection(client: DmsClient, connection: dict[str, str]) -> None:
    logger.info("deleting the connection to %s", connection["EndpointIdentifier"])
    # Another program may have deleted or tested it since the listing; the next listing shows this.
    with suppress(
        client.exceptions.ResourceNotFoundFault, client.exceptions.InvalidResourceStateFault
    ):
        client.delete_connection(
            EndpointArn=connection["EndpointArn"],
            ReplicationInstanceArn=connection["ReplicationInstanceArn"],
        )


def _connections(client: DmsClient, instance_arn: str) -> list[dict[str, str]]:
    pages = client.get_paginator("describe_connections").paginate(
        Filters=[{"Name": "replication-instance-arn", "Values": [instance_arn]}]
    )
    try:
        return [connection for page in pages for connection in page["Connections"]]
    except client.exceptions.ResourceNotFoundFault:  # no connection matches
        return []


def _endpoints(client: DmsClient, instance_arn: str) -> tuple[list[str], list[str]]:
    """The endpoints that only this instance uses, and the shared ones."""
    own: dict[str, None] = {}
    others: set[str] = set()
    for page in client.get_paginator("describe_connections").paginate():
        for connection in page["Connections"]:
            if connection["ReplicationInstanceArn"] == instance_arn:
                own[connection["EndpointArn"]] = None
            else:
                others.add(connection["EndpointArn"])
    return [arn for arn in own if arn not in others], [arn for arn in own if arn in others]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: The command line; `sys.argv` if None.

    Returns:
        0 if everything is gone, else 1.
    """
    parser = argparse.ArgumentParser(prog="teardown", description="Tear down a DMS instance.")
    parser.add_argument("instance", help="ARN or identifier of the replication instance")
    parser.add_argument("--region", help="the AWS region (default: that of the environment)")
    parser.add_argument("--delay", type=float, default=15, help="seconds between two polls")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        client = boto3.client("dms", region_name=options.region)
        report = teardown(client, options.instance, delay=options.delay)
    except (TeardownError, BotoCoreError, ClientError) as error:
        logger.error("%s", error)  # noqa: TRY400  (a traceback tells the user nothing more)
        return 1
    for arn in report.kept_endpoints:
        print(f"kept {arn}: another instance is connected to it")
    print(f"deleted {report.replication_instance}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
