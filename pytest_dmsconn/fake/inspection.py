"""What a test holds of a fake to see what happened, and to assert what had to happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dmsconn.protocol.dispatch import check_operation
from pytest_dmsconn.report import tables
from pytest_dmsconn.report.deletions import (
    check_deleted,
    check_not_deleted,
    check_only_deleted,
    check_refused,
    deletions_of,
)
from pytest_dmsconn.report.story import story

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.calls import Call, Deletion
    from pytest_dmsconn.protocol.dispatch import FakeService
    from pytest_dmsconn.report.deletions import Target

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class Observing:
    """The part of `FakeDms` that tells what is and what happened."""

    _service: FakeService

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every attempt that reached the fake, retries too, in order."""
        with self._service.registry.lock:
            return tuple(record.call for record in self._service.records)

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
        return deletions_of(self._service)

    def story(self) -> str:
        """What happened, as a timeline of the connections and a list of the calls."""
        return story(self._service)

    def assert_deleted(self, *connections: Target) -> None:
        """Assert that a DeleteConnection of each took effect.

        Args:
            connections: each a `Connection`, or a pair of endpoint ARN and replication instance
                ARN, which means any life of that pair.

        Raises:
            AssertionError: there is one that was not deleted.
            UsageError: an argument is neither.
        """
        check_deleted(self._service, connections)

    def assert_only_deleted(self, *connections: Target) -> None:
        """Assert that a DeleteConnection took effect of these and of no others.

        Given none, it asserts that nothing was deleted. Arguments and errors are those of
        `assert_deleted`. Connections that went with their endpoint do not count.
        """
        check_only_deleted(self._service, connections)

    def assert_not_deleted(self, *connections: Target) -> None:
        """Assert that no DeleteConnection of any of them took effect."""
        check_not_deleted(self._service, connections)

    def assert_delete_refused(self, connection: Target, code: str | None = None) -> None:
        """Assert that an attempt was answered with an error and did not take effect.

        Args:
            connection: as for `assert_deleted`.
            code: the error code that it must have been, such as `InvalidResourceStateFault`.
        """
        check_refused(self._service, connection, code)

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
            verb = "was" if len(calls) == 1 else "were"
            msg = f"{words} was expected, but there {verb} {len(calls)}."
            raise AssertionError(f"{msg}\n\n{tables.report(self._service)}")
