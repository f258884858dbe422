"""Connections: what a test holds of them, and the registry keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.resource import Resource

if TYPE_CHECKING:
    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.resources import Endpoint, ReplicationInstance
    from pytest_dmsconn.dms.status import Status


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Connection(Resource):
    """A live view of one life of a connection between an endpoint and a replication instance.

    It follows what happens: `status` is always the present one. Once gone, the connection stays
    gone; a later TestConnection of the same pair makes another (fidelity row D8).

    Attributes:
        status: a `Status`, which equals AWS's string; `deleted` once it is gone.
        last_failure_message: why the last test failed, or None.
    """

    endpoint: Endpoint
    replication_instance: ReplicationInstance
    number: int
    status: Status
    last_failure_message: str | None = None

    @property
    def endpoint_arn(self) -> str:
        """The ARN of the endpoint."""
        return self.endpoint.arn

    @property
    def replication_instance_arn(self) -> str:
        """The ARN of the replication instance."""
        return self.replication_instance.arn

    @property
    def endpoint_identifier(self) -> str:
        """The name of the endpoint."""
        return self.endpoint.identifier

    @property
    def replication_instance_identifier(self) -> str:
        """The name of the replication instance, lowercase."""
        return self.replication_instance.identifier

    @property
    def scope(self) -> Scope:
        """Region and account, which both ends share."""
        return self.endpoint.scope

    @property
    def pair(self) -> tuple[str, str]:
        """Endpoint ARN and replication instance ARN: the key of a connection."""
        return (self.endpoint.arn, self.replication_instance.arn)

    @property
    def arns(self) -> dict[str, str]:
        """Keyword arguments of the API calls: `client.delete_connection(**connection.arns)`."""
        return {
            "EndpointArn": self.endpoint.arn,
            "ReplicationInstanceArn": self.replication_instance.arn,
        }

    @property
    def name(self) -> str:
        """A short name for people: both identifiers."""
        return f"{self.endpoint.identifier} @ {self.replication_instance.identifier}"

    def to_dict(self) -> dict[str, Any]:
        """AWS's `Connection` structure."""
        structure = {
            "ReplicationInstanceArn": self.replication_instance.arn,
            "EndpointArn": self.endpoint.arn,
            "Status": self.status.value,
            "EndpointIdentifier": self.endpoint.identifier,
            "ReplicationInstanceIdentifier": self.replication_instance.identifier,
        }
        if self.last_failure_message is not None:  # D1
            structure["LastFailureMessage"] = self.last_failure_message
        return structure

    def __repr__(self) -> str:
        return f"<Connection {self.name} {self.status}>"
