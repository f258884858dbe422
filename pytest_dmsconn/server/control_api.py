"""The control API under `/_dmsconn/`, with which tests in other languages use a fake."""

from __future__ import annotations

import itertools
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.interception import stack
from pytest_dmsconn.protocol.aws_json import encode, header
from pytest_dmsconn.protocol.injectable_errors import NOT_FROM_A_SERVER
from pytest_dmsconn.server import page
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_dmsconn.dms.resources import Connection
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.protocol.aws_json import Request, Response
    from pytest_dmsconn.protocol.calls import Call
    from pytest_dmsconn.protocol.fault_injection import Fault

PREFIX = "/_dmsconn/"
SEED = PREFIX + "seed"
MAX_BODY_BYTES = 128 << 20
"""A dump of 100,000 connections has 72 MiB."""
CONTENT_TYPE = "application/json"
NO_FAKE = "No fake of DMS is active in the process of this server."
MAX_NUMBER_LENGTH = 15
MAX_SHOWN = 1000
"""The largest number of connections, and of calls, in one answer of `state`."""
MAX_BYTES_SHOWN = 4 << 20
"""The largest size of the connections, and of the calls, as JSON."""


def answer(request: Request) -> Response:
    """Answer a request to the control API: 200 with an object, or an error with a `message`."""
    url = urlsplit(request.url)
    if url.path == PREFIX and request.method == "GET":
        return page.answer()
    command = COMMANDS.get(url.path[len(PREFIX) :])
    if command is None:
        known = ", ".join(f"{one.method} {PREFIX}{name}" for name, one in COMMANDS.items())
        return _complaint(HTTPStatus.NOT_FOUND, f"There is no {escaped(url.path)}. Known: {known}.")
    if request.method != command.method:
        message = f"{url.path} takes {command.method}, not {escaped(request.method)}."
        return _complaint(HTTPStatus.METHOD_NOT_ALLOWED, message)
    fake = stack.newest()
    if fake is None:
        return _complaint(HTTPStatus.SERVICE_UNAVAILABLE, NO_FAKE)
    try:
        if command.method == "POST":
            given = _read(request)
        else:
            given = dict(parse_qsl(url.query, keep_blank_values=True))
        return _json(HTTPStatus.OK, command.carry_out(fake, given))
    except UsageError as error:
        return _complaint(HTTPStatus.BAD_REQUEST, str(error))


def _state(fake: FakeDms, given: Mapping[str, Any]) -> dict[str, Any]:
    _check_members(given, {"calls_after": (str,), "connections_after": (str,)})
    calls_after = _position(given, "calls_after")
    connections_after = _position(given, "connections_after") or 0
    with fake.service.registry.lock:
        calls, connections = fake.calls, fake.connections
        state = {
            "connections": _structures(connections[connections_after:]),
            "connections_total": len(connections),
            "calls_total": len(calls),
            "faults": [_fault_structure(fault) for fault in fake.service.faults.armed],
            "blocked": [escaped(one.what) for one in fake.service.blocked[-MAX_SHOWN:]],
            "now": fake.now,
        }
    if calls_after is None:
        return state | {"calls": _structures(reversed(calls))[::-1]}
    return state | {"calls": _structures(calls[calls_after:])}


def _structures(items: Iterable[Connection | Call]) -> list[dict[str, Any]]:
    """The first items as JSON objects: as many as one answer may have, and at least one."""
    shown: list[dict[str, Any]] = []
    size = 0
    for one in itertools.islice(items, MAX_SHOWN):
        structure = one.to_dict()
        size += len(encode(structure, HTTPStatus.OK).body)
        if shown and size > MAX_BYTES_SHOWN:
            break
        shown.append(structure)
    return shown


