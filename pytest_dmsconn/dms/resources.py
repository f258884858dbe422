"""Endpoints and replication instances: what a test holds of them, and the registry keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_dmsconn.dms.ordering import CreationOrder
from pytest_dmsconn.dms.resource import Resource, change
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.connection import Connection
    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.dms.ordering import Ordered

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class NamedResource(Resource):
    """What endpoints and replication instances have in common.

    A registry of 100,000 connections has twice as many of these. So a generated identifier is not
    kept but made of the number when it is read, and a connection that has no other beside it is
    kept without a tuple around it.
    """

    __slots__ = ()

    GENERATED_NAME: ClassVar[str]
    """What generated identifiers begin with."""
    DEFAULTS: ClassVar[Mapping[str, Any]]
    """The members of AWS's structure that it has if a test gives no others."""

    if TYPE_CHECKING:

        @property
        def given_identifier(self) -> str | None:
            """The identifier; None if it is generated."""

        @property
        def members(self) -> Mapping[str, Any] | None:
            """The members of AWS's structure that were given."""

        @property
        def linked(self) -> Connection | Ordered[Connection]:
            """The connections, as `link` has written them."""

    @property
    def identifier(self) -> str:
        """Its name; an instance's is lowercase."""
        if self.given_identifier is None:
            return f"{self.GENERATED_NAME}-{self.number}"
        return self.given_identifier

    def member(self, name: str) -> object:
        """A member of AWS's structure, given or by default."""
        return (self.members or {}).get(name, self.DEFAULTS.get(name))

    @property
    def connections(self) -> Ordered[Connection]:
        """Its connections, in order of creation."""
        linked = self.linked
        return linked if isinstance(linked, (tuple, CreationOrder)) else (linked,)


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
    DEFAULTS: ClassVar[Mapping[str, Any]] = {"EndpointType": "source", "EngineName": "mysql"}

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

    def to_dict(self) -> dict[str, Any]:
        """AWS's `Endpoint` structure."""
        return {
            "EndpointIdentifier": self.identifier,
            **self.DEFAULTS,
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
    DEFAULTS: ClassVar[Mapping[str, Any]] = {
        "ReplicationInstanceClass": "dms.t3.medium",
        "EngineVersion": "3.5.4",
    }

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

    def to_dict(self) -> dict[str, Any]:
        """AWS's `ReplicationInstance` structure."""
        return {
            "ReplicationInstanceIdentifier": self.identifier,
            **self.DEFAULTS,
            **(self.members or {}),
            "ReplicationInstanceStatus": str(self.status),
            "ReplicationInstanceArn": self.arn,
        }

    def __repr__(self) -> str:
        return f"<ReplicationInstance {self.identifier} {self.status} {self.arn}>"


def link(end: NamedResource, connections: Ordered[Connection]) -> None:
    """Write the connections of an endpoint or an instance; for `registry`."""
    if isinstance(connections, tuple) and len(connections) == 1:
        change(end, linked=connections[0])
    else:
        change(end, linked=connections)
