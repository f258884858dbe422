"""What exists in a fake, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dmsconn.protocol.dispatch import FakeService, check_operation
from pytest_dmsconn.report.story import story

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.calls import Call, Deletion
    from pytest_dmsconn.protocol.routing import OperationName


class Inspection:
    """The part of `FakeDms` that tells what exists and what happened."""

    service: FakeService

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every attempt that reached the fake, retries too, in order."""
        with self.service.registry.lock:
            return tuple(record.call for record in self.service.records)

    def calls_to(self, operation: OperationName) -> tuple[Call, ...]:
        """The attempts to call one operation.

        Raises:
            UsageError: the fake does not answer that operation.
        """
        check_operation(operation)
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def deletions(self) -> tuple[Deletion, ...]:
        """One for each DeleteConnection attempt, in order."""
        with self.service.registry.lock:
            found = (record.deletion for record in self.service.records)
            return tuple(deletion for deletion in found if deletion is not None)

    def story(self) -> str:
        """What happened, in order of time, as the report of a failed test shows it.

        At most 60 lines: what was there at the start, each call and how it ended, what the test or
        virtual time changed between calls, and what is there at the end. Neighbours that are alike
        are one entry.

        Example:
            >>> import boto3
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms() as dms:
            ...     stale = dms.add_connection(status="failed")
            ...     answer = boto3.client("dms").delete_connection(**stale.arns)
            ...     print(dms.story())
            Fake DMS in us-east-1, account 123456789012
              start  endpoint-1 @ instance-1  failed
              1      DeleteConnection  endpoint-1 @ instance-1: 200, failed -> deleting
              end    endpoint-1 @ instance-1  deleting
        """
        return story(self.service)