def _position(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_LENGTH:
        return int(text)
    raise UsageError(f"{name}={quoted(text)} is not allowed; it must be a whole number.")


def _fault_structure(fault: Fault) -> dict[str, Any]:
    return {
        "operation": fault.operation,
        "error": fault.error,
        "times": fault.times,
        "after": fault.after,
        "connection": fault.pair,
        "applied": fault.applied,
        "met": fault.met,
    }


def _seed(fake: FakeDms, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        loaded = fake.load(given)
    except RecursionError:
        raise UsageError("The body is nested too deeply.") from None
    return {"connections": [connection.to_dict() for connection in loaded]}


def _fault(fake: FakeDms, given: Mapping[str, Any]) -> dict[str, Any]:
    _check_members(given, FAULT_MEMBERS, required=("operation", "error"))
    arguments = dict(given)
    if given["error"] in NOT_FROM_A_SERVER:
        msg = (
            f"{quoted(given['error'])} cannot come from a server that has taken the call. "
            "Of the transport failures only 'connection-closed' can be armed over HTTP."
        )
        raise UsageError(msg)
    if given.get("connection") is not None:
        arguments["connection"] = _pair(given["connection"])
    fake.fail(**arguments).armed_at = f"POST {PREFIX}faults"
    return {}


def _advance(fake: FakeDms, given: Mapping[str, Any]) -> dict[str, Any]:
    _check_members(given, {"seconds": (int, float)}, required=("seconds",))
    fake.advance(given["seconds"])
    return {"now": fake.now}


def _reset(fake: FakeDms, given: Mapping[str, Any]) -> dict[str, Any]:
    _check_members(given, {})
    fake.reset()
    return {}


class Command(NamedTuple):
    """A command of the control API."""

    method: str
    carry_out: Callable[[FakeDms, Mapping[str, Any]], dict[str, Any]]


COMMANDS: Mapping[str, Command] = {
    "state": Command("GET", _state),
    "seed": Command("POST", _seed),
    "faults": Command("POST", _fault),
    "advance": Command("POST", _advance),
    "reset": Command("POST", _reset),
}

FAULT_MEMBERS: Mapping[str, tuple[type, ...]] = {
    "operation": (str,),
    "error": (str,),
    "message": (str, type(None)),
    "times": (int, type(None)),
    "after": (int,),
    "connection": (list, type(None)),
    "applied": (bool,),
}
"""The arguments of `FakeDms.fail`, and the JSON types of each."""

JSON_TYPES: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "an array",
    type(None): "null",
}


def _read(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body of a POST; an empty body means `{}`."""
    content_type = header(request.headers, "Content-Type").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE:
        # A browser lets other web sites send other types without a CORS preflight.
        msg = f"A POST needs the header Content-Type: {CONTENT_TYPE}, not {quoted(content_type)}."
        raise UsageError(msg)
    try:
        given = json.loads(request.body.decode() or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        msg = f"The body is not JSON: {escaped(error)}."
        raise UsageError(msg) from None
    if not isinstance(given, dict):
        raise UsageError("The body must be a JSON object.")
    return given


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _check_members(
    given: Mapping[str, Any],
    allowed: Mapping[str, tuple[type, ...]],
    required: tuple[str, ...] = (),
) -> None:
    for name, value in given.items():
        if name not in allowed:
            known = ", ".join(allowed) or "none"
            msg = f"{quoted(name)} is not known here.{did_you_mean(name, allowed)} Known: {known}."
            raise UsageError(msg)
        # A bool is an int in Python, but not a number in JSON.
        if type(value) not in allowed[name]:
            types = " or ".join(JSON_TYPES[one] for one in allowed[name])
            raise UsageError(f"{name} must be {types}, not {quoted(value)}.")
    for name in required:
        if name not in given:
            msg = f"{name} is missing."
            raise UsageError(msg)


def _pair(value: list[Any]) -> tuple[str, str]:
    match value:
        case [str() as endpoint_arn, str() as instance_arn]:
            return endpoint_arn, instance_arn
    raise UsageError(
        "connection must be an array of two ARNs, of the endpoint and of the replication "
        f"instance, not {quoted(value)}."
    )


def _complaint(status: HTTPStatus, message: str) -> Response:
    return _json(status, {"message": message})


def _json(status: HTTPStatus, content: Mapping[str, Any]) -> Response:
    response = encode(content, status.value)
    response.headers["Content-Type"] = CONTENT_TYPE
    return response
