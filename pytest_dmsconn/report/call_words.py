"""Descriptions of a call: its subject and its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.arns import Scope
from pytest_dmsconn.protocol.aws_json import filters_of
from pytest_dmsconn.protocol.fault_injection import DELAY
from pytest_dmsconn.report.names import arn_name, connection_name, place, scope_mark, with_names
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.protocol.calls import Call, Record
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_MESSAGE_LENGTH = 120


def subject(service: FakeService, record: Record) -> str:
    """Describe the subject of a call, with identifiers in place of known ARNs."""
    call = record.call
    if record.connection is not None:
        words = [connection_name(service, record.connection)]
        there, here = record.connection.scope, scope_of(call)
        if here.account_id != there.account_id:
            words.append(f"(called in {here.region}, account {here.account_id})")
        elif here != there:
            words.append(f"(called in {place(service, here)})")
    else:
        named = [
            arn_name(service, call.params[key])
            for key in ("EndpointArn", "ReplicationInstanceArn")
            if key in call.params
        ]
        words = [" @ ".join(named)] if named else []
        words += [_filter_words(service, one) for one in filters_of(call.params)]
        if "MaxRecords" in call.params:
            words.append(f"MaxRecords={escaped(call.params['MaxRecords'], 20)}")
        if call.params.get("Marker"):
            words.append("next page")
        mark = scope_mark(service, scope_of(call)).strip()
        words += [mark] if mark else []
    return " ".join(words)


def outcome(service: FakeService, record: Record) -> str:
    """Describe the outcome of a call."""
    call, fault = record.call, record.fault
    delayed = fault is not None and fault.error == DELAY
    injected = f"delayed {fault.seconds:g} s" if fault and delayed else "injected"
    if call.error_code is None:
        return f"{call.status_code}{_answer_words(call)}{f' ({injected})' if delayed else ''}"
    words = call.error_code
    if call.response and (fault is None or fault.own_message or delayed):
        message = with_names(service, str(call.response["message"]))
        words += f": {escaped(message, MAX_MESSAGE_LENGTH)}"
    if fault is None:
        return words
    return f"{words} ({injected}{', though it took effect' if record.took_effect else ''})"


def outcome_of_several(service: FakeService, records: Sequence[Record]) -> str:
    """Describe the outcome of similar calls, without a message that differs between them."""
    first, last = (outcome(service, one) for one in (records[0], records[-1]))
    return first if first == last else short_outcome(records[0])


def short_outcome(record: Record) -> str:
    """The status code or the error code of a call."""
    if record.call.error_code is None:
        return str(record.call.status_code)
    return record.call.error_code + (", though it took effect" if record.took_effect else "")


def scope_of(call: Call) -> Scope:
    """The region and account of a call."""
    return Scope(call.region, call.account_id)


def _filter_words(service: FakeService, given: Mapping[str, Any]) -> str:
    values = given["Values"]
    shown = [arn_name(service, value) for value in values[:2]]
    if len(values) > len(shown):
        shown.append(f"{len(values) - len(shown)} more")
    return f"{escaped(given.get('Name'), 40)}={','.join(shown)}"


def _answer_words(call: Call) -> str:
    response = call.response or {}
    for key, value in response.items():
        if isinstance(value, list):
            more = ", more to come" if response.get("Marker") else ""
            noun = key.removesuffix("s") if len(value) == 1 else key
            return f", {len(value)} {noun}{more}"
        if isinstance(value, dict) and key != "Connection":
            return f", {value.get('Status') or value.get('ReplicationInstanceStatus')}"
    return ""
