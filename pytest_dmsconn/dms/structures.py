"""Members of AWS's structures as a seed gives them, checked against botocore's model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from datetime import datetime

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


def check_members(structure: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Check members of one of AWS's structures; return a copy with datetimes for timestamps.

    Args:
        structure: the structure's name in botocore's model, such as `Endpoint`.
        members: values by AWS's names, as deep as the structure goes.

    Raises:
        UsageError: a member is unknown, or its value is of the wrong type.
    """
    shape = service_model.service_model().shape_for(structure)
    checked: dict[str, Any] = _checked(members, shape, structure)
    complaint = service_model.complaints_about_structure(structure, checked)
    if complaint:
        msg = f"The members do not fit AWS's {structure} structure: {complaint}"
        raise UsageError(msg)
    return checked


def _checked(value: Any, shape: Any, place: str) -> Any:
    """Refuse what botocore's own check lets pass or answers without a hint."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        for name in value:
            if name not in shape.members:
                hint = did_you_mean(str(name), shape.members)
                msg = f"{name!r} is not a member of AWS's {place} structure.{hint}"
                raise UsageError(msg)
        return {
            name: _checked(member, shape.members[name], f"{place}.{name}")
            for name, member in value.items()
        }
    if kind == "list" and isinstance(value, (list, tuple)):
        return [_checked(item, shape.member, f"{place}[]") for item in value]
    if kind == "timestamp":
        return _read_timestamp(value, place)
    if isinstance(value, bool) and kind != "boolean":
        # To Python, True is an integer.
        msg = f"{place}={value} is not allowed; it must be of the type {kind}."
        raise UsageError(msg)
    return value


def _read_timestamp(value: Any, place: str) -> datetime:
    from botocore.utils import parse_to_aware_datetime

    try:
        # botocore takes what has no time zone for UTC.
        return parse_to_aware_datetime(value)
    except (TypeError, ValueError, AttributeError, OverflowError, RuntimeError):
        msg = (
            f"{place}={value!r} is not a timestamp; it must be a datetime, a string such as "
            "'2024-05-01T12:00:00Z', or seconds since 1970."
        )
        raise UsageError(msg) from None
