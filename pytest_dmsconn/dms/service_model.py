"""botocore's service model of DMS: operations, parameters, structures, and faults."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.loaders import Loader
    from botocore.model import ServiceModel

TARGET_PREFIX = "AmazonDMSv20160101."


@functools.cache
def loader() -> Loader:
    """The loader of botocore's data files, which reads each file once in the process.

    The loader of a session would fail if `AWS_PROFILE` named an unknown profile.
    """
    from botocore.loaders import Loader

    return Loader()


@functools.cache
def read_data_files(*, of_clients: bool = False) -> None:
    """Read data files before pyfakefs hides them; with `of_clients`, also those of new clients."""
    operation_names()
    loader().load_data("partitions")
    if of_clients:
        import botocore.session  # noqa: F401 - it imports the modules that clients need

        for name in ("endpoints", "sdk-default-configuration", "_retry"):
            loader().load_data(name)
        for name in ("endpoint-rule-set-1", "waiters-2", "paginators-1"):
            loader().load_service_model("dms", name)


@functools.cache
def service_model() -> ServiceModel:
    """The model of DMS in the installed botocore."""
    from botocore.model import ServiceModel

    return ServiceModel(loader().load_service_model("dms", "service-2"), "dms")


@functools.cache
def operation_names() -> frozenset[str]:
    """Every operation of DMS."""
    return frozenset(service_model().operation_names)


def input_shape(operation: str) -> Any:
    """The model of the parameters of an operation."""
    return service_model().operation_model(operation).input_shape


def validation_report(operation: str, parameters: Mapping[str, Any]) -> str:
    """Botocore's report about invalid parameters of a call; empty if all are valid."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(parameters, input_shape(operation))
    return str(report.generate_report()) if report.has_errors() else ""


@functools.cache
def structure_shape(structure: str) -> Any:
    """The model of one of AWS's structures."""
    return service_model().shape_for(structure)


@functools.cache
def faults_of(operations: tuple[str, ...]) -> Mapping[str, str]:
    """The faults that the model lists for all of these operations, with their descriptions."""
    models = [service_model().operation_model(operation) for operation in operations]
    listed = [
        {shape.name: _plain_text(shape.documentation) for shape in model.error_shapes}
        for model in models
    ]
    return {name: text for name, text in listed[0].items() if all(name in one for one in listed)}


def _plain_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
