"""The validation of every answer of the fake against botocore's model of DMS."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from pytest_dmsconn.protocol.dispatch import FakeService

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

TARGET_PREFIX = "AmazonDMSv20160101."
NOT_IN_THE_MODEL = {
    "InvalidParameterValueException",  # W2
    "SerializationException",  # W3
    "UnknownOperationException",  # W5
    "AccessDeniedException",  # this and the next errors are injected by tests
    "ExpiredTokenException",
    "InternalFailure",
    "RequestTimeout",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnrecognizedClientException",
}
"""Errors that an answer may have although the model does not list them for its operation."""


@functools.cache
def service_model() -> ServiceModel:
    """Botocore's model of DMS."""
    return ServiceModel(Loader().load_service_model("dms", "service-2"), "dms")


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Validate all later answers; return the list that gets the complaints."""
    complaints: list[str] = []
    answer = FakeService.answer

    @functools.wraps(answer)
    def answer_and_validate(self: Any, request: Any, *given: Any, **named: Any) -> Any:
        response = answer(self, request, *given, **named)
        complaints.extend(complaints_about(request, response))
        return response

    monkeypatch.setattr(FakeService, "answer", answer_and_validate)
    return complaints


def complaints_about(request: Any, response: Any) -> Iterator[str]:
    """The complaints about an answer; none if an injected fault has broken it."""
    target = request.headers.get("X-Amz-Target") or ""
    text = target.decode() if isinstance(target, bytes) else str(target)
    operation = text.removeprefix(TARGET_PREFIX)
    if operation not in service_model().operation_names:
        return
    try:
        body = json.loads(response.body)
    except ValueError:
        return
    model: Any = service_model().operation_model(operation)
    if response.status_code != 200:
        yield from complaints_about_error(operation, model, body)
        return
    yield from unknown_members(model.output_shape, body, operation)
    answer = {
        "body": response.body,
        "headers": response.headers,
        "status_code": response.status_code,
    }
    parsed = create_parser("json").parse(answer, model.output_shape)
    del parsed["ResponseMetadata"]
    report = ParamValidator().validate(without_nulls(parsed), model.output_shape)
    if report.has_errors():
        yield f"{operation}: {report.generate_report()}"


def without_nulls(value: Any) -> Any:
    """An answer without nulls in lists, which AWS sends and botocore's parser accepts."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items()}
    if isinstance(value, list):
        return [without_nulls(one) for one in value if one is not None]
    return value


def complaints_about_error(operation: str, model: Any, body: Any) -> Iterator[str]:
    listed = {shape.name for shape in model.error_shapes} | NOT_IN_THE_MODEL
    if body.keys() != {"__type", "message"}:
        yield f"{operation}: an error of the members {sorted(body)}"
    elif body["__type"] not in listed:
        yield f"{operation}: the model does not list the error {body['__type']}"


def unknown_members(shape: Any, value: Any, where: str) -> Iterator[str]:
    """A complaint about each member that the model does not have."""
    if shape.type_name == "structure":
        for name, member in value.items():
            if name not in shape.members:
                yield f"{where} has no member {name}"
            elif member is not None:
                yield from unknown_members(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        for entry in value:
            if entry is not None:
                yield from unknown_members(shape.member, entry, where)
