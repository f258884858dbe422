"""What arrived at a fake, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.protocol.fault_injection import Fault


class Call(NamedTuple):
    """One attempt that reached the fake.

    Attributes:
        operation: its name, such as `DeleteConnection`.
        params: its parameters, by AWS's names.
        region: the region it was made in.
        account_id: the account it was made for.
        transport: `botocore`, `aiobotocore`, `requests` or `server`.
        attempt: which attempt of the client it was, from 1.
        status_code: the HTTP status; None if the answer was lost to a transport failure.
        response: the decoded answer, of an error too; None if it was lost.
        error_code: the code of the error or the name of the failure; None on success.
    """

    operation: str
    params: Mapping[str, Any]
    region: str
    account_id: str
    transport: str
    attempt: int
    status_code: int | None
    response: Mapping[str, Any] | None
    error_code: str | None


class Deletion(NamedTuple):
    """One attempt to delete a connection.

    Attributes:
        endpoint_arn: the endpoint that was named; empty if none was.
        replication_instance_arn: the replication instance that was named; likewise.
        connection: the connection of that pair, or its last life; None if it never had one.
        succeeded: whether it took effect, even if the answer was lost.
        error_code: as in `Call`.
        call: the call itself.
    """

    endpoint_arn: str
    replication_instance_arn: str
    connection: Connection | None
    succeeded: bool
    error_code: str | None
    call: Call

    @property
    def pair(self) -> tuple[str, str]:
        """The key of the connection that was named."""
        return (self.endpoint_arn, self.replication_instance_arn)


class Record(NamedTuple):
    """A call with what only the fake knows of it."""

    call: Call
    connection: Connection | None
    """The connection that the call names, or its last life."""
    took_effect: bool
    fault: Fault | None
    """The injected fault that it met."""
    now: float
    """The virtual time at which it was answered."""

    @property
    def deletion(self) -> Deletion | None:
        """The call as an attempt to delete a connection, if it is one."""
        call = self.call
        if call.operation != "DeleteConnection":
            return None
        named = (call.params.get(name) for name in ("EndpointArn", "ReplicationInstanceArn"))
        endpoint_arn, instance_arn = (arn if isinstance(arn, str) else "" for arn in named)
        return Deletion(
            endpoint_arn,
            instance_arn,
            self.connection,
            self.took_effect,
            call.error_code,
            call,
        )


def named_pair(parameters: Mapping[str, Any]) -> tuple[str, str] | None:
    """The pair of ARNs that the parameters of a call name directly."""
    endpoint_arn = parameters.get("EndpointArn")
    instance_arn = parameters.get("ReplicationInstanceArn")
    if isinstance(endpoint_arn, str) and isinstance(instance_arn, str):
        return endpoint_arn, instance_arn
    return None


@dataclass(frozen=True, slots=True)
class BlockedCall:
    """A call to AWS that was stopped."""

    what: str
    """Operation and host, for people."""
