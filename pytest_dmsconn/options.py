"""The options of the fake: names, defaults and allowed values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from pytest_dmsconn.arguments import (
    check_account_id,
    check_choice,
    check_flag,
    check_region,
    check_seconds,
    check_whole_number,
)
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

TEST_RESULTS = ("successful", "failed")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a fake. The page docs/reference/index.md explains them."""

    region: str = "us-east-1"
    account_id: str = "123456789012"
    testing_polls: int = 1
    deleting_polls: int = 1
    testing_seconds: float | None = None
    deleting_seconds: float | None = None
    test_result: str = "successful"
    unmatched_filters: str = "fault"
    seed: Any = None
    strict: bool = True
    block_aws: bool = True
    skip_sleep: bool = False

    def __post_init__(self) -> None:
        """Refuse a value that is not allowed."""
        check_region(self.region)
        check_account_id(self.account_id)
        check_whole_number("testing_polls", self.testing_polls)
        check_whole_number("deleting_polls", self.deleting_polls)
        for name in ("testing_seconds", "deleting_seconds"):
            if getattr(self, name) is not None:
                check_seconds(name, getattr(self, name))
        check_choice("test_result", self.test_result, TEST_RESULTS)
        check_choice("unmatched_filters", self.unmatched_filters, ("fault", "empty"))
        for name in ("strict", "block_aws", "skip_sleep"):
            check_flag(name, getattr(self, name))


class GivenOptions(TypedDict, total=False):
    """The keyword arguments of `mock_dms`, for type checkers."""

    region: str
    account_id: str
    testing_polls: int
    deleting_polls: int
    testing_seconds: float | None
    deleting_seconds: float | None
    test_result: Literal["successful", "failed"]
    unmatched_filters: Literal["fault", "empty"]
    seed: str | os.PathLike[str] | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
    strict: bool
    block_aws: bool
    skip_sleep: bool


DEFAULTS = Options()

OPTION_NAMES = tuple(field.name for field in fields(Options))


def make_options(given: Mapping[str, Any]) -> Options:
    """Create options, with defaults for those that are not given.

    Raises:
        UsageError: an option is unknown, or its value is not allowed.
    """
    for name in given:
        if name not in OPTION_NAMES:
            raise UsageError(
                f"{quoted(name)} is not an option of the fake.{did_you_mean(name, OPTION_NAMES)} "
                f"The options are {', '.join(OPTION_NAMES)}."
            )
    return Options(**given) if given else DEFAULTS
