"""The things a registry holds: connections, endpoints, replication instances.

They are frozen: a test reads them, and only `lifecycle` and `registry` change them, so every
change of a status can be found in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_dmsconn.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.arns import Scope
    from pytest_dmsconn.creation_order import Ordered
    from pytest_dmsconn.lifecycle import Lifecycle

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class Status(str, Enum):
    """What DMS calls the states of a connection; equals, prints and formats as AWS's string."""

    SUCCESSFUL = "successful"
    TESTING = "testing"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"
    """The connection is gone. Never sent over the wire."""

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]  # names its parameter otherwise


SEEDABLE_STATUSES = (Status.SUCCESSFUL, Status.TESTING, Status.FAILED, Status.DELETING)

DELETED_STATUSES = (Status.DELETING, Status.DELETED)

ACTIVE = "active"
AVAILABLE = "available"
CREATING = "creating"

ENDPOINT_DEFAULTS: Mapping[str, Any] = {"EndpointType": "source", "EngineName": "mysql"}
REPLICATION_INSTANCE_DEFAULTS: Mapping[str, Any] = {
    "ReplicationInstanceClass": "dms.t3.medium",
    "EngineVersion": "3.5.4",
}


class Resource:
    """What connections, endpoints and replication instances have in common."""

    __slots__ = ()

    if TYPE_CHECKING:
        # For type checkers only: at run time a dataclass would take these for defaults.
        @property
        def scope(self) -> Scope:
            """Region and account."""

        @property
        def number(self) -> int:
            """Rises with every resource of its kind."""

        @property
        def status(self) -> str:
            """AWS's word for its state; `deleted` once it is gone."""

        def to_dict(self) -> dict[str, Any]:
            """AWS's structure."""

    @property
    def region(self) -> str:
        """The region that its ARNs name."""
        return self.scope.region

    @property
    def account_id(self) -> str:
        """The account that its ARNs name."""
        return self.scope.account_id

    @property
    def deleted(self) -> bool:
        """Whether it is being deleted or gone, whatever the cause."""
        return self.status in DELETED_STATUSES


class NamedResource(Resource):
    """What endpoints and replication instances have in common.

    A registry of 100,000 connections has twice as many of these. So a generated identifier is not
    kept but made of the number when it is read, and a connection that has no other beside it is
    kept without a tuple around it.
    """

    __slots__ = ()

    GENERATED_NAME: ClassVar[str]
    """What generated identifiers begin with."""

    if TYPE_CHECKING:

        @property
        def given_identifier(self) -> str | None:
            """The identifier; None if it is generated."""

        @property
        def linked(self) -> Connection | Ordered[Connection]:
            """The connections, as `link` has written them."""

    @property
    def identifier(self) -> str:
        """Its name; an instance's is lowercase."""
        if self.given_identifier is None:
            return f"{self.GENERATED_NAME}-{self.number}"
        return self.given_identifier

    @property
    def connections(self) -> Ordered[Connection]:
        """Its connections, in order of creation."""
        linked = self.linked
        return (linked,) if isinstance(linked, Connection) else linked


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Endpoint(NamedResource):
    """A DMS endpoint.

    Attributes:
        arn: its ARN.
        identifier: its name.
        status: AWS's word, usually `active` or `deleting`; `deleted` once it is gone.
        connections: its connections, in order of creation.
    """

    GENERATED_NAME = "endpoint"

    arn: str
    given_identifier: str | None
    scope: Scope
    number: int
    status: str = ACTIVE
    members: Mapping[str, Any] | None = None
    linked: Connection | Ordered[Connection] = ()

    @property
    def available(self) -> bool:
        """Whether a connection to it can be tested."""
        return self.status == ACTIVE

    def member(self, name: str) -> object:
        """A member of AWS's structure, given or by default."""
        return (self.members or {}).get(name, ENDPOINT_DEFAULTS.get(name))

    def to_dict(self) -> dict[str, Any]:
        """AWS's `Endpoint` structure."""
        return {
            "EndpointIdentifier": self.identifier,
            **ENDPOINT_DEFAULTS,
            **(self.members or {}),
            "Status": str(self.status),
            "EndpointArn": self.arn,
        }

    def __repr__(self) -> str:
        return f"<Endpoint {self.identifier} {self.status} {self.arn}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReplicationInstance(NamedResource):
    """A DMS replication instance.

    Attributes:
        arn: its ARN.
        identifier: its name, lowercase.
        status: AWS's word, usually `available`, `creating` or `deleting`; `deleted` once gone.
        connections: its connections, in order of creation.
    """

    GENERATED_NAME = "instance"

    arn: str
    given_identifier: str | None
    scope: Scope
    number: int
    _lifecycle: Lifecycle
    status: str = AVAILABLE
    members: Mapping[str, Any] | None = None
    linked: Connection | Ordered[Connection] = ()

    @property
    def available(self) -> bool:
        """Whether connections can be tested from it."""
        return self.status == AVAILABLE

    def set_available(self) -> None:
        """Make it `available`, as DMS does once creating or modifying it has ended.

        Raises:
            UsageError: it is being deleted or gone.
        """
        self._lifecycle.set_available(self)

    def member(self, name: str) -> object:
        """A member of AWS's structure, given or by default."""
        return (self.members or {}).get(name, REPLICATION_INSTANCE_DEFAULTS.get(name))

    def to_dict(self) -> dict[str, Any]:
        """AWS's `ReplicationInstance` structure."""
        return {
            "ReplicationInstanceIdentifier": self.identifier,
            **REPLICATION_INSTANCE_DEFAULTS,
            **(self.members or {}),
            "ReplicationInstanceStatus": str(self.status),
            "ReplicationInstanceArn": self.arn,
        }

    def __repr__(self) -> str:
        return f"<ReplicationInstance {self.identifier} {self.status} {self.arn}>"


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


def change(resource: Resource, **values: object) -> None:
    """Write to a frozen resource; for `registry` (what is linked) and `lifecycle` (the rest)."""
    for name, value in values.items():
        object.__setattr__(resource, name, value)


def link(end: NamedResource, connections: Ordered[Connection]) -> None:
    """Write the connections of an endpoint or an instance; for `registry`."""
    alone = isinstance(connections, tuple) and len(connections) == 1
    change(end, linked=next(iter(connections)) if alone else connections)


def check_status(status: object) -> Status:
    """Return the `Status` that can be seeded under that name, else raise `UsageError`."""
    if isinstance(status, str) and status in SEEDABLE_STATUSES:
        return Status(status)
    allowed = ", ".join(repr(one.value) for one in SEEDABLE_STATUSES)
    msg = f"status={status!r} is not the status of a connection. Allowed: {allowed}."
    raise UsageError(msg)
