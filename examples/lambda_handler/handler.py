"""An AWS Lambda function that deletes DMS connections before their endpoints are deleted.

It takes one connection,

    {"endpoint_arn": "arn:aws:dms:...", "replication_instance_arn": "arn:aws:dms:..."}

or all connections of some endpoints,

    {"endpoint_arns": ["arn:aws:dms:...", "arn:aws:dms:..."]}

and returns the outcome for each connection. It does not wait: a state machine calls it again for
`busy` connections. EventBridge may deliver an event twice, so a missing connection is no error.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

# Created once for each execution environment, so that warm invocations reuse its connections.
dms = boto3.client("dms", region_name=os.environ.get("AWS_REGION", "us-east-1"))


class Pair(TypedDict):
    """The two ARNs that name a connection."""

    endpoint_arn: str
    replication_instance_arn: str


class Summary(TypedDict):
    """The outcome for each connection of an event."""

    deleted: list[Pair]
    already_gone: list[Pair]
    busy: list[Pair]


def lambda_handler(event: Mapping[str, Any], _context: object = None) -> Summary:
    """Delete the connections that the event names.

    Args:
        event: See the module docstring.

    Raises:
        ValueError: The event names no connections.
        botocore.exceptions.ClientError: DMS refused for a reason that a retry cannot fix.
    """
    summary = Summary(deleted=[], already_gone=[], busy=[])
    for pair in _pairs(event):
        summary[_delete(pair)].append(pair)
    logger.info("%s", summary)
    return summary


def _delete(pair: Pair) -> Literal["deleted", "already_gone", "busy"]:
    try:
        dms.delete_connection(
            EndpointArn=pair["endpoint_arn"],
            ReplicationInstanceArn=pair["replication_instance_arn"],
        )
    except dms.exceptions.ResourceNotFoundFault:
        return "already_gone"
    except dms.exceptions.InvalidResourceStateFault:
        return "busy"
    return "deleted"


def _pairs(event: Mapping[str, Any]) -> list[Pair]:
    """The connections of an event; DMS lists those of endpoints."""
    if event.get("endpoint_arns"):
        return _connections_of(event["endpoint_arns"])
    try:
        return [
            Pair(
                endpoint_arn=event["endpoint_arn"],
                replication_instance_arn=event["replication_instance_arn"],
            )
        ]
    except KeyError as missing:
        message = f"the event has neither endpoint_arns nor {missing}"
        raise ValueError(message) from None


def _connections_of(endpoint_arns: list[str]) -> list[Pair]:
    pages = dms.get_paginator("describe_connections").paginate(
        Filters=[{"Name": "endpoint-arn", "Values": endpoint_arns}]
    )
    try:
        return [
            Pair(
                endpoint_arn=each["EndpointArn"],
                replication_instance_arn=each["ReplicationInstanceArn"],
            )
            for page in pages
            for each in page["Connections"]
        ]
    except dms.exceptions.ResourceNotFoundFault:  # no connection matches
        return []
