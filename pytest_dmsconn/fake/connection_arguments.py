"""Arguments that name a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pytest_dmsconn.dms.arns import ResourceType, parse_arn
from pytest_dmsconn.dms.resources import Connection
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted

ConnectionArgument: TypeAlias = Connection | tuple[str, str] | Mapping[str, Any]
"""A connection, a pair of ARNs, or an entry of a describe answer."""

ARN_MEMBERS = ("EndpointArn", "ReplicationInstanceArn")
PAIR = (ResourceType.ENDPOINT, ResourceType.REPLICATION_INSTANCE)


def connection_or_pair(argument: object) -> Connection | tuple[str, str]:
    """Return a given connection, or the pair of ARNs of any other argument."""
    if isinstance(argument, Connection):
        return argument
    given: tuple[object, ...] = ()
    if isinstance(argument, Mapping):
        given = tuple(argument.get(name) for name in ARN_MEMBERS)
    elif isinstance(argument, (tuple, list)):
        given = tuple(argument)
    match given:
        case (str() as endpoint_arn, str() as instance_arn):
            _check_types(argument, [_type_of(endpoint_arn), _type_of(instance_arn)])
            return endpoint_arn, instance_arn
    raise UsageError(_refusal(argument, _hint(argument)))


def pair_of(argument: object) -> tuple[str, str]:
    """Return the pair of ARNs of an argument."""
    checked = connection_or_pair(argument)
    return checked.pair if isinstance(checked, Connection) else checked


def _type_of(text: str) -> str | None:
    """The resource type of a DMS ARN; None if it is not one."""
    arn = parse_arn(text)
    return arn.resource_type if arn else None


def _check_types(argument: object, found: list[str | None]) -> None:
    wanted = [one.value for one in PAIR]
    if found == wanted:
        return
    if found == wanted[::-1]:
        raise UsageError(_refusal(argument, "The two ARNs are swapped."))
    for which, resource_type, expected in zip(("first", "second"), found, PAIR, strict=True):
        if resource_type is None:
            hint = f"The {which} is not the ARN of a DMS resource."
            raise UsageError(_refusal(argument, f"{hint} Identifiers do not name a connection."))
        if resource_type != expected.value:
            hint = f"The {which} is the ARN of a resource of type {quoted(resource_type, 40)}."
            raise UsageError(_refusal(argument, hint))


def _hint(argument: object) -> str:
    if isinstance(argument, Mapping):
        return f"An entry of a describe answer has {' and '.join(ARN_MEMBERS)}."
    if isinstance(argument, (tuple, list, set, frozenset)):
        return "Unpack several connections with an asterisk: *connections."
    if isinstance(argument, str) and _type_of(argument):
        return "Put both ARNs in one pair of parentheses."
    return "FakeDms.connection(...) finds a connection that exists."


def _refusal(argument: object, hint: str) -> str:
    return (
        f"{quoted(argument)} does not name a connection. Give a Connection, a pair "
        f"(endpoint ARN, replication instance ARN), or an entry of a describe answer. {hint}"
    )
