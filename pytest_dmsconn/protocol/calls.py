"""Records of the calls that a fake answered."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_dmsconn.dms.resources import Connection
from pytest_dmsconn.protocol.aws_json import is_about_pair
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.protocol.fault_injection import Fault

MAX_PARAMS_LENGTH = 100


class RecordedAnswer(NamedTuple):
    """A recorded answer. The items of its list are pickled, so that equal ones can be shared."""

    members: Mapping[str, Any]
    """The members, without the list."""
    list_name: str = ""
    items: tuple[bytes, ...] | None = None

    def read(self) -> dict[str, Any]:
        """The answer as it was sent."""
        if self.items is None:
            return dict(self.members)
        listed = [pickle.loads(one) for one in self.items]  # noqa: S301 - pickled by the fake
        return {self.list_name: listed, **self.members}


@dataclass(repr=False)
class Call:
    """One attempt of a client that reached the fake.

    Attributes:
        operation: its name, such as `DeleteConnection`.
        params: its parameters, by AWS's names.
        region: the region of the caller.
        account_id: the account of the caller.
        transport: `botocore`, `aiobotocore`, `requests` or `server`.
        attempt: the number of the client's attempt, from 1.
        status_code: the HTTP status; None if the answer was lost to a transport failure.
        response: the decoded answer or error; None if it was lost.
        error_code: the code of the error or the name of the failure; None on success.
    """

    operation: str
    params: Mapping[str, Any]
    region: str
    account_id: str
    transport: str
    attempt: int
    status_code: int | None
    error_code: str | None
    # Without an annotation it is not a field: syrupy shows all fields.
    answer = None  # type: RecordedAnswer | None

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The decoded answer or error; None if it was lost."""
        return None if self.answer is None else self.answer.read()

    @property
    def listed(self) -> int | None:
        """The number of items in the answer's list; None if it has no list."""
        if self.answer is None or self.answer.items is None:
            return None
        return len(self.answer.items)

    def to_dict(self) -> dict[str, Any]:
        """All attributes by their names."""
        stored = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**stored, "response": self.response}

    def __repr__(self) -> str:
        params = quoted(dict(self.params), MAX_PARAMS_LENGTH)
        return f"<Call {self.operation} {params}: {self.error_code or self.status_code}>"


class Deletion(NamedTuple):
    """One attempt to delete a connection.

    Attributes:
        endpoint_arn: the endpoint in the parameters; empty if there is none.
        replication_instance_arn: the replication instance in the parameters; empty likewise.
        connection: the connection of that pair, or the last one; None if it never had one.
        succeeded: whether the deletion took effect, even if the answer was lost.
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
        """The ARNs of the endpoint and the replication instance: the key of a connection."""
        return (self.endpoint_arn, self.replication_instance_arn)

    def __repr__(self) -> str:
        named = self.connection.name if self.connection else " @ ".join(self.pair)
        ending = "succeeded" if self.succeeded else "refused"
        if self.error_code:
            ending += f" ({self.error_code})"
        return f"<Deletion {escaped(named, MAX_PARAMS_LENGTH)}: {ending}>"


class Record(NamedTuple):
    """A call, and its effect."""

    call: Call
    connection: Connection | None
    """The connection of the pair in the parameters, or the last one."""
    took_effect: bool
    fault: Fault | None
    now: float
    """The virtual second at which the operation ran."""

    @property
    def deletion(self) -> Deletion | None:
        """The call as an attempt to delete a connection, if it is one."""
        call = self.call
        if call.operation != "DeleteConnection":
            return None
        return Deletion(*self.pair, self.connection, self.took_effect, call.error_code, call)

    def is_about(self, one: Connection | tuple[str, str]) -> bool:
        """Whether the call is about a connection, or about any connection of a pair of ARNs."""
        if not isinstance(one, Connection):
            return is_about_pair(self.call.operation, self.call.params, one)
        if self.call.operation == "DescribeConnections":
            return is_about_pair(self.call.operation, self.call.params, one.pair)
        return self.connection is one

    @property
    def pair(self) -> tuple[str, str]:
        """The two ARNs in the parameters; empty strings for those that are missing."""
        endpoint_arn = self.call.params.get("EndpointArn")
        instance_arn = self.call.params.get("ReplicationInstanceArn")
        return (
            endpoint_arn if isinstance(endpoint_arn, str) else "",
            instance_arn if isinstance(instance_arn, str) else "",
        )


@dataclass(frozen=True)
class BlockedCall:
    """A call to AWS that was blocked."""

    what: str
    """The operation and the host."""
    calls: int
    """The number of calls that the fake had answered before."""
    line: str | None
    """The file and line that made the call; None for a call over the server."""
