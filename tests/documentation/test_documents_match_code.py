"""The documentation says what the code says: rows, options, names, signatures."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from typing import Any

import pytest
from support.documentation import (
    DOCS,
    FAULTS,
    FIDELITY,
    README,
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
from pytest_dmsconn.server.dms_server import DmsServer

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
    table = table_headed(README, "option", "default")
    documented = {row[0].strip("`"): ast.literal_eval(row[1].strip("`")) for row in table}

    assert documented == {field.name: field.default for field in fields(Options)}


def section(title: str) -> str:
    """The text of a section of the reference, up to the next of its level."""
    text = REFERENCE.read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def documented_in(title: str) -> dict[str, str]:
    """The names in bold code of a section, each with its signature."""
    signatures = re.findall(r"\*\*`([^`]+)`\*\*", " ".join(section(title).split()))
    return {signature.partition("(")[0]: signature for signature in signatures}


def attributes_in(title: str) -> list[str]:
    """The names in the first column of the table of a section."""
    first_cells = re.findall(r"^\| (`.*?) \|", section(title), re.MULTILINE)
    return [name for cell in first_cells for name in re.findall(r"`(\w+)(?:\(.*\))?`", cell)]


def test_the_reference_has_every_public_name() -> None:
    assert documented_in("Names in the package").keys() == set(pytest_dmsconn.__all__)


def test_the_control_api_has_the_commands_of_the_code() -> None:
    table = table_headed(DOCS / "reaching-the-fake.md", "request", "body", "answer")
    documented = [row[0].strip("`") for row in table]

    assert documented == [f"{one.method} {PREFIX}{name}" for name, one in COMMANDS.items()]


def test_the_faults_are_those_of_the_code() -> None:
    errors = [
        row[0].strip("`") for rows in tables_of(FAULTS) for row in rows[1:] if rows[0][0] == "error"
    ]

    assert errors == [*COMMON_ERRORS, *TRANSPORT_FAILURES, *BROKEN_ANSWERS]


def test_the_common_errors_have_the_status_of_the_code() -> None:
    table = table_headed(FAULTS, "error", "HTTP status")

    assert {row[0].strip("`"): int(row[1]) for row in table} == {
        error: status_code for error, (status_code, _) in COMMON_ERRORS.items()
    }


def test_the_outcomes_are_those_of_the_code() -> None:
    table = table_headed(FAULTS, "id", "what happens")
    documented = [name for row in table for name in re.findall(r"`([^`]+)`", row[0])]

    assert documented == [outcome.id for outcome in pytest_dmsconn.DELETE_OUTCOMES]


FOR_TRANSPORTS = {"elapsed", "service"}
"""What is public in `FakeDms` and no part of what a test needs."""


def test_the_reference_has_every_member_of_the_fake() -> None:
    public = {name for name in dir(pytest_dmsconn.FakeDms) if not name.startswith("_")}

    assert documented_in("FakeDms").keys() == public - FOR_TRANSPORTS


def test_the_reference_has_the_fields_of_calls_and_deletions(dms_client: Any) -> None:
    dms_client.describe_connections()

    assert attributes_in("Call") == list(pytest_dmsconn.current().calls[0].to_dict())
    assert attributes_in("Deletion") == list(pytest_dmsconn.Deletion._fields)


def test_the_reference_has_attributes_that_connections_have() -> None:
    attributes = attributes_in("Connection")

    assert attributes
    assert set(attributes) <= set(dir(pytest_dmsconn.Connection))


@pytest.mark.parametrize(
    ("title", "owner"),
    [("FakeDms", pytest_dmsconn.FakeDms), ("dmsconn_server", DmsServer)],
)
def test_the_reference_has_the_signatures_of_the_code(title: str, owner: type) -> None:
    for name, signature in documented_in(title).items():
        member = getattr(owner, name)
        if callable(member):
            assert signature == f"{name}({bare_signature(member)})"
        else:
            assert signature == name


def bare_signature(function: Any) -> str:
    """Parameters and defaults, without types."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    bare = [
        one.replace(
            annotation=inspect.Parameter.empty,
            default=str(one.default) if isinstance(one.default, str) else one.default,
        )
        for one in parameters
    ]
    return str(inspect.Signature(bare))[1:-1]
