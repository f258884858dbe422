"""The part of `FakeDms` that asserts which calls the code under test made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dmsconn.arguments import check_text, check_whole_number
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.fake.connection_arguments import ConnectionArgument, connection_or_pair
from pytest_dmsconn.protocol.dispatch import FakeService, check_names_connection, check_operation
from pytest_dmsconn.report.failures import called_words, calls_failure, connections_failure, name_of
from pytest_dmsconn.report.names import plural
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.protocol.calls import Record
    from pytest_dmsconn.protocol.routing import OperationName

DELETE, TEST = "DeleteConnection", "TestConnection"


class Assertions:
    """The assertions of `FakeDms`."""

    service: FakeService

    def assert_deleted(self, *connections: ConnectionArgument) -> None:
        """Assert that a DeleteConnection of each connection took effect.

        The deletion of an endpoint or a replication instance does not count for its connections.

        Args:
            connections: each is a `Connection`, a pair (endpoint ARN, replication instance ARN),
                or an entry of a describe answer. A pair or an entry stands for all connections
                that its two ARNs ever had.

        Raises:
            AssertionError: at least one connection was not deleted.
            UsageError: no connection was given, or an argument does not name a connection.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     stale, healthy = dms.add_connections(2)
            ...     answer = boto3.client("dms").delete_connection(**stale.arns)
            ...     dms.assert_deleted(stale)
            ...     dms.assert_not_deleted(healthy)
        """
        given = _given("assert_deleted", connections)
        self._check_took_effect(DELETE, given, "Not deleted", "Expected to be deleted")

    def assert_only_deleted(self, *connections: ConnectionArgument) -> None:
        """Assert that a DeleteConnection of these connections took effect, and of no others.

        Without arguments, it asserts that nothing was deleted. Otherwise the arguments and errors
        are those of `assert_deleted`.
        """
        given = [connection_or_pair(one) for one in connections]
        with self.service.registry.lock:
            records = self._effective(DELETE)
            found = _connections_and_pairs(records)
            missing = [one for one in given if one not in found]
            wanted = set(given)
            surplus = {
                record.connection or record.pair: None
                for record in records
                if wanted.isdisjoint({record.connection, record.pair})
            }
            if missing or surplus:
                raise connections_failure(
                    self.service,
                    DELETE,
                    [("Deleted, but not expected", list(surplus)), ("not deleted", missing)],
                    "Expected to be deleted, and no others" if given else "Expected no deletion",
                    given,
                )

    def assert_not_deleted(self, *connections: ConnectionArgument) -> None:
        """Assert that no DeleteConnection of any of these connections took effect.

        The arguments and errors are those of `assert_deleted`.
        """
        given = _given("assert_not_deleted", connections)
        with self.service.registry.lock:
            found = _connections_and_pairs(self._effective(DELETE))
            surplus = [one for one in given if one in found]
            if surplus:
                wrong = [("Deleted", surplus)]
                expected = "Expected not to be deleted"
                raise connections_failure(self.service, DELETE, wrong, expected, given)

    def assert_delete_refused(
        self, connection: ConnectionArgument, code: str | None = None
    ) -> None:
        """Assert that a DeleteConnection was answered with an error and did not take effect.

        Args:
            connection: as for `assert_deleted`.
            code: the error code, such as `InvalidResourceStateFault`. None allows any code.

        Raises:
            AssertionError: no attempt was refused, or none with that code.
            UsageError: `connection` does not name a connection, or `code` is not a string.
        """
        one = connection_or_pair(connection)
        check_text("code", code)
        with self.service.registry.lock:
            refusals = {
                record.call.error_code
                for record in self.service.records
                if record.call.operation == DELETE
                and record.call.error_code
                and not record.took_effect
                and record.is_about(one)
            }
            if not refusals or code not in {None, *refusals}:
                manner = f" with {escaped(code)}" if code else ""
                raise connections_failure(
                    self.service,
                    DELETE,
                    [(f"Not refused{manner}", [one])],
                    f"Expected a {DELETE} to be refused{manner or ' with an error'}",
                    [one],
                )

    def assert_tested(self, *connections: ConnectionArgument) -> None:
        """Assert that a TestConnection of each connection was accepted.

        Args:
            connections: as for `assert_deleted`.

        Raises:
            AssertionError: at least one connection was not tested.
            UsageError: no connection was given, or an argument does not name a connection.
        """
        given = _given("assert_tested", connections)
        self._check_took_effect(TEST, given, "Not tested", "Expected to be tested")

    def assert_called(
        self,
        operation: OperationName,
        *,
        times: int | None = None,
        connection: ConnectionArgument | None = None,
    ) -> None:
        """Assert that an operation was called. The outcome of the calls does not matter.

        Args:
            operation: an operation that the fake answers, such as `DescribeConnections`.
            times: the exact number of attempts. None means at least one.
            connection: only calls about this connection count. It is given as for
                `assert_deleted`. A DescribeConnections is about the connection that its filters
                name.

        Raises:
            AssertionError: the number of calls is different.
            UsageError: an argument is not allowed.
        """
        check_operation(operation)
        if times is not None:
            check_whole_number("times", times)
        one = None
        if connection is not None:
            check_names_connection(operation)
            one = connection_or_pair(connection)
        with self.service.registry.lock:
            calls = [
                record for record in self.service.records if record.call.operation == operation
            ]
            counted = [record for record in calls if one is None or record.is_about(one)]
            if len(counted) == times or (times is None and counted):
                return
            about = f" of {name_of(self.service, one)}" if one else ""
            wrong = f"Not called: {operation}{about}"
            if counted:
                wrong = f"Called {plural(len(counted), 'time')}, not {times}: {operation}{about}"
            elif calls:
                wrong += f" (called {plural(len(calls), 'time')} for others)"
            number = "at least once" if times is None else f"exactly {plural(times, 'time')}"
            expected = f"Expected {number}: {operation}{about}"
            shown = counted or calls or self.service.records
            raise calls_failure(self.service, wrong, shown, expected)

    def assert_no_calls(self, operation: OperationName | None = None) -> None:
        """Assert that nothing was called.

        Args:
            operation: only calls of this operation count. None means all operations.

        Raises:
            AssertionError: there was a call.
            UsageError: the fake does not answer that operation.
        """
        if operation is not None:
            check_operation(operation)
        with self.service.registry.lock:
            calls = [
                record
                for record in self.service.records
                if operation in {None, record.call.operation}
            ]
            if calls:
                expected = f"Expected no call{f' of {operation}' if operation else ''}."
                wrong = f"Called: {called_words(calls)}"
                raise calls_failure(self.service, wrong, calls, expected)

    def _check_took_effect(
        self,
        operation: str,
        given: Sequence[Connection | tuple[str, str]],
        wrong: str,
        expected: str,
    ) -> None:
        with self.service.registry.lock:
            found = _connections_and_pairs(self._effective(operation))
            missing = [one for one in given if one not in found]
            if missing:
                failure = [(wrong, missing)]
                raise connections_failure(self.service, operation, failure, expected, given)

    def _effective(self, operation: str) -> list[Record]:
        """The calls of an operation that took effect."""
        return [
            record
            for record in self.service.records
            if record.took_effect and record.call.operation == operation
        ]


def _given(
    assertion: str, connections: Sequence[ConnectionArgument]
) -> list[Connection | tuple[str, str]]:
    if not connections:
        hint = " assert_only_deleted() asserts that nothing was deleted."
        msg = f"{assertion}() needs at least one connection."
        raise UsageError(msg + (hint if assertion == "assert_not_deleted" else ""))
    return [connection_or_pair(one) for one in connections]


def _connections_and_pairs(
    records: Sequence[Record],
) -> set[Connection | tuple[str, str] | None]:
    """The connections of calls, and their pairs of ARNs."""
    return {name for record in records for name in (record.connection, record.pair)}
