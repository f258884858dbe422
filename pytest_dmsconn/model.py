"""What botocore's service model says of DMS: operations, parameters, structures, faults."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel, ServiceModel

SERVICE_ID = "Database Migration Service"
TARGET_PREFIX = "AmazonDMSv20160101."


@functools.cache
def service_model() -> ServiceModel:
    """The model of DMS in the installed botocore.

    It is read through a bare loader: a botocore session would fail under a stray `AWS_PROFILE`.
    """
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("dms", "service-2"), "dms")


@functools.cache
def operation_names() -> frozenset[str]:
    """Every operation of DMS."""
    return frozenset(service_model().operation_names)


@functools.cache
def _operation_model(operation: str) -> OperationModel:
    return service_model().operation_model(operation)


@functools.cache
def members_of(structure: str) -> frozenset[str]:
    """The members of one of the model's structures."""
    shape: Any = service_model().shape_for(structure)
    return frozenset(shape.members)


def complaints(operation: str, parameters: Mapping[str, Any]) -> str:
    """What is wrong with the parameters of a call, in botocore's words; empty if nothing is."""
    return _report(parameters, _operation_model(operation).input_shape)


def complaints_about_structure(structure: str, members: Mapping[str, Any]) -> str:
    """What is wrong with the members of a structure, in botocore's words; empty if nothing is."""
    return _report(members, service_model().shape_for(structure))


def _report(values: Mapping[str, Any], shape: Any) -> str:
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(values, shape)
    return str(report.generate_report()) if report.has_errors() else ""


def with_timestamps(structure: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a structure, with datetimes where the model has timestamps."""
    result: dict[str, Any] = _convert(members, service_model().shape_for(structure))
    return result


def _convert(value: Any, shape: Any) -> Any:
    if shape.type_name == "timestamp":
        from botocore.utils import parse_to_aware_datetime

        return parse_to_aware_datetime(value)
    if shape.type_name == "structure":
        return {name: _convert(member, shape.members[name]) for name, member in value.items()}
    if shape.type_name == "list":
        return [_convert(item, shape.member) for item in value]
    return value
