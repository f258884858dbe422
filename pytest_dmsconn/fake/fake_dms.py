"""`FakeDms`, the object that a test uses."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import check_account_id, check_seconds
from pytest_dmsconn.fake import loading
from pytest_dmsconn.fake.assertions import Assertions
from pytest_dmsconn.fake.faults import Faults
from pytest_dmsconn.fake.inspection import Inspection
from pytest_dmsconn.fake.seeding import Seeding
from pytest_dmsconn.protocol.dispatch import FakeService
from pytest_dmsconn.protocol.routing import access_key_of
from pytest_dmsconn.report.names import plural

if TYPE_CHECKING:
    from pytest_dmsconn.options import Options


class FakeDms(Seeding, Inspection, Faults, Assertions):
    """A fake of AWS DMS: a registry of connections, and a record of the calls.

    The fixture `dmsconn` and `mock_dms()` create it.

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
        """Create a fake with the resources of the option `seed`."""
        self.options = options
        self.service: FakeService = FakeService(options)
        """The state of the fake, for the transports. Tests do not need it."""
        self._elapsed_before_reset = 0.0
        if options.seed is not None:
            loading.seed(self.service, options.seed)

    @property
    def region(self) -> str:
        """The default region of seeds and clients."""
        return self.options.region

    @property
    def account_id(self) -> str:
        """The default account of seeds and clients."""
        return self.options.account_id

    def reset(self) -> None:
        """Remove all resources, calls and faults, and restart virtual time and generated values."""
        self.service.faults.clear()
        self._elapsed_before_reset = self.elapsed
        is_copy = self.service.is_copy
        self.service = FakeService(self.options)
        self.service.is_copy = is_copy

    def credentials(self, account_id: str) -> dict[str, Any]:
        """Return keyword arguments for a boto3 or botocore client that acts in an account.

        Args:
            account_id: the account, 12 digits. The access key contains it in the form of AWS's
                keys. A key of 12 digits also selects the account with that number. All other keys
                select the default account.

        Raises:
            UsageError: the account is not a string of 12 digits.
        """
        return {
            "aws_access_key_id": access_key_of(check_account_id(account_id)),
            "aws_secret_access_key": "fake",
        }

    def advance(self, seconds: float) -> None:
        """Advance virtual time, and end the tests and deletions that are due.

        Args:
            seconds: the number of virtual seconds, 0 or more.

        Raises:
            UsageError: the number is not allowed.

        Example:
            >>> from pytest_dmsconn import mock_dms
            >>> with mock_dms(deleting_seconds=60) as dms:
            ...     connection = dms.add_connection(status="deleting")
            ...     dms.advance(60)
            ...     print(connection.status)
            deleted
        """
        check_seconds("seconds", seconds)
        self.service.advance(seconds)

    @property
    def now(self) -> float:
        """Virtual seconds since the fake was made, or since the last `reset`."""
        return self.service.lifecycle.now

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the fake was made. `reset` does not restart it.

        It is for the transports. Tests do not need it.
        """
        return self._elapsed_before_reset + self.service.lifecycle.now

    def __repr__(self) -> str:
        service = self.service
        return (
            f"<FakeDms {service.scope.region} {service.scope.account_id}: "
            f"{plural(len(service.registry.connections.by_key), 'connection')}, "
            f"{plural(len(service.records), 'call')}>"
        )


# The TypeError for wrong arguments then names `FakeDms.fail()`, not `Faults.fail()`.
for _part in FakeDms.__bases__:
    for _name, _member in vars(_part).items():
        if isinstance(_member, FunctionType):
            _member.__qualname__ = f"{FakeDms.__name__}.{_name}"
