"""Connections, endpoints and replication instances, as the registry stores them.

Tests get the same objects, and can only read them. `change` writes to them.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pytest_dmsconn.dms.arns import ResourceType, Scope
from pytest_dmsconn.dms.read_only import ReadOnlyResource
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE, Status
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.dms.lifecycle import Lifecycle


class _NamedResource(ReadOnlyResource):
    """The base class of endpoints and replication instances."""

    RESOURCE_TYPE: ClassVar[ResourceType]
    STRUCTURE: ClassVar[str]
    """The name of AWS's structure; the fake itself uses the three members below."""
    ARN_MEMBER: ClassVar[str]
    IDENTIFIER_MEMBER: ClassVar[str]
    STATUS_MEMBER: ClassVar[str]
    AVAILABLE_STATUS: ClassVar[str]
    """The status in which connections can be tested."""
    GENERATED_NAME: ClassVar[str]
    DEFAULTS: ClassVar[Mapping[str, Any]]
    """The members that it has if a seed does not give them."""

    __slots__ = (
        "arn",
        "identifier",
        "lifecycle",
        "linked",
        "members",
        "number",
        "scope",
        "status",
    )

    arn: str
    identifier: str
    scope: Scope
    number: int
    """Its place in the order of creation. Newer resources have higher numbers."""
    status: str
    members: Mapping[str, Any] | None
    """The members of AWS's structure that the seed gave."""
    lifecycle: Lifecycle
    linked: Connection | list[Connection] | None
    """Its connections. A single one is stored without a list, which saves 64 bytes."""

    def __init__(  # noqa: PLR0913, PLR0917 - one for each attribute
        self,
        arn: str,
        identifier: str,
        scope: Scope,
        number: int,
        status: str,
        members: Mapping[str, Any] | None,
        lifecycle: Lifecycle,
    ) -> None:
        """Make a resource without connections."""
        write = object.__setattr__
        write(self, "arn", arn)
        write(self, "identifier", identifier)
        write(self, "scope", scope)
        write(self, "number", number)
        write(self, "status", status)
        write(self, "members", members)
        write(self, "lifecycle", lifecycle)
        write(self, "linked", None)

    @property
    def available(self) -> bool:
        """Whether its connections can be tested."""
        return self.status == self.AVAILABLE_STATUS

    @property
    def connections(self) -> Sequence[Connection]:
        """Its connections, in order of creation."""
        if self.linked is None:
            return ()
        return self.linked if isinstance(self.linked, list) else (self.linked,)

    def member(self, name: str) -> Any:
        """The member `name` of AWS's structure, from the seed or by default."""
        return (self.members or {}).get(name, self.DEFAULTS.get(name))

    def to_dict(self) -> dict[str, Any]:
        """AWS's structure, as a copy."""
        return {
            self.IDENTIFIER_MEMBER: self.identifier,
            **self.DEFAULTS,
            **copy.deepcopy(dict(self.members or {})),
            self.STATUS_MEMBER: str(self.status),
            self.ARN_MEMBER: self.arn,
        }

    def __repr__(self) -> str:
        shown = map(escaped, (self.identifier, self.status, self.arn))
        return f"<{type(self).__name__} {' '.join(shown)}>"


class Endpoint(_NamedResource):
    """A DMS endpoint.

    Attributes:
        arn: its ARN.
        identifier: its name.
        status: AWS's status, usually `active` or `deleting`; `deleted` after it is gone.
        deleted: whether it is being deleted or is gone, for any reason.

    Example:
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms() as dms:
        ...     dms.add_endpoint("orders").status
        'active'
    """

    __slots__ = ()

    RESOURCE_TYPE: ClassVar[ResourceType] = ResourceType.ENDPOINT
    STRUCTURE: ClassVar[str] = "Endpoint"
    ARN_MEMBER: ClassVar[str] = "EndpointArn"
    IDENTIFIER_MEMBER: ClassVar[str] = "EndpointIdentifier"
    STATUS_MEMBER: ClassVar[str] = "Status"
    AVAILABLE_STATUS: ClassVar[str] = ACTIVE
    GENERATED_NAME: ClassVar[str] = "endpoint"
    DEFAULTS: ClassVar[Mapping[str, Any]] = {"EndpointType": "SOURCE", "EngineName": "mysql"}

    def to_dict(self) -> dict[str, Any]:
        """AWS's `Endpoint` structure, as a copy."""
        structure = _NamedResource.to_dict(self)
        structure["EndpointType"] = structure["EndpointType"].upper()  # N1
        return structure


class ReplicationInstance(_NamedResource):
    """A DMS replication instance.

    Attributes:
        arn: its ARN.
        identifier: its name, lowercase.
        status: AWS's status, usually `available`, `creating` or `deleting`; later `deleted`.
        deleted: whether it is being deleted or is gone, for any reason.

    Example:
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms() as dms:
        ...     instance = dms.add_replication_instance("nightly", available=False)
        ...     instance.set_available()
        >>> instance.status
        'available'
    """

    __slots__ = ()

    RESOURCE_TYPE: ClassVar[ResourceType] = ResourceType.REPLICATION_INSTANCE
    STRUCTURE: ClassVar[str] = "ReplicationInstance"
    ARN_MEMBER: ClassVar[str] = "ReplicationInstanceArn"
    IDENTIFIER_MEMBER: ClassVar[str] = "ReplicationInstanceIdentifier"
    STATUS_MEMBER: ClassVar[str] = "ReplicationInstanceStatus"
    AVAILABLE_STATUS: ClassVar[str] = AVAILABLE
    GENERATED_NAME: ClassVar[str] = "instance"
    DEFAULTS: ClassVar[Mapping[str, Any]] = {
        "ReplicationInstanceClass": "dms.t3.medium",
        "EngineVersion": "3.5.4",
    }

    def set_available(self) -> None:
        """Make it `available`, as DMS does after it has created or modified an instance.

        Raises:
            UsageError: it is being deleted, or is gone.
        """
        with self.lifecycle.registry.lock:
            self.lifecycle.set_available(self)


class Connection(ReadOnlyResource):
    """A connection between an endpoint and a replication instance.

    `status` is always current. After the deletion it stays `deleted`, because a later
    TestConnection of the same pair makes a new object (fidelity row D8).

    Attributes:
        status: a `Status`, which equals AWS's string; `deleted` after the connection is gone.
        last_failure_message: why the last test failed, or None.

    Example:
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms() as dms:
        ...     connection = dms.add_connection(status="failed")
        ...     dms.set_status(connection, "successful")
        >>> f"{connection.endpoint_identifier} is {connection.status}"
        'endpoint-1 is successful'
    """

    __slots__ = ("endpoint", "last_failure_message", "number", "replication_instance", "status")

    endpoint: Endpoint
    replication_instance: ReplicationInstance
    number: int
    status: Status
    last_failure_message: str | None

    def __init__(
        self,
        endpoint: Endpoint,
        replication_instance: ReplicationInstance,
        number: int,
        status: Status,
        last_failure_message: str | None = None,
    ) -> None:
        """Make a connection; the registry links it to both ends."""
        write = object.__setattr__
        write(self, "endpoint", endpoint)
        write(self, "replication_instance", replication_instance)
        write(self, "number", number)
        write(self, "status", status)
        write(self, "last_failure_message", last_failure_message)

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
        return f"<Connection {escaped(self.name)} {self.status}>"


Resource: TypeAlias = Connection | Endpoint | ReplicationInstance


def change(resource: Resource, **values: object) -> None:
    """Write to a read-only resource."""
    for name, value in values.items():
        object.__setattr__(resource, name, value)
