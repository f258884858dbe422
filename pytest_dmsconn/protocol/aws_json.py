"""AWS JSON 1.1, the protocol of DMS: JSON objects in requests and responses (W1)."""

from __future__ import annotations

import functools
import json
import time
import uuid
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from pytest_dmsconn.dms import aws_errors, service_model
from pytest_dmsconn.dms.service_model import TARGET_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.dms.aws_errors import AwsError

CONTENT_TYPE = "application/x-amz-json-1.1"
OK = 200


class Headers(Protocol):
    """A mapping of headers whose names are case-insensitive."""

    def get(self, name: str, /) -> Any:
        """The value, text or bytes; None if there is none."""


class Timeouts(NamedTuple):
    """The timeouts of a client in seconds; None for no timeout."""

    connect: float | None = None
    read: float | None = None


class Request(NamedTuple):
    """A request in the form that all transports share."""

    method: str
    url: str
    headers: Headers
    body: bytes
    timeouts: Timeouts = Timeouts()
    pass_time: Callable[[float], None] | None = None
    """A function that lets virtual time pass before the answer; None if time can jump."""


class Response(NamedTuple):
    """A response in the form that all transports share."""

    status_code: int
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """The answer to a call in two forms: decoded JSON, and an HTTP response."""

    answer: Mapping[str, Any] | None
    """The decoded answer or error; None if the response is broken or lost."""
    response: Response | None
    """None if no answer arrives."""
    error_code: str | None


def header(headers: Headers, name: str) -> str:
    """The text of a header; empty if there is none."""
    value = headers.get(name)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return "" if value is None else str(value)


def content_of(body: object) -> bytes:
    """The bytes of a body; empty for a stream, because no operation of DMS has one."""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, (bytes, bytearray)) else b""


def operation_of(headers: Headers) -> str | None:
    """The operation in the header `X-Amz-Target`; None without the prefix of DMS."""
    target = header(headers, "X-Amz-Target")
    return target[len(TARGET_PREFIX) :] if target.startswith(TARGET_PREFIX) else None


def check(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise `AwsError` for a parameter that is missing or has the wrong type (W4)."""
    required = _required_strings(operation)
    if (
        required is not None
        and required == parameters.keys()
        and {*map(type, parameters.values())} <= {str}
    ):
        return  # botocore's validator takes ten times as long
    try:
        report = service_model.validation_report(operation, parameters)
    except RecursionError:
        raise aws_errors.serialization("The body of the request is nested too deeply.") from None
    if report:
        raise aws_errors.invalid_parameter_value(" ".join(report.splitlines()))  # W4


@functools.cache
def _required_strings(operation: str) -> frozenset[str] | None:
    """The required parameters of an operation; None unless they are strings without limits."""
    shape = service_model.input_shape(operation)
    required = [shape.members[name] for name in shape.required_members]
    plain = all(one.type_name == "string" and not one.metadata for one in required)
    return frozenset(shape.required_members) if plain else None


def pair_in(parameters: Mapping[str, Any]) -> tuple[str, str] | None:
    """The pair of ARNs in the parameters of a call, filters excluded; None if one is missing."""
    endpoint_arn = parameters.get("EndpointArn")
    instance_arn = parameters.get("ReplicationInstanceArn")
    if isinstance(endpoint_arn, str) and isinstance(instance_arn, str):
        return endpoint_arn, instance_arn
    return None


def filters_of(parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The filters of a call; an empty list if they are missing or malformed."""
    filters = parameters.get("Filters")
    if isinstance(filters, list) and all(
        isinstance(one, dict) and isinstance(one.get("Values"), list) for one in filters
    ):
        return filters
    return []


def is_about_pair(operation: str, parameters: Mapping[str, Any], pair: tuple[str, str]) -> bool:
    """Whether a call names a pair of ARNs: DescribeConnections in filters, others directly."""
    if operation != "DescribeConnections":
        return pair_in(parameters) == pair
    wanted = dict(zip(("endpoint-arn", "replication-instance-arn"), pair, strict=True))
    filters = filters_of(parameters)
    return bool(filters) and all(
        wanted.get(str(one.get("Name"))) in one["Values"] for one in filters
    )


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object (W3). Null members are left out, because AWS ignores them."""
    try:
        value = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        raise aws_errors.serialization("The body of the request is not valid JSON.") from None
    if not isinstance(value, dict):
        raise aws_errors.serialization("The body of the request must be a JSON object.")
    return {name: member for name, member in value.items() if member is not None}


def success(answer: Mapping[str, Any]) -> Reply:
    """The reply to a call that succeeded."""
    return Reply(answer, encode(answer, OK), None)


def refusal(error: AwsError) -> Reply:
    """The reply to a call that failed (W2)."""
    answer = error_body(error)
    return Reply(answer, encode(answer, error.status_code), error.code)


def refuse(error: AwsError) -> Response:
    """The response to a request that cannot be read, or whose operation is unknown."""
    return stamped(encode(error_body(error), error.status_code), str(uuid.uuid4()))


def stamped(response: Response, request_id: str) -> Response:
    """Add the headers that all responses have, including broken ones (W1)."""
    response.headers["x-amzn-RequestId"] = request_id
    response.headers["Date"] = _formatted(int(time.time()))
    return response


@functools.lru_cache(maxsize=1)
def _formatted(second: int) -> str:
    return formatdate(second, usegmt=True)


def error_body(error: AwsError) -> dict[str, str]:
    """The body of an error (W2)."""
    return {"__type": error.code, "message": error.message}


def encode(answer: Mapping[str, Any], status_code: int) -> Response:
    """The response with an answer as its body."""
    body = _ENCODER.encode(answer).encode()
    headers = {"Content-Type": CONTENT_TYPE, "Content-Length": str(len(body))}
    return Response(status_code, headers, body)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


# `json.dumps` and `json.loads` would create a new encoder and decoder for each call.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _encode_timestamp(value: Any) -> float:
    return float(value.timestamp())


_ENCODER = json.JSONEncoder(default=_encode_timestamp)
