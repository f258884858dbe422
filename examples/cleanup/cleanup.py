"""Delete AWS DMS connections that are no longer needed.

    python cleanup.py --region eu-west-1 --match "tmp-*" --dry-run

Selects every connection whose last test failed, and with `--match` also those whose endpoint
identifier matches the pattern. Deletes them, and waits until they are gone.

Exit codes: 0 if all of them are gone, 1 if some could not be deleted, 2 if the connections could
not be listed or the command line was wrong.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

logger = logging.getLogger("dms-cleanup")

EXIT_DONE = 0
EXIT_SOME_LEFT = 1
EXIT_REFUSED = 2

#: The number of attempts if a connection is in the wrong state, or if there is no answer.
DELETE_ATTEMPTS = 5

DmsClient: TypeAlias = Any  # with boto3-stubs[dms]: mypy_boto3_dms.DatabaseMigrationServiceClient


@dataclass(frozen=True)
class Target:
    """A connection to delete, as it looked when it was listed."""

    endpoint_arn: str
    replication_instance_arn: str
    endpoint: str
    replication_instance: str
    status: str

    @classmethod
    def of(cls, connection: Mapping[str, str]) -> Target:
        """Read one connection of a DescribeConnections answer."""
        return cls(
            endpoint_arn=connection["EndpointArn"],
            replication_instance_arn=connection["ReplicationInstanceArn"],
            endpoint=connection["EndpointIdentifier"],
            replication_instance=connection["ReplicationInstanceIdentifier"],
            status=connection["Status"],
        )

    def __str__(self) -> str:
        """A readable name for logs."""
        return f"{self.endpoint} on {self.replication_instance}"


def find(client: DmsClient, pattern: str | None = None) -> list[Target]:
    """List the connections to delete.

    Args:
        client: A boto3 DMS client.
        pattern: Shell-style wildcards; matching endpoint identifiers are selected as well.
    """
    pages = client.get_paginator("describe_connections").paginate()
    connections = (Target.of(each) for page in pages for each in page["Connections"])
    return [
        each
        for each in connections
        if each.status == "failed" or (pattern is not None and fnmatchcase(each.endpoint, pattern))
    ]


def status_of(client: DmsClient, target: Target) -> str | None:
    """Look up the current status of a connection; None if it is gone."""
    try:
        answer = client.describe_connections(
            Filters=[
                {"Name": "endpoint-arn", "Values": [target.endpoint_arn]},
                {"Name": "replication-instance-arn", "Values": [target.replication_instance_arn]},
            ]
        )
    except client.exceptions.ResourceNotFoundFault:
        return None
    statuses: list[str] = [each["Status"] for each in answer["Connections"]]
    return statuses[0] if statuses else None


def delete(client: DmsClient, target: Target, interval: float) -> bool:
    """Delete a connection, and retry while the connection is busy.

    Args:
        client: A boto3 DMS client.
        target: The connection.
        interval: Seconds between two attempts.

    Returns:
        True if the connection is being deleted or gone; False if it could not be deleted.
    """
    status: str | None = target.status
    for attempt in range(DELETE_ATTEMPTS):
        if attempt:
            time.sleep(interval)
            status = status_of(client, target)
        if status in {None, "deleting"}:
            return True
        try:
            client.delete_connection(
                EndpointArn=target.endpoint_arn,
                ReplicationInstanceArn=target.replication_instance_arn,
            )
        except client.exceptions.ResourceNotFoundFault:
            logger.info("%s: somebody else has deleted it", target)
        except client.exceptions.InvalidResourceStateFault as fault:
            logger.warning("%s: cannot be deleted now: %s", target, fault)
            continue
        except ClientError as error:
            logger.error("%s: %s", target, error)  # noqa: TRY400  (as in main)
            return False
        except BotoCoreError as error:
            # DMS may have received the call; the next attempt checks the status first.
            logger.warning("%s: no answer: %s", target, error)
            continue
        return True
    logger.error("%s: given up after %d attempts", target, DELETE_ATTEMPTS)
    return False


def wait_until_gone(
    client: DmsClient, targets: Iterable[Target], interval: float, timeout: float
) -> list[Target]:
    """Poll until the connections no longer exist.

    Args:
        client: A boto3 DMS client.
        targets: The connections that are being deleted.
        interval: Seconds between two polls.
        timeout: Seconds to wait for all of them together.

    Returns:
        Those that are not being deleted, and those that still exist at the timeout.
    """
    deadline = time.monotonic() + timeout
    remaining = list(targets)
    left: list[Target] = []
    while True:
        statuses = [(each, status_of(client, each)) for each in remaining]
        remaining = [each for each, status in statuses if status == "deleting"]
        for each, status in statuses:
            if status not in {None, "deleting"}:
                logger.error("%s: is not being deleted, its status is %s", each, status)
                left.append(each)
        if not remaining or time.monotonic() + interval > deadline:
            break
        time.sleep(interval)
    for each in remaining:
        logger.error("%s: not gone after %g seconds", each, timeout)
    return left + remaining


def clean_up(
    client: DmsClient, targets: Sequence[Target], *, interval: float, timeout: float
) -> list[Target]:
    """Delete the connections and wait until they are gone.

    Args:
        client: A boto3 DMS client.
        targets: The result of `find`.
        interval: Seconds between two attempts, and between two polls.
        timeout: Seconds to wait for all of them together.

    Returns:
        The connections that could not be deleted.
    """
    going: list[Target] = []
    left: list[Target] = []
    for target in targets:
        (going if delete(client, target, interval) else left).append(target)
    return left + wait_until_gone(client, going, interval, timeout)


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="cleanup", description="Delete AWS DMS connections that are no longer needed."
    )
    parser.add_argument(
        "--match", metavar="PATTERN", help="also delete connections by their endpoint identifier"
    )
    parser.add_argument("--region", help="the AWS region (default: that of the environment)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument(
        "--interval", type=_seconds, default=5.0, help="seconds between two polls (default: 5)"
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=300.0, help="seconds to wait in all (default: 300)"
    )
    return parser.parse_args(argv)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        message = f"not a number of seconds: {text}"
        raise argparse.ArgumentTypeError(message)
    return seconds


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: The command line; `sys.argv` if None.

    Returns:
        The exit code.
    """
    options = parse(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        client = boto3.client("dms", region_name=options.region)
        targets = find(client, options.match)
        if options.dry_run:
            for target in targets:
                print(f"would delete {target} ({target.status})")
            return EXIT_DONE
        left = clean_up(client, targets, interval=options.interval, timeout=options.timeout)
    except (BotoCoreError, ClientError) as error:
        logger.error("%s", error)  # noqa: TRY400  (a traceback tells the user nothing more)
        return EXIT_REFUSED
    print(f"{len(targets) - len(left)} of {len(targets)} connections deleted")
    return EXIT_SOME_LEFT if left else EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
