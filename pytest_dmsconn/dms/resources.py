"""Connections, endpoints and replication instances: what a test holds and the registry keeps.

A test reads them. Only `lifecycle` and `registry` change them.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pytest_dmsconn.dms.arns import ResourceType, Scope
from pytest_dmsconn.dms.live_view import LiveView
from pytest_dmsconn.dms.status import ACTIVE, AVAILABLE, Status
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.dms.lifecycle import Lifecycle


class _NamedResource(LiveView):
    """What endpoints and replication instances have in common."""

    RESOURCE_TYPE: ClassVar[ResourceType]
    STRUCTURE: ClassVar[str]
    """AWS's structure for it; the members below are those with a meaning for the fake."""
    ARN_MEMBER: ClassVar[str]
    IDENTIFIER_MEMBER: ClassVar[str]
    STATUS_MEMBER: ClassVar[str]
    AVAILABLE_STATUS: ClassVar[str]
    """The status in which connections can be tested."""
    GENERATED_NAME: ClassVar[str]
    DEFAULTS: ClassVar[Mapping[str, Any]]
    """The members that it has unless others are given."""

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
    """Rises with every resource that the registry makes."""
    status: str
    members: Mapping[str, Any] | None
    """The members of AWS's structure that were given."""
    lifecycle: Lifecycle
    linked: Connection | list[Connection] | None
    """Its connections. Most have one, which is kept without the 64 bytes of a list."""

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
        """The member `name` of AWS's structure, given or by default."""
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
        status: AWS's word, usually `active` or `deleting`; `deleted` once it is gone.
        deleted: whether it is being deleted or gone, whatever the cause.

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
        status: AWS's word, usually `available`, `creating` or `deleting`; `deleted` once gone.
        deleted: whether it is being deleted or gone, whatever the cause.

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
        """Make it `available`, as DMS does once creating or modifying it has ended.

        Raises:
            UsageError: it is being deleted or gone.
        """
        self.lifecycle.set_available(self)


class Connection(LiveView):
    """A live view of one life of a connection between an endpoint and a replication instance.

    `status` is always the present one. Once gone, the connection stays gone; a later
    TestConnection of the same pair makes another (fidelity row D8).

    Attributes:
        status: a `Status`, which equals AWS's string; `deleted` once it is gone.
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
    """Write to a frozen resource; for `registry` (what is linked) and `lifecycle` (the rest)."""
    for name, value in values.items():
        object.__setattr__(resource, name, value)
