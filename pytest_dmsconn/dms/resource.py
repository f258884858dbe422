"""What the things that a registry holds have in common.

They are frozen: a test reads them, and only `lifecycle` and `registry` change them, so every
change of a status can be found in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.status import DELETED_STATUSES

if TYPE_CHECKING:
    from pytest_dmsconn.dms.arns import Scope


class Resource:
    """What connections, endpoints and replication instances have in common."""

    __slots__ = ()

    if TYPE_CHECKING:
        # For type checkers only: at run time a dataclass would take these for defaults.
        @property
        def scope(self) -> Scope:
            """Region and account."""

        @property
        def number(self) -> int:
            """Rises with every resource of its kind."""

        @property
        def status(self) -> str:
            """AWS's word for its state; `deleted` once it is gone."""

        def to_dict(self) -> dict[str, Any]:
            """AWS's structure."""

    @property
    def region(self) -> str:
        """The region that its ARNs name."""
        return self.scope.region

    @property
    def account_id(self) -> str:
        """The account that its ARNs name."""
        return self.scope.account_id

    @property
    def deleted(self) -> bool:
        """Whether it is being deleted or gone, whatever the cause."""
        return self.status in DELETED_STATUSES


def change(resource: Resource, **values: object) -> None:
    """Write to a frozen resource; for `registry` (what is linked) and `lifecycle` (the rest)."""
    for name, value in values.items():
        object.__setattr__(resource, name, value)
