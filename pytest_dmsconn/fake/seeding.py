"""The part of `FakeDms` that seeds resources and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import check_flag, check_text, check_whole_number
from pytest_dmsconn.dms import seeding, seeds
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, Resource
from pytest_dmsconn.dms.status import AVAILABLE, CREATING, SeedableStatus, Status, check_status
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.fake import loading
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    import os

    from pytest_dmsconn.protocol.dispatch import FakeService


EXPECTED: Mapping[type[Resource], str] = {
    Connection: "a Connection, such as one of FakeDms.connections",
    Endpoint: "an Endpoint, such as one of FakeDms.endpoints",
    ReplicationInstance: "a ReplicationInstance, such as one of FakeDms.replication_instances",
}


class Seeding:
    """The methods of `FakeDms` that seed resources and change them."""

    service: FakeService

    def add_connection(  # noqa: PLR0913 - one keyword for each property of a seed
        self,
        endpoint_arn: str | None = None,
        replication_instance_arn: str | None = None,
        *,
        endpoint_identifier: str | None = None,
        replication_instance_identifier: str | None = None,
        status: SeedableStatus = Status.SUCCESSFUL,
        last_failure_message: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> Connection:
        """Seed a connection, with its endpoint and its replication instance.

        Args:
            endpoint_arn: the ARN of the endpoint. The default is a generated ARN.
            replication_instance_arn: the ARN of the instance. The default is a generated ARN.
            endpoint_identifier: the identifier of the endpoint. Without an ARN, it selects the
                endpoint with this identifier in the region and account, or creates it.
            replication_instance_identifier: the same for the instance. It has at most 63
                characters, and is stored in lower case.
            status: `successful`, `failed`, `testing` or `deleting`. `testing` and `deleting` end
                as if a call had started them.
            last_failure_message: why the last test failed. The default for `failed` is a message
                in the form of AWS's messages (fidelity row T6).
            region: the region of endpoint and instance. The default is that of a given ARN, else
                that of the fake.
            account_id: the account of endpoint and instance, 12 digits. The default is found in
                the same way.

        Raises:
            UsageError: a value is not allowed, the arguments contradict each other or a known
                resource, or the connection exists already. Nothing is changed then.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     stale = dms.add_connection(endpoint_identifier="orders", status="failed")
            >>> stale
            <Connection orders @ instance-1 failed>
        """
        (connection,) = self.add_connections(
            1,
            endpoint_arn=endpoint_arn,
            replication_instance_arn=replication_instance_arn,
            endpoint_identifier=endpoint_identifier,
            replication_instance_identifier=replication_instance_identifier,
            status=status,
            last_failure_message=last_failure_message,
            region=region,
            account_id=account_id,
        )
        return connection

    def add_connections(self, count: int, **same: Any) -> list[Connection]:
        """Seed several connections with the same arguments. Generated values differ.

        Args:
            count: the number of connections, 0 or more.
            same: keyword arguments of `add_connection`, for all connections.

        Raises:
            UsageError: as for `add_connection`. No connection is added then.
            TypeError: a keyword is not one of `add_connection`.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     nightly = dms.add_connections(3, replication_instance_identifier="nightly")
            ...     len(dms.connections), len(dms.replication_instances)
            (3, 1)
        """
        checked = check_whole_number("count", count)
        for name in same:
            if name not in loading.SEED_KEYWORDS:
                hint = did_you_mean(name, loading.SEED_KEYWORDS)
                msg = f"FakeDms.add_connections() has no keyword argument {quoted(name)}.{hint}"
                raise TypeError(msg)
        seed = seeds.read_connection(self.service.scope, **same)
        return seeding.add_connections(self.service.lifecycle, seed, checked)

    def add_endpoint(
        self,
        identifier: str | None = None,
        *,
        arn: str | None = None,
        members: Mapping[str, Any] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> Endpoint:
        """Seed an endpoint without connections.

        Args:
            identifier: its identifier. The default is a generated one.
            arn: its ARN. The default is a generated one.
            members: further members of AWS's `Endpoint` structure, by AWS's names. The defaults
                are the type `SOURCE`, the engine `mysql` and the status `active`. Passwords are
                checked and not stored, because DMS never returns them.
            region: its region. The default is that of the ARN, else that of the fake.
            account_id: its account, 12 digits. The default is found in the same way.

        Raises:
            UsageError: a value is not allowed, or an endpoint with this ARN or identifier exists.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     orders = dms.add_endpoint("orders", members={"EngineName": "postgres"})
            >>> orders.to_dict()["EngineName"]
            'postgres'
        """
        seed = seeds.read_named(
            self.service.scope,
            Endpoint,
            arn=arn,
            identifier=identifier,
            members=members,
            region=region,
            account_id=account_id,
        )
        return seeding.add_named(self.service.lifecycle, seed)

    def add_replication_instance(  # noqa: PLR0913 - one keyword for each property of a seed
        self,
        identifier: str | None = None,
        *,
        arn: str | None = None,
        available: bool = True,
        members: Mapping[str, Any] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> ReplicationInstance:
        """Seed a replication instance without connections.

        Args:
            identifier: its identifier, at most 63 characters. The default is a generated one.
            arn: its ARN. The default is a generated one.
            available: if False, its status is `creating` until its `set_available()` is called.
            members: further members of AWS's `ReplicationInstance` structure, by AWS's names.
                The default class is `dms.t3.medium`.
            region: its region. The default is that of the ARN, else that of the fake.
            account_id: its account, 12 digits. The default is found in the same way.

        Raises:
            UsageError: a value is not allowed, an instance with this ARN or identifier exists, or
                `available=False` comes with a status among the members.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     dms.add_replication_instance("nightly", available=False).status
            'creating'
        """
        check_flag("available", available)
        status = ReplicationInstance.STATUS_MEMBER
        if not available and isinstance(members, Mapping) and status in members:
            raise UsageError(f"available=False does not go with the member {status}. Give one.")
        seed = seeds.read_named(
            self.service.scope,
            ReplicationInstance,
            arn=arn,
            identifier=identifier,
            members=members,
            status=AVAILABLE if available else CREATING,
            region=region,
            account_id=account_id,
        )
        return seeding.add_named(self.service.lifecycle, seed)

    def remove_connection(self, connection: Connection) -> None:
        """Remove a connection immediately, without a call.

        Raises:
            UsageError: the argument is not a connection that exists in this fake.
        """
        self._remove(connection, Connection)

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        """Remove an endpoint and its connections immediately, without a call (fidelity row E1).

        Raises:
            UsageError: the argument is not an endpoint that exists in this fake.
        """
        self._remove(endpoint, Endpoint)

    def remove_replication_instance(self, instance: ReplicationInstance) -> None:
        """Remove a replication instance and its connections immediately, without a call (E1).

        Raises:
            UsageError: the argument is not a replication instance that exists in this fake.
        """
        self._remove(instance, ReplicationInstance)

    def set_status(
        self,
        connection: Connection,
        status: SeedableStatus,
        *,
        last_failure_message: str | None = None,
    ) -> None:
        """Change the status of a connection without a call.

        Args:
            connection: a connection that exists. One that is being deleted still exists.
            status: `successful`, `failed`, `testing` or `deleting`. `testing` is also a test that
                DMS started by itself (T7). `testing` and `deleting` end as if a call had started
                them.
            last_failure_message: as for `add_connection`. It replaces an earlier message.

        Raises:
            UsageError: the status is not allowed, or the connection is not in this fake's registry.
        """
        checked = check_status(status)
        check_text("last_failure_message", last_failure_message)
        with self.service.registry.lock:
            self._require(connection, Connection)
            self.service.lifecycle.set_status(connection, checked, last_failure_message)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> list[Connection]:
        """Seed from the output of `aws dms describe-connections`.

        Args:
            source: a path to a JSON file, or a mapping. It is the answer of
                `describe-connections`, `describe-endpoints` or `describe-replication-instances`,
                or several of them merged. The loaded members of an endpoint or instance that
                exists replace its members.

        Returns:
            The loaded connections, in the order of the source.

        Raises:
            UsageError: the source cannot be read, or an entry is not allowed. The message names
                the file and the entry. Nothing is changed then.
        """
        return loading.load(self.service, source)

    def dump(self) -> dict[str, Any]:
        """Return the registry as a mapping that `load` restores and `json.dump` can write."""
        return loading.dump(self.service)

    def _remove(self, resource: Resource, kind: type[Resource]) -> None:
        with self.service.registry.lock:
            self._require(resource, kind)
            self.service.lifecycle.remove(resource)

    def _require(self, resource: Resource, kind: type[Resource]) -> None:
        if not isinstance(resource, kind):
            raise UsageError(f"{quoted(resource)} is not allowed; it must be {EXPECTED[kind]}.")
        if not self.service.registry.holds(resource):
            raise UsageError(f"{resource!r} is not in this fake's registry.")
