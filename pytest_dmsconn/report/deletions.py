"""What became of deletions, and the assertions about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from pytest_dmsconn.dms.resources import Connection
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.report import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_dmsconn.protocol.calls import Deletion
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

Target: TypeAlias = Connection | tuple[str, str]
"""A connection, or a pair of ARNs, which means any of its lives."""

PAIR = 2
MOST_TARGETS = 20


def deletions_of(service: FakeService) -> tuple[Deletion, ...]:
    """Every DeleteConnection attempt, in order."""
    with service.registry.lock:
        found = (record.deletion for record in service.records)
        return tuple(deletion for deletion in found if deletion is not None)


def check_deleted(service: FakeService, targets: Sequence[Target]) -> None:
    """Assert that a deletion of each took effect."""
    targets = [check_target(target) for target in targets]
    deleted = _deleted(service)
    missing = [target for target in targets if target not in deleted]
    if missing:
        _fail(service, "Expected to be deleted:", targets, ("Not deleted:", missing))


def check_only_deleted(service: FakeService, targets: Sequence[Target]) -> None:
    """Assert that deletions of these took effect, and of no others."""
    targets = [check_target(target) for target in targets]
    deleted, wanted = _deleted(service), set(targets)
    missing = [target for target in targets if target not in deleted]
    surplus = {
        deletion.connection or deletion.pair: None
        for deletion in deletions_of(service)
        if deletion.succeeded and wanted.isdisjoint({deletion.connection, deletion.pair})
    }
    if missing or surplus:
        _fail(
            service,
            "Expected to be deleted, and nothing else:",
            targets,
            ("Not deleted:", missing),
            ("Deleted, but not expected:", list(surplus)),
        )


def check_not_deleted(service: FakeService, targets: Sequence[Target]) -> None:
    """Assert that no deletion of any of them took effect."""
    targets = [check_target(target) for target in targets]
    deleted = _deleted(service)
    surplus = [target for target in targets if target in deleted]
    if surplus:
        _fail(service, "Expected not to be deleted:", targets, ("Deleted:", surplus))


def check_refused(service: FakeService, target: Target, code: object) -> None:
    """Assert that a deletion was answered with an error and did not take effect."""
    target = check_target(target)
    if code is not None and not isinstance(code, str):
        msg = f"code={code!r} is not an error code; it must be a string or None."
        raise UsageError(msg)
    refused = [
        deletion
        for deletion in deletions_of(service)
        if _is_about(deletion, target) and deletion.error_code and not deletion.succeeded
    ]
    if not any(code in {None, deletion.error_code} for deletion in refused):
        wanted = f"with {code}" if code else "with an error"
        expected = f"Expected a DeleteConnection to be refused {wanted}:"
        _fail(service, expected, [target], ("What happened:", [target]))


def check_target(target: object) -> Target:
    """Return a connection or a pair of ARNs as it was given.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(target, Connection):
        return target
    if isinstance(target, (tuple, list)) and len(target) == PAIR:
        endpoint_arn, instance_arn = target
        if isinstance(endpoint_arn, str) and isinstance(instance_arn, str):
            return endpoint_arn, instance_arn
    hint = ""
    if isinstance(target, (tuple, list)):
        hint = " To give several, unpack them with an asterisk."
    elif isinstance(target, str):
        hint = " Put both ARNs in one pair of parentheses."
    elif isinstance(target, Mapping):
        hint = " Give the connection itself, or its pair."
    msg = (
        f"{target!r} is neither a Connection nor a pair "
        f"(endpoint ARN, replication instance ARN).{hint}"
    )
    raise UsageError(msg)


def pair_of(target: object) -> tuple[str, str]:
    """The pair of ARNs of a connection, or the pair that was given.

    Raises:
        UsageError: it is neither.
    """
    checked = check_target(target)
    return checked.pair if isinstance(checked, Connection) else checked


def _is_about(deletion: Deletion, target: Target) -> bool:
    if isinstance(target, Connection):
        return deletion.connection is target
    return deletion.pair == target


def _deleted(service: FakeService) -> set[Target | None]:
    """All that a deletion took effect of: the connections, and their pairs."""
    succeeded = [deletion for deletion in deletions_of(service) if deletion.succeeded]
    return {name for one in succeeded for name in (one.connection, one.pair)}


def _fail(
    service: FakeService,
    expected: str,
    targets: Sequence[Target],
    *findings: tuple[str, Sequence[Target]],
) -> None:
    """Say what was expected, by name; then what was found, with what happened; then the rest.

    If what was found is about all targets and nothing else, they are listed once.
    """
    lines = [expected, *_listed(targets, lambda target: _name(service, target))]
    if not targets:
        lines = ["Expected: nothing is deleted."]
    sections = [(title, found) for title, found in findings if found]
    if [list(found) for _, found in sections] == [list(targets)]:
        sections = [(expected, targets)]
        lines = []
    for title, found in sections:
        lines += [title, *_listed(found, lambda target: _describe(service, target))]
    raise AssertionError("\n".join([*lines, "", tables.report(service)]))


def _listed(targets: Sequence[Target], words: Callable[[Target], str]) -> list[str]:
    """A line for each target; of many the first ones, and how many more."""
    lines = [f"  {words(target)}" for target in targets[:MOST_TARGETS]]
    more = len(targets) - len(lines)
    return [*lines, f"  ... and {more} more"] if more else lines


def _name(service: FakeService, target: Target) -> str:
    if isinstance(target, Connection):
        return target.name
    return service.registry.name_of_pair(target)


def _describe(service: FakeService, target: Target) -> str:
    """A target with what happened to it."""
    life = target if isinstance(target, Connection) else service.registry.last_life(target)
    known = f"{_name(service, target)}: {life.status if life else 'unknown to the fake'}"
    attempts = [one for one in deletions_of(service) if _is_about(one, target)]
    if not attempts:
        return f"{known}; no DeleteConnection named it"
    if any(attempt.succeeded for attempt in attempts):
        return f"{known}; a DeleteConnection took effect"
    codes = ", ".join(dict.fromkeys(attempt.error_code or "" for attempt in attempts))
    return f"{known}; DeleteConnection ended in {codes}"
