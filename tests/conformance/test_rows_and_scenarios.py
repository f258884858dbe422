"""Rows, scenarios, evidence and the list of moto's differences belong together."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import evidence
from support.documentation import DOCS, ROOT
from support.moto_differences import MOTO_DIFFERENCES
from support.scenarios import row_named_by

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

HERE = Path(__file__).parent


def scenarios() -> list[str]:
    """The names of all scenarios."""
    return [
        node.name
        for file in sorted(HERE.glob("test_rows_*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and row_named_by(node.name)
    ]


def test_every_row_has_a_scenario_and_every_scenario_a_row() -> None:
    rows = evidence.rows_of_the_page()

    assert set(rows) == {row_named_by(name) for name in scenarios()}
    assert len(rows) == len(set(rows))


def test_the_differences_of_moto_are_those_of_scenarios() -> None:
    assert MOTO_DIFFERENCES.keys() <= set(scenarios())


def test_the_comparison_page_cites_the_rows_in_which_moto_differs() -> None:
    page = (DOCS / "comparison.md").read_text(encoding="utf-8")
    section = " ".join(page.partition("\n## moto\n")[2].partition("\n## ")[0].split())
    cited = {row for rows in re.findall(r"\(rows? ([^)]+)\)", section) for row in rows.split(", ")}

    assert cited == {row_named_by(name) for name in MOTO_DIFFERENCES}


def test_the_fidelity_page_has_the_newest_evidence() -> None:
    """After `python tests/support/evidence.py`."""
    assert evidence.FIDELITY.read_text(encoding="utf-8") == evidence.page_with_table()


@pytest.mark.parametrize("path", sorted(evidence.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_evidence_holds_no_account_numbers_keys_or_paths(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert (
        re.findall(r"(?<![0-9A-Fa-f-])\d{12}(?!\d)|AKIA\w+|ASIA\w+|Authorization|/home/", text)
        == []
    )


# Against a target


def conformance(folder: Path, *options: str) -> dict[str, Any]:
    """Run all scenarios in a process of their own; return what was seen, row by row."""
    command = [sys.executable, "-m", "pytest", "tests/conformance", "-q", "-p", "no:randomly"]
    run = subprocess.run(
        [
            *command,
            "-p",
            "no:cacheprovider",
            "-m",
            "scenario",
            "--write-evidence",
            folder,
            *options,
        ],
        cwd=ROOT,
        env=fake_keys(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    [path] = folder.glob("*.json")
    rows: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


def fake_keys() -> dict[str, str]:
    return {**os.environ, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def outcomes(rows: dict[str, Any]) -> dict[str, str]:
    return {row: seen["outcome"] for row, seen in rows.items()}


def named(endpoint_arn: str, instance_arn: str) -> tuple[str, ...]:
    return ("--endpoint-arn", endpoint_arn, "--replication-instance-arn", instance_arn)


@pytest.mark.slow
def test_a_target_is_only_read_unless_more_is_allowed(
    dmsconn: FakeDms, dmsconn_server: Any, tmp_path: Path
) -> None:
    connection = dmsconn.add_connection()
    other = dmsconn.add_connection()
    options = (
        "--target",
        "aws",
        "--endpoint-url",
        dmsconn_server.url,
        *named(*connection_arns(connection)),
    )

    seen = outcomes(conformance(tmp_path, *options))

    assert seen["Q4"] == seen["W3"] == "agrees"
    assert seen["D1"] == seen["N6"] == seen["T4"] == "not run"
    assert dmsconn.connections == (connection, other)
    assert connection.status == other.status == "successful"


def connection_arns(connection: Any) -> tuple[str, str]:
    return connection.endpoint_arn, connection.replication_instance_arn


@pytest.mark.slow
@pytest.mark.dmsconn(testing_polls=2, deleting_polls=2)
def test_a_target_is_changed_in_what_was_named_alone(
    dmsconn: FakeDms, dmsconn_server: Any, tmp_path: Path
) -> None:
    connection = dmsconn.add_connection()
    others = dmsconn.add_connections(25)  # two pages
    options = (
        "--target",
        "aws",
        "--endpoint-url",
        dmsconn_server.url,
        *named(*connection_arns(connection)),
    )

    seen = outcomes(
        conformance(tmp_path, *options, "--destructive", "--delete-endpoint-and-instance")
    )

    assert {row for row, outcome in seen.items() if outcome == "differs"} == set()
    assert {row for row, outcome in seen.items() if outcome == "not run"} == {
        "D10", "N7", "T1a", "T4", "T6", "T7", "W6",
    }  # fmt: skip
    assert list(dmsconn.connections) == others
    assert len(dmsconn.endpoints) == len(dmsconn.replication_instances) == 25


@pytest.mark.slow
def test_moto_differs_as_expected(tmp_path: Path) -> None:
    pytest.importorskip("moto.server")

    seen = outcomes(conformance(tmp_path, "--target", "moto"))

    differing = {row for row, outcome in seen.items() if outcome == "differs"}
    assert differing == {row_named_by(name) for name in MOTO_DIFFERENCES}


@pytest.mark.parametrize("missing", ["--endpoint-arn", "--replication-instance-arn"])
@pytest.mark.slow
def test_a_target_in_aws_has_to_be_named(missing: str) -> None:
    arn = "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS"
    given = {"--endpoint-arn": arn, "--replication-instance-arn": arn.replace("endpoint", "rep")}
    del given[missing]
    options = [word for pair in given.items() for word in pair]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/conformance", "--target", "aws", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"--target aws needs {missing}" in run.stderr
