"""Describe operations: filters for requests, and readers for answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn import Connection

FAILURE_FORM = re.compile(
    r"Test Endpoint failed: Application-Status: 1020912, Application-Message: .+"
)
"""The form of `LastFailureMessage` after a failed test (T6)."""


# Requests


def by_endpoint(*connections: Connection) -> dict[str, Any]:
    return {"Name": "endpoint-arn", "Values": [one.endpoint_arn for one in connections]}


def by_instance(*connections: Connection) -> dict[str, Any]:
    return {
        "Name": "replication-instance-arn",
        "Values": [one.replication_instance_arn for one in connections],
    }


def only(name: str, *values: str) -> dict[str, Any]:
    """Keyword arguments of a Describe operation with one filter."""
    return {"Filters": [{"Name": name, "Values": list(values)}]}


# Answers


def pairs(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The keys of the connections on a page."""
    return [(one["EndpointArn"], one["ReplicationInstanceArn"]) for one in answer["Connections"]]


def keys(connections: Sequence[Connection]) -> list[tuple[str, str]]:
    """The value of `pairs` for these connections."""
    return [(one.endpoint_arn, one.replication_instance_arn) for one in connections]


def identifiers(answer: Mapping[str, Any]) -> list[str]:
    """The names of the endpoints or instances on a page."""
    if "Endpoints" in answer:
        return [one["EndpointIdentifier"] for one in answer["Endpoints"]]
    return [one["ReplicationInstanceIdentifier"] for one in answer["ReplicationInstances"]]


def polled(dms_client: Any, connection: Connection) -> str:
    """The status that one description of a connection reports."""
    answer = dms_client.describe_connections(Filters=[by_endpoint(connection)])
    status: str = answer["Connections"][0]["Status"]
    return status
