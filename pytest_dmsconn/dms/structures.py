"""Checks of the members that seeds give, against AWS's structures in botocore's model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from datetime import datetime

_PYTHON_TYPES: Mapping[str, tuple[type[str | float], ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (float, int),
    "double": (float, int),
    "boolean": (bool,),
}

_MAX_INTEGER = 2**63 - 1


def check_members(
    structure: str, members: Mapping[str, Any], *, nulls: bool = False
) -> dict[str, Any]:
    """Check members of one of AWS's structures; return a copy with datetimes for timestamps.

    Members that the model marks as sensitive, such as passwords, are checked and left out: DMS
    never returns them. With `nulls`, None is allowed: as in botocore, a member with it is left
    out, and an item of a list is kept.
    """
    shape = service_model.structure_shape(structure)
    return _check_structure(members, shape, structure, nulls=nulls)


def _check_structure(
    members: Mapping[Any, Any], shape: Any, place: str, *, nulls: bool
) -> dict[str, Any]:
    checked = {}
    known = shape.members
    for name, value in members.items():
        if name not in known:
            hint = did_you_mean(str(name), known)
            raise UsageError(f"{quoted(name)} is not a member of AWS's {place} structure.{hint}")
        if value is None and nulls:
            continue
        member = known[name]
        read = _check_value(value, member, f"{place}.{name}", nulls=nulls)
        if not _is_sensitive(member):
            checked[name] = read
    return checked


def _check_value(value: Any, shape: Any, place: str, *, nulls: bool) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        return _check_structure(value, shape, place, nulls=nulls)
    if kind == "list" and isinstance(value, (list, tuple)):
        item = shape.member
        return [
            None if one is None and nulls else _check_value(one, item, f"{place}[]", nulls=nulls)
            for one in value
        ]
    if kind == "timestamp":
        return _read_timestamp(value, shape, place)
    allowed = _PYTHON_TYPES.get(kind, ())
    # To Python, True is an integer.
    if isinstance(value, allowed) and (kind == "boolean" or not isinstance(value, bool)):
        if isinstance(value, str) or abs(value) <= _MAX_INTEGER:  # False for a NaN
            return value
        kind += ", with 64 bits at most"
    msg = f"{escaped(place)}={_shown(value, shape)} is not allowed; it must be of the type {kind}."
    raise UsageError(msg)


def _shown(value: Any, shape: Any) -> str:
    """The value for a message; `***` if it may contain a password."""
    contains_others = shape.type_name == "structure" or isinstance(value, (Mapping, list, tuple))
    return "***" if contains_others or _is_sensitive(shape) else quoted(value)


def _is_sensitive(shape: Any) -> bool:
    return bool(shape.metadata.get("sensitive"))


def _read_timestamp(value: Any, shape: Any, place: str) -> datetime:
    from botocore.utils import parse_to_aware_datetime

    try:
        # botocore reads a time without a zone as UTC.
        return parse_to_aware_datetime(value)
    except (TypeError, ValueError, AttributeError, OverflowError, RuntimeError):
        raise UsageError(
            f"{place}={_shown(value, shape)} is not a timestamp; it must be a datetime, a string "
            "such as '2024-05-01T12:00:00Z', or seconds since 1970."
        ) from None
