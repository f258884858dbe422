"""Short, printable names for connections, ARNs and virtual time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_NAME_LENGTH = 63
"""The largest length of a name: that of the longest identifier of an instance."""

_ARN = re.compile(r"arn:[^\s,]*\w")


def connection_name(service: FakeService, connection: Connection) -> str:
    """Both identifiers, with the region and account if they differ from the fake's."""
    endpoint = escaped(connection.endpoint_identifier, MAX_NAME_LENGTH)
    instance = escaped(connection.replication_instance_identifier, MAX_NAME_LENGTH)
    return f"{endpoint} @ {instance}{scope_mark(service, connection.scope)}"


def end_name(service: FakeService, end: Endpoint | ReplicationInstance) -> str:
    """The identifier, with the region and account if they differ from the fake's."""
    return f"{escaped(end.identifier, MAX_NAME_LENGTH)}{scope_mark(service, end.scope)}"


def arn_name(service: FakeService, arn: object) -> str:
    """The identifier for an ARN, or the ARN itself if it is unknown."""
    return escaped(service.registry.name_of_arn(str(arn)), MAX_NAME_LENGTH)


def with_names(service: FakeService, text: str) -> str:
    """A text with identifiers in place of known ARNs."""
    return _ARN.sub(lambda match: service.registry.name_of_arn(match.group()), text)


def scope_mark(service: FakeService, scope: Scope) -> str:
    """Region and account in brackets, each only if it differs from the fake's."""
    elsewhere = [one for one in scope if one not in service.scope]
    return f" [{'/'.join(elsewhere)}]" if elsewhere else ""


def place(service: FakeService, scope: Scope) -> str:
    """A region, with the account if it is not the fake's."""
    if scope.account_id == service.scope.account_id:
        return scope.region
    return f"{scope.region}, account {scope.account_id}"


def span(names: Sequence[str]) -> str:
    """One name, or the first and the last name of several."""
    first, last = names[0], names[-1]
    return first if first == last else f"{first} ... {last}"


def listed(shown: Sequence[str], total: int) -> str:
    """The shown names of a list, and the number of the others."""
    more = total - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def plural(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def seconds(now: float) -> str:
    """A virtual time."""
    return f"{now:.1f}".removesuffix(".0") + " s"
