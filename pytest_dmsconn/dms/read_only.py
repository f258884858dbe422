"""The base class of resources: their attributes are always current, and read-only."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, NoReturn

from pytest_dmsconn.dms.status import DELETED_STATUSES

if TYPE_CHECKING:
    from typing_extensions import Self

    from pytest_dmsconn.dms.arns import Scope


class ReadOnlyResource:
    """A resource that is read-only for tests; only `resources.change` writes to it.

    It is not a dataclass, because tools such as syrupy follow all fields of a dataclass, here
    through the whole registry.
    """

    __slots__ = ()

    status: str

    @property
    @abstractmethod
    def scope(self) -> Scope:
        """Its region and account."""

    @property
    def region(self) -> str:
        """Its region."""
        return self.scope.region

    @property
    def account_id(self) -> str:
        """Its account."""
        return self.scope.account_id

    @property
    def deleted(self) -> bool:
        """Whether it is being deleted or is gone, for any reason."""
        return self.status in DELETED_STATUSES

    def __copy__(self) -> Self:
        """Return the resource itself, because a copy would not be current."""
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        """Return the resource itself, as for `copy.copy`."""
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} cannot be pickled: another process does not have its fake. "
            "Pass ARNs instead."
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(
            f"cannot assign to {name!r} of a {type(self).__name__}; set_status() changes a status"
        )

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name!r} of a {type(self).__name__}")
