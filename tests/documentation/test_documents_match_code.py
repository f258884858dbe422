"""The documentation says what the code says: rows, options, names, signatures."""

from __future__ import annotations

import ast
import inspect
import os
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.documentation import (
    DOCS,
    FIDELITY,
    REFERENCE,
    ROOT,
    table_headed,
    tables_of,
)

import pytest_dmsconn
from pytest_dmsconn.options import Options
from pytest_dmsconn.protocol.injectable_errors import (
    BROKEN_ANSWERS,
    COMMON_ERRORS,
    TRANSPORT_FAILURES,
)
from pytest_dmsconn.server.control_api import COMMANDS, PREFIX
from pytest_dmsconn.server.serve_command import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

ERRORS = REFERENCE / "errors.md"
ROW = re.compile(r"\b[DTQENW]\d{1,2}a?\b")
"""A row of docs/fidelity.md, as the code cites it."""


# Fidelity


def rows_of_fidelity() -> set[str]:
    return {row[0] for rows in tables_of(FIDELITY) for row in rows if ROW.fullmatch(row[0])}


def rows_cited_in(folder: str) -> dict[str, str]:
    return {
        row: file.name
        for file in (ROOT / folder).rglob("*.py")
        for row in ROW.findall(file.read_text(encoding="utf-8"))
    }


def test_every_row_that_the_code_cites_is_in_the_fidelity_page() -> None:
    cited = rows_cited_in("pytest_dmsconn")

    assert {row: file for row, file in cited.items() if row not in rows_of_fidelity()} == {}


def test_every_row_of_the_fidelity_page_is_cited() -> None:
    cited = rows_cited_in("pytest_dmsconn").keys() | rows_cited_in("tests").keys()

    assert rows_of_fidelity() - cited == set()


def test_every_row_of_the_fidelity_page_says_how_it_is_known() -> None:
    for rows in tables_of(FIDELITY):
        for row in rows:
            if ROW.fullmatch(row[0]) and rows[0][-1] == "how it is known":
                assert re.search(r"\*\*(documented|observed|assumed)\*\*", row[-1]), row[0]


# The reference


def test_the_options_are_those_of_the_code() -> None:
    table = table_headed(REFERENCE / "index.md", "option", "default")
    documented = {row[0].strip("`"): ast.literal_eval(row[1].strip("`")) for row in table}

    assert documented == {field.name: field.default for field in fields(Options)}


def test_the_reference_has_every_public_name() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md"))
    generated = set(re.findall(r"^::: pytest_dmsconn\.(\w+)$", pages, re.MULTILINE))
    listed = {
        name
        for row in table_headed(REFERENCE / "index.md", "name", "what it is")
        for name in re.findall(r"`(\w+)`", row[0])
    }

    assert generated - {"strategies"} == set(pytest_dmsconn.__all__)
    assert listed == set(pytest_dmsconn.__all__)


def overview_row(name: str) -> str:
    """The row of a public name of `FakeDms`, as the code has it."""
    member = inspect.getattr_static(pytest_dmsconn.FakeDms, name)
    summary = (inspect.getdoc(member) or "").splitlines()[0]
    if isinstance(member, property):
        return f"| `{name}` | {summary} |"
    signature = inspect.signature(member)
    parameters = [
        one.replace(annotation=one.empty)
        for one in signature.parameters.values()
        if one.name != "self"
    ]
    plain = signature.replace(parameters=parameters, return_annotation=signature.empty)
    return f"| `{name}{plain}` | {summary} |"


def test_the_overview_of_the_fake_has_every_signature() -> None:
    page = REFERENCE / "fake.md"
    text = page.read_text(encoding="utf-8")
    names = {name for name in dir(pytest_dmsconn.FakeDms) if not name.startswith("_")}
    rows = {name: overview_row(name) for name in names - {"elapsed"}}
    if "UPDATE_DOCUMENTS" in os.environ:
        text = re.sub(r"^\| `(\w+)\b.*", lambda row: rows[row[1]], text, flags=re.MULTILINE)
        page.write_text(text, encoding="utf-8")

    assert sorted(re.findall(r"^\| `.*", text, re.MULTILINE)) == sorted(rows.values())


