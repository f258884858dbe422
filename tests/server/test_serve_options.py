"""The options of `serve`, and what it prints for a shell."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.control_api import ENDPOINT_ARN, INSTANCE_ARN
from support.serving import COMMAND, Serving, serving

from pytest_dmsconn.server.serve_command import main

if TYPE_CHECKING:
    from pathlib import Path

ARNS = {"EndpointArn": ENDPOINT_ARN, "ReplicationInstanceArn": INSTANCE_ARN}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A file with one connection."""
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"Connections": [{**ARNS, "Status": "failed"}]}))
    return path


def client_of(running: Serving) -> Any:
    return boto3.client(
        "dms",
        region_name="us-east-1",
        endpoint_url=running.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def statuses(client: Any) -> list[str]:
    return [one["Status"] for one in client.describe_connections()["Connections"]]


def test_the_length_of_a_deletion_is_an_option(seed: Path) -> None:
    with (
        serving("--seed", str(seed), "--deleting-polls", "3") as running,
        closing(client_of(running)) as client,
    ):
        client.delete_connection(**ARNS)

        assert [statuses(client) for _ in range(3)] == [["deleting"], ["deleting"], []]


def test_the_result_of_a_test_is_an_option(seed: Path) -> None:
    with (
        serving("--seed", str(seed), "--test-result", "failed", "--testing-polls", "0") as running,
        closing(client_of(running)) as client,
    ):
        client.test_connection(**ARNS)

        assert statuses(client) == ["failed"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--account-id", "42"), "account_id='42'"),
        (("--deleting-polls", "-1"), "deleting_polls=-1"),
        (("--testing-seconds", "nan"), "testing_seconds=nan"),
        (("--test-result", "maybe"), "test_result='maybe'"),
        (("--unmatched-filters", "none"), "unmatched_filters='none'"),
    ],
)
def test_an_option_with_a_bad_value_gives_a_one_line_error(
    capsys: pytest.CaptureFixture[str], options: tuple[str, str], named: str
) -> None:
    assert main(["serve", *options]) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line


def test_the_error_for_a_long_bad_number_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--testing-polls", "x" * 10_000])

    output = capsys.readouterr().err
    assert "is not a number" in output
    assert len(output) < 2_000


def test_the_lines_after_the_url_are_for_a_shell() -> None:
    script = 'eval "$1"; echo "$AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"'
    with subprocess.Popen([*COMMAND], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        process.terminate()
        lines = process.stdout.read()
    run = subprocess.run(
        ["/bin/sh", "-eu", "-c", script, "sh", lines],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == url
    assert run.stderr == ""


def test_sigint_stops_it_even_if_it_was_started_with_sigint_ignored() -> None:
    script = 'trap "" INT; exec "$@"'
    command = ["/bin/sh", "-c", script, "sh", *COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith("http")
            process.send_signal(signal.SIGINT)

            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
