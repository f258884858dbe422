"""`FakeDms`: what a test seeds, looks at and asserts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn import connection_ends, explain, loading, seeding
from pytest_dmsconn.arns import Scope, check_account_id
from pytest_dmsconn.backend import OPERATIONS, Backend
from pytest_dmsconn.clock import Sleepers
from pytest_dmsconn.connection import (
    ACTIVE,
    Connection,
    Endpoint,
    ReplicationInstance,
    Status,
    check_status,
)
from pytest_dmsconn.deletions import (
    check_deleted,
    check_not_deleted,
    check_only_deleted,
    check_refused,
    deletions_of,
    pair_of,
)
from pytest_dmsconn.errors import NoSuchConnectionError, UsageError, did_you_mean
from pytest_dmsconn.injection import ANY_OPERATION
from pytest_dmsconn.options import (
    TEST_RESULTS,
    check_choice,
    check_flag,
    check_seconds,
    check_whole_number,
)
from pytest_dmsconn.timeline import story

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pytest_dmsconn.calls import Call, Deletion
    from pytest_dmsconn.connection import Resource
    from pytest_dmsconn.deletions import Target
    from pytest_dmsconn.injection import Fault
    from pytest_dmsconn.options import Options

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class FakeDms:
    """A fake of AWS DMS: a registry of connections, and a record of what was done to it.

    A test gets one from the fixture `dmsconn` or from `mock_dms()`; it is not made by hand.

    Example:
        >>> import boto3
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms() as dms:
        ...     stale = dms.add_connection(status="failed")
        ...     answer = boto3.client("dms").delete_connection(**stale.arns)
        ...     dms.assert_only_deleted(stale)
        >>> answer["Connection"]["Status"]
        'deleting'
    """

    def __init__(self, options: Options) -> None:
        """Start empty but for the option `seed`."""
        self._options = options
        self._backend = Backend(options)
        self.sleepers = Sleepers() if options.skip_sleep else None
        """The threads whose sleeps the option `skip_sleep` skips."""
        if options.seed is not None:
            loading.seed(self._backend, options.seed)

    @property
    def backend(self) -> Backend:
        """The machinery behind the fake; for transports, no part of what a test needs."""
        return self._backend

    @property
    def options(self) -> Options:
        """The options that the fake was set up with."""
        return self._options

    @property
    def region(self) -> str:
        """The region of seeds and clients that name none."""
        return self._options.region

    @property
    def account_id(self) -> str:
        """The account of seeds and clients that name none."""
        return self._options.account_id

    # Seeding

    def add_connection(  # noqa: PLR0913 - one keyword for each thing that a seed can say
        self,
        endpoint_arn: str | None = None,
        replication_instance_arn: str | None = None,
        *,
        endpoint_identifier: str | None = None,
        replication_instance_identifier: str | None = None,
        status: str = Status.SUCCESSFUL,
        last_failure_message: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> Connection:
        """Seed a connection; its endpoint and replication instance come into being with it.

        Args:
            endpoint_arn: the ARN of the endpoint; generated if not given.
            replication_instance_arn: the ARN of the instance; generated if not given.
            endpoint_identifier: the endpoint's name. Without an ARN it means the endpoint of that
                name in that region and account, which is made if there is none.
            replication_instance_identifier: likewise the instance's, at most 63 characters;
                stored in lower case.
            status: `successful`, `failed`, `testing` or `deleting`. The last two progress as if
                a call had begun them.
            last_failure_message: why its last test failed; a `failed` connection without one
                gets one in the form of the real ones (fidelity row T6).
            region: where both ends are; read from the ARNs where they are given.
            account_id: whose both ends are, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, the ends contradict each other or what is known
                of their ARNs, or the connection exists already. Nothing is changed then.
        """
        return seeding.add_connection(
            self._backend,
            endpoint_arn,
            replication_instance_arn,
            endpoint_identifier=endpoint_identifier,
            replication_instance_identifier=replication_instance_identifier,
            status=status,
            last_failure_message=last_failure_message,
            region=region,
            account_id=account_id,
        )

    def add_connections(self, count: int, **same: Any) -> list[Connection]:
        """Seed `count` connections alike, each with what `add_connection` generates for it.

        Args:
            count: how many, 0 or more.
            same: keywords of `add_connection` that hold for all of them.

        Raises:
            UsageError: as for `add_connection`; then none of them is added.
        """
        checked = check_whole_number("count", count)
        with self._backend.registry.all_or_nothing():
            return [seeding.add_connection(self._backend, **same) for _ in range(checked)]

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
                say otherwise it is a `mysql` `source`, and `active`.
            region: where it is; read from the ARN where that is given.
            account_id: whose it is, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, or an endpoint of that ARN or name exists.
        """
        return seeding.add_end(
            self._backend,
            connection_ends.ENDPOINT,
            identifier=identifier,
            arn=arn,
            members=members,
            region=region,
            account_id=account_id,
            default_status=ACTIVE,
        )

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
            region: where it is; read from the ARN where that is given.
            account_id: whose it is, 12 digits; likewise.

        Raises:
            UsageError: a value is not allowed, or an instance of that ARN or name exists.
        """
        status = seeding.status_of_new_instance(available=available)
        return seeding.add_end(
            self._backend,
            connection_ends.REPLICATION_INSTANCE,
            identifier=identifier,
            arn=arn,
            members=members,
            region=region,
            account_id=account_id,
            default_status=status,
        )

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        """Take an endpoint away at once, and its connections with it (fidelity row E1).

        Raises:
            UsageError: it is not an endpoint of this fake, or it is gone.
        """
        self._remove(endpoint, Endpoint)

    def remove_replication_instance(self, instance: ReplicationInstance) -> None:
        """Take a replication instance away at once, and its connections with it (E1).

        Raises:
            UsageError: it is not a replication instance of this fake, or it is gone.
        """
        self._remove(instance, ReplicationInstance)

    def set_status(
        self, connection: Connection, status: str, *, last_failure_message: str | None = None
    ) -> None:
        """Let the world change under the code: give a connection another status.

        Args:
            connection: one that exists, being deleted included.
            status: `successful`, `failed`, `testing` (which is also how a test that DMS started
                by itself looks) or `deleting`; the last two progress as if a call had begun them.
            last_failure_message: as for `add_connection`; an earlier one is gone.

        Raises:
            UsageError: the status is not allowed, or the connection is gone.
        """
        checked = check_status(status)
        seeding.check_text("last_failure_message", last_failure_message)
        with self._backend.registry.lock:
            self._require(connection, Connection)
            self._backend.lifecycle.set_status(connection, checked, last_failure_message)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> list[Connection]:
        """Seed from what `aws dms describe-connections` prints.

        Args:
            source: a path to a JSON file, or a mapping: the answer of `describe-connections`,
                `describe-endpoints` or `describe-replication-instances`, or several merged.
                An endpoint or instance that exists takes on the members that are loaded.

        Returns:
            The connections that were loaded, in their order.

        Raises:
            UsageError: the source cannot be read, or an entry is not allowed; the message names
                the file and the entry, and nothing is changed.
        """
        return loading.load(self._backend, source)

    def dump(self) -> dict[str, Any]:
        """Write the registry down as one mapping; `load` restores it, `json.dump` writes it."""
        return loading.dump(self._backend)

    def credentials(self, account_id: str) -> dict[str, Any]:
        """Keyword arguments for a boto3 or botocore client that acts in another account.

        Args:
            account_id: 12 digits. As elsewhere in the field, an access key of 12 digits names
                the account; any other acts in the default one.

        Raises:
            UsageError: it is not a string of 12 digits.
        """
        return {
            "aws_access_key_id": check_account_id(account_id),
            "aws_secret_access_key": "fake",
        }

    def reset(self) -> None:
        """Go back to empty: nothing seeded, nothing called, time at 0, generated values anew."""
        self._backend.faults.clear()
        self._backend = Backend(self._options)

    # Faults and time

    def fail(  # noqa: PLR0913 - one keyword for each thing that can be said of a fault
        self,
        operation: str,
        error: str,
        *,
        message: str | None = None,
        times: int | None = 1,
        after: int = 0,
        connection: Target | None = None,
        applied: bool = False,
    ) -> Fault:
        """Let calls fail; as a context manager, until the end of its block.

        Args:
            operation: one that the fake answers, or `*` for any of them.
            error: a fault that botocore's model lists for the operation, an error common to AWS
                services (`ThrottlingException`, `InternalFailure`, ...), a transport failure
                (`connect-timeout`, `read-timeout`, `connection-closed`, `endpoint-unreachable`),
                or a broken answer (`truncated`, `html-502`).
            message: the message of an error of AWS, in place of the usual one.
            times: how many calls meet it; None for all until the test ends.
            after: how many calls that it would have met go through first.
            connection: only calls about that connection (or pair of ARNs) meet it. A
                DescribeConnections is about those that its filters name.
            applied: let the operation take effect before its answer is lost to the fault.

        Raises:
            UsageError: a value is not allowed; the message says which are.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     connection = dms.add_connection()
            ...     fault = dms.fail("DeleteConnection", "ThrottlingException", times=2)
            ...     answer = boto3.client("dms").delete_connection(**connection.arns)
            >>> answer["ResponseMetadata"]["RetryAttempts"], fault.met
            (2, 2)
        """
        if operation != ANY_OPERATION:
            check_operation(operation)
        seeding.check_text("message", message)
        check_flag("applied", applied)
        return self._backend.faults.arm(
            operation,
            error,
            operations=OPERATIONS,
            message=message,
            times=times,
            after=after,
            pair=None if connection is None else pair_of(connection),
            applied=applied,
        )

    def set_test_result(self, connection: Target, result: str, message: str | None = None) -> None:
        """Say what the next TestConnection of a connection ends in.

        Args:
            connection: a connection or a pair of ARNs, which need not have a connection yet.
            result: `successful` or `failed`.
            message: the failure message; one in the form of the real ones if not given.

        Raises:
            UsageError: a value is not allowed.
        """
        check_choice("result", result, TEST_RESULTS)
        seeding.check_text("message", message)
        if message is not None and result != Status.FAILED:
            msg = "message= goes with the result 'failed' only."
            raise UsageError(msg)
        lifecycle = self._backend.lifecycle
        with self._backend.registry.lock:
            lifecycle.test_outcomes[pair_of(connection)] = lifecycle.make_outcome(result, message)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass.

        Tests and deletions that `testing_seconds` and `deleting_seconds` let be over by then end.

        Args:
            seconds: how many, 0 or more.

        Raises:
            UsageError: it is not such a number.
        """
        check_seconds("seconds", seconds)
        self._backend.advance(seconds)

    @property
    def now(self) -> float:
        """Virtual seconds since the fake began, or since its last `reset`."""
        return self._backend.lifecycle.now

    # Looking

    def connection(self, endpoint_arn: str, replication_instance_arn: str) -> Connection:
        """The connection of a pair that exists.

        Raises:
            KeyError: there is none; the message shows those that are nearest.
        """
        registry = self._backend.registry
        with registry.lock:
            found = registry.connections.get((endpoint_arn, replication_instance_arn))
            if found is None:
                pair = (endpoint_arn, replication_instance_arn)
                raise NoSuchConnectionError(explain.near_misses(self._backend, pair))
            return found

    @property
    def connections(self) -> tuple[Connection, ...]:
        """What exists in all regions and accounts, being deleted included, in creation order."""
        with self._backend.registry.lock:
            return tuple(self._backend.registry.connections.by_key.values())

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints that exist, likewise."""
        with self._backend.registry.lock:
            return tuple(self._backend.registry.endpoints.by_key.values())

    @property
    def replication_instances(self) -> tuple[ReplicationInstance, ...]:
        """The replication instances that exist, likewise."""
        with self._backend.registry.lock:
            return tuple(self._backend.registry.replication_instances.by_key.values())

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every attempt that reached the fake, retries too, in order."""
        with self._backend.registry.lock:
            return tuple(record.call for record in self._backend.records)

    def calls_to(self, operation: str) -> tuple[Call, ...]:
        """The attempts to call one operation.

        Raises:
            UsageError: the fake does not answer that operation.
        """
        check_operation(operation)
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def deletions(self) -> tuple[Deletion, ...]:
        """One for each DeleteConnection attempt, in order."""
        return deletions_of(self._backend)

    def story(self) -> str:
        """What happened, as a timeline of the connections and a list of the calls."""
        return story(self._backend)

    # Asserting

    def assert_deleted(self, *connections: Target) -> None:
        """Assert that a DeleteConnection of each took effect.

        Args:
            connections: each a `Connection`, or a pair of endpoint ARN and replication instance
                ARN, which means any life of that pair.

        Raises:
            AssertionError: there is one that was not deleted.
            UsageError: an argument is neither.
        """
        check_deleted(self._backend, connections)

    def assert_only_deleted(self, *connections: Target) -> None:
        """Assert that a DeleteConnection took effect of these and of no others.

        Given none, it asserts that nothing was deleted. Arguments and errors are those of
        `assert_deleted`. Connections that went with their endpoint do not count.
        """
        check_only_deleted(self._backend, connections)

    def assert_not_deleted(self, *connections: Target) -> None:
        """Assert that no DeleteConnection of any of them took effect."""
        check_not_deleted(self._backend, connections)

    def assert_delete_refused(self, connection: Target, code: str | None = None) -> None:
        """Assert that an attempt was answered with an error and did not take effect.

        Args:
            connection: as for `assert_deleted`.
            code: the error code that it must have been, such as `InvalidResourceStateFault`.
        """
        check_refused(self._backend, connection, code)

    def assert_no_calls(self, operation: str | None = None) -> None:
        """Assert that nothing was called.

        Args:
            operation: only look at calls of this operation.

        Raises:
            AssertionError: there was a call.
            UsageError: the fake does not answer that operation.
        """
        calls = self.calls if operation is None else self.calls_to(operation)
        if calls:
            words = f"No call of {operation}" if operation else "No call"
            msg = f"{words} was expected, but there were {len(calls)}."
            raise AssertionError(f"{msg}\n\n{explain.report(self._backend)}")

    def __repr__(self) -> str:
        backend = self._backend
        return (
            f"<FakeDms {Scope(*backend.scope).region} {backend.scope.account_id}: "
            f"{len(backend.registry.connections.by_key)} connections, "
            f"{len(backend.records)} calls>"
        )

    def _remove(self, resource: Resource, kind: type[Resource]) -> None:
        with self._backend.registry.lock:
            self._require(resource, kind)
            self._backend.lifecycle.remove(resource)

    def _require(self, resource: Resource, kind: type[Resource]) -> None:
        if not isinstance(resource, kind):
            msg = f"{resource!r} is not a {kind.__name__} of this fake."
            raise UsageError(msg)
        if not self._backend.registry.holds(resource):
            msg = f"{resource!r} is not in this fake's registry (any more)."
            raise UsageError(msg)


def check_operation(operation: object) -> None:
    """Refuse an operation that the fake does not answer.

    Raises:
        UsageError: naming those that it answers.
    """
    if not isinstance(operation, str) or operation not in OPERATIONS:
        hint = did_you_mean(str(operation), OPERATIONS)
        msg = (
            f"{operation!r} is not answered by the fake.{hint} It answers {', '.join(OPERATIONS)}."
        )
        raise UsageError(msg)