@pytest.mark.dmsconn(strict=False)
def test_the_overview_of_the_objects_has_real_attributes(dmsconn: pytest_dmsconn.FakeDms) -> None:
    connection = dmsconn.add_connection()
    boto3.client("dms").delete_connection(**connection.arns)
    objects: dict[str, Any] = {
        "Connection": connection,
        "Endpoint": dmsconn.endpoints[0],
        "ReplicationInstance": dmsconn.replication_instances[0],
        "Call": dmsconn.calls[0],
        "Deletion": dmsconn.deletions[0],
        "Fault": dmsconn.fail("DeleteConnection", "InternalFailure"),
    }

    for name, attributes in table_headed(REFERENCE / "objects.md", "class"):
        for attribute in re.findall(r"`(\w+)(?:\(\))?`", attributes):
            assert hasattr(objects[name.strip("`")], attribute), f"{name}.{attribute}"


def test_the_control_api_has_the_commands_of_the_code() -> None:
    table = table_headed(DOCS / "how-to" / "other-languages.md", "request", "body", "answer")
    documented = [row[0].strip("`") for row in table]

    assert documented == [f"{one.method} {PREFIX}{name}" for name, one in COMMANDS.items()]


def test_the_arguments_of_serve_are_those_of_the_code() -> None:
    table = table_headed(REFERENCE / "server.md", "argument", "default", "meaning")
    documented = [name for row in table for name in re.findall(r"`--([a-z-]+)", row[0])]

    assert sorted(documented) == sorted(["port", *(name.replace("_", "-") for name in OPTIONS)])


def test_the_faults_are_those_of_the_code() -> None:
    errors = [
        row[0].strip("`") for rows in tables_of(ERRORS) for row in rows[1:] if rows[0][0] == "error"
    ]

    assert errors == [*COMMON_ERRORS, *TRANSPORT_FAILURES, *BROKEN_ANSWERS]


def test_the_common_errors_have_the_status_of_the_code() -> None:
    table = table_headed(ERRORS, "error", "HTTP status")

    assert {row[0].strip("`"): int(row[1]) for row in table} == {
        error: status_code for error, (status_code, _) in COMMON_ERRORS.items()
    }


def test_the_outcomes_are_those_of_the_code() -> None:
    table = table_headed(ERRORS, "id", "what happens")
    documented = [name for row in table for name in re.findall(r"`([^`]+)`", row[0])]

    assert documented == [outcome.id for outcome in pytest_dmsconn.DELETE_OUTCOMES]


PUBLIC_CLASSES = [
    getattr(pytest_dmsconn, name)
    for name in pytest_dmsconn.__all__
    if inspect.isclass(getattr(pytest_dmsconn, name))
    and name != "Fault"  # the reference leaves its methods out: they are for the fake
]


def public_functions() -> Iterator[Any]:
    """Every public function and method, as the reference generates it from its docstring."""
    yield from (pytest_dmsconn.mock_dms, pytest_dmsconn.current)
    for owner in PUBLIC_CLASSES:
        for name, member in inspect.getmembers(owner, inspect.isfunction):
            if not name.startswith("_") and member.__module__.startswith("pytest_dmsconn"):
                yield member


@pytest.mark.parametrize("function", list(public_functions()), ids=lambda one: one.__qualname__)
def test_a_docstring_describes_every_parameter(function: Any) -> None:
    text = inspect.getdoc(function) or ""
    parameters = [name for name in inspect.signature(function).parameters if name != "self"]

    assert text
    assert [name for name in parameters if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("owner", PUBLIC_CLASSES, ids=lambda one: one.__name__)
def test_every_property_has_a_docstring(owner: type) -> None:
    properties = {
        name: member
        for name, member in inspect.getmembers(owner, lambda one: isinstance(one, property))
        if not name.startswith("_")
    }

    assert [name for name, member in properties.items() if not inspect.getdoc(member)] == []
