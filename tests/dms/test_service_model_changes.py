"""Parts of the installed botocore's model of DMS that were never compared with the fake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.answer_validation import service_model

OPERATIONS = (
    "DeleteConnection",
    "TestConnection",
    "DescribeConnections",
    "DeleteEndpoint",
    "DescribeEndpoints",
    "DeleteReplicationInstance",
    "DescribeReplicationInstances",
)
KNOWN: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("known_service_model.json").read_text(encoding="utf-8")
)
"""Operations, and the errors and members of those that the fake answers, as last looked at."""


def found_in_botocore() -> dict[str, list[str]]:
    model = service_model()
    related = ("Connection", "Endpoint", "ReplicationInstance")
    found = {"operations": [one for one in model.operation_names if any(w in one for w in related)]}
    for name in OPERATIONS:
        operation: Any = model.operation_model(name)
        found[f"{name} errors"] = [shape.name for shape in operation.error_shapes]
        add_structure(operation.input_shape, found)
        add_structure(operation.output_shape, found)
    return {name: sorted(members) for name, members in sorted(found.items())}


def add_structure(shape: Any, found: dict[str, list[str]]) -> None:
    if shape.type_name == "list":
        add_structure(shape.member, found)
    elif shape.type_name == "structure" and shape.name not in found:
        found[shape.name] = list(shape.members)
        for member in shape.members.values():
            add_structure(member, found)


@pytest.mark.parametrize("subject", found_in_botocore())
def test_every_part_of_botocores_dms_model_was_reviewed(subject: str) -> None:
    """Decide whether the fake needs it, then add it to known_service_model.json."""
    new = set(found_in_botocore()[subject]) - set(KNOWN.get(subject, ()))

    assert new == set(), f"botocore has new {subject}: {', '.join(sorted(new))}"
