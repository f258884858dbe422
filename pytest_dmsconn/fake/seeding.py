"""What a test puts into a fake, and changes under the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import (
    check_account_id,
    check_flag,
    check_text,
    check_whole_number,
)
from pytest_dmsconn.dms import seeds
from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance, Resource
from pytest_dmsconn.dms.rollback import all_or_nothing
from pytest_dmsconn.dms.status import AVAILABLE, CREATING, SeedableStatus, Status, check_status
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.fake import loading
from pytest_dmsconn.protocol.routing import access_key_of
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pytest_dmsconn.protocol.dispatch import FakeService


class Seeding:
    """The part of `FakeDms` that says what there is."""

    service: FakeService

    def add_connection(  # noqa: PLR0913 - one keyword for each thing that a seed can say
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
            endpoint_arn: the ARN of the endpoint; generated if not given.
            replication_instance_arn: the ARN of the instance; generated if not given.
            endpoint_identifier: the endpoint's name. Without an ARN it names the endpoint of that
                identifier in that region and account, and makes it if there is none.
            replication_instance_identifier: likewise the instance's, at most 63 characters;
                stored in lower case.
            status: `successful`, `failed`, `testing` or `deleting`. The last two progress as if
                a call had begun them.
            last_failure_message: why its last test failed; a `failed` connection without one
                gets one in the form of the real ones (fidelity row T6).
            region: the region of both ends; read from the ARNs where they are given.
            account_id: the account of both ends, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, the ends contradict each other or what is known
                of their ARNs, or the connection exists already. Nothing is changed then.

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
        """Seed `count` connections alike, each with generated values of its own.

        Args:
            count: how many, 0 or more.
            same: keywords of `add_connection` that hold for all of them.

        Raises:
            UsageError: as for `add_connection`; then none of them is added.
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
                msg = f"FakeDms.add_connections() has no keyword argument {name!r}.{hint}"
                raise TypeError(msg)
        seed = seeds.read_connection(self.service.scope, **same)
        lifecycle = self.service.lifecycle
        return all_or_nothing(
            lifecycle, lambda _: [seeds.add_connection(lifecycle, seed) for _ in range(checked)]
        )

    def add_endpoint(
        self,
        identifier: str | None = None,
        *,
        arn: str | None = None,
        members: Mapping[str, Any] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> Endpoint:
        """Seed an endpoint that has no connection yet.

        Args:
            identifier: its name; generated if not given.
            arn: its ARN; generated if not given.
            members: further members of AWS's `Endpoint` structure, by AWS's names. Unless they
                say otherwise it is a `mysql` `SOURCE`, and `active`. Passwords are left out, as
                DMS leaves them out of its answers.
            region: its region; read from the ARN where that is given.
            account_id: its account, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, or an endpoint of that ARN or name exists.

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
        lifecycle = self.service.lifecycle
        return all_or_nothing(lifecycle, lambda _: seeds.add_named(lifecycle, seed))

    def add_replication_instance(  # noqa: PLR0913 - one keyword for each thing that can be said
        self,
        identifier: str | None = None,
        *,
        arn: str | None = None,
        available: bool = True,
        members: Mapping[str, Any] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> ReplicationInstance:
        """Seed a replication instance that has no connection yet.

        Args:
            identifier: its name, at most 63 characters; generated if not given.
            arn: its ARN; generated if not given.
            available: False leaves it `creating` until its `set_available()` is called.
            members: further members of AWS's `ReplicationInstance` structure, by AWS's names.
                Unless they say otherwise its class is `dms.t3.medium`.
            region: its region; read from the ARN where that is given.
            account_id: its account, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, or an instance of that ARN or name exists.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     dms.add_replication_instance("nightly", available=False).status
            'creating'
        """
        check_flag("available", available)
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
        lifecycle = self.service.lifecycle
        return all_or_nothing(lifecycle, lambda _: seeds.add_named(lifecycle, seed))

    def remove_connection(self, connection: Connection) -> None:
        """Remove a connection at once, as if somebody else had deleted it.

        Raises:
            UsageError: it is not a connection of this fake, or it is gone.
        """
        self._remove(connection, Connection)

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        """Remove an endpoint at once, and its connections with it (fidelity row E1).

        Raises:
            UsageError: it is not an endpoint of this fake, or it is gone.
        """
        self._remove(endpoint, Endpoint)

    def remove_replication_instance(self, instance: ReplicationInstance) -> None:
        """Remove a replication instance at once, and its connections with it (E1).

        Raises:
            UsageError: it is not a replication instance of this fake, or it is gone.
        """
        self._remove(instance, ReplicationInstance)

    def set_status(
        self,
        connection: Connection,
        status: SeedableStatus,
        *,
        last_failure_message: str | None = None,
    ) -> None:
        """Give a connection another status, as if the world changed under the code.

        Args:
            connection: one that exists, being deleted included.
            status: `successful`, `failed`, `testing` (also a test that DMS started, T7) or
                `deleting`; the last two progress as if a call had begun them.
            last_failure_message: as for `add_connection`; an earlier one is gone.

        Raises:
            UsageError: the status is not allowed, or the connection is gone.
        """
        checked = check_status(status)
        check_text("last_failure_message", last_failure_message)
        with self.service.registry.lock:
            self._require(connection, Connection)
            self.service.lifecycle.set_status(connection, checked, last_failure_message)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> list[Connection]:
        """Seed from what `aws dms describe-connections` prints.

        Args:
            source: a path to a JSON file, or a mapping: the answer of `describe-connections`,
                `describe-endpoints` or `describe-replication-instances`, or several merged.
                An endpoint or instance that exists gets the members that are loaded.

        Returns:
            The connections that were loaded, in their order.

        Raises:
            UsageError: the source cannot be read, or an entry is not allowed; the message names
                the file and the entry, and nothing is changed.
        """
        return loading.load(self.service, source)

    def dump(self) -> dict[str, Any]:
        """The registry as one mapping; `load` restores it, `json.dump` writes it to a file."""
        return loading.dump(self.service)

    def credentials(self, account_id: str) -> dict[str, Any]:
        """Keyword arguments for a boto3 or botocore client that acts in another account.

        Args:
            account_id: 12 digits. The access key names it, in the form of AWS's keys. A key
                that is an account's 12 digits names it, too; any other acts in the default one.

        Raises:
            UsageError: it is not a string of 12 digits.
        """
        return {
            "aws_access_key_id": access_key_of(check_account_id(account_id)),
            "aws_secret_access_key": "fake",
        }

    def _remove(self, resource: Resource, kind: type[Resource]) -> None:
        with self.service.registry.lock:
            self._require(resource, kind)
            self.service.lifecycle.remove(resource)

    def _require(self, resource: Resource, kind: type[Resource]) -> None:
        if not isinstance(resource, kind):
            raise UsageError(f"{quoted(resource)} is not a {kind.__name__} of this fake.")
        if not self.service.registry.holds(resource):
            raise UsageError(f"{resource!r} is not in this fake's registry (any more).")
