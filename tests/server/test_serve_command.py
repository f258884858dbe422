"""`python -m pytest_dmsconn serve`: the fake without pytest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from support.control_api import control_api
from support.serving import Serving, serving

from pytest_dmsconn.server.serve_command import main
from pytest_dmsconn.text import escaped

EXAMPLES = Path(__file__).parents[2] / "examples"
LISTING = EXAMPLES / "cleanup" / "connections.json"


def describe(url: str, region: str = "us-east-1") -> list[dict[str, Any]]:
    """The connections that a client is shown there."""
    with closing(
        boto3.client(
            "dms",
            region_name=region,
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
    ) as client:
        connections: Any = client.describe_connections()["Connections"]
        return list(connections)


def state(running: Serving) -> Any:
    """What its control API shows."""
    with closing(HTTPConnection(urlsplit(running.url).netloc)) as connection:
        connection.request("GET", "/_dmsconn/state")
        with connection.getresponse() as response:
            return json.load(response)


def complaint(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Run the command in this process until it fails; return the line that it prints."""
    assert main(["serve", *options]) != 0
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    return output.err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminate"])
def test_it_serves_until_it_is_told_to_stop(sent: signal.Signals) -> None:
    with serving() as running:
        assert describe(running.url) == []
        running.process.send_signal(sent)

        assert running.process.wait(timeout=30) == 0


def test_it_stops_while_clients_are_connected() -> None:
    with serving() as running:
        host, _, port = running.url.removeprefix("http://").partition(":")
        with closing(socket.create_connection((host, int(port)))) as half:
            half.sendall(b"POST / HT")
            running.process.terminate()

            assert running.process.wait(timeout=30) == 0


def test_another_process_with_the_printed_variables_calls_it(tmp_path: Path) -> None:
    listing = json.loads(LISTING.read_text())
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"Connections": listing["Connections"][:2]}))
    program = "import boto3; print(len(boto3.client('dms').describe_connections()['Connections']))"
    with serving("--seed", str(seed)) as running:
        environment = {**os.environ, **running.environment}
        counted = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )

    assert int(counted.stdout) == 2


def test_it_starts_with_the_content_of_the_seed_file() -> None:
    with serving("--seed", str(LISTING)) as running:
        connections = state(running)["connections"]

    assert connections == json.loads(LISTING.read_text())["Connections"]


def test_calls_without_a_region_act_in_that_of_the_command() -> None:
    with serving("--region", "eu-north-1") as running:
        target = {"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"}
        with closing(HTTPConnection(urlsplit(running.url).netloc)) as unsigned:
            unsigned.request("POST", "/", b"{}", target)
            unsigned.getresponse().close()
        (call,) = state(running)["calls"]

    assert call["region"] == "eu-north-1"
    assert running.environment["AWS_REGION"] == "eu-north-1"


def seed_elsewhere(folder: Path) -> Path:
    """Write a file with a connection of another region and account."""
    connection = {
        "EndpointArn": "arn:aws:dms:eu-west-1:318024556791:endpoint:ORDERS",
        "ReplicationInstanceArn": "arn:aws:dms:eu-west-1:318024556791:rep:NIGHTLY",
        "Status": "deleting",
    }
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"Connections": [connection]}))
    return seed


def test_options_of_the_fake_are_options_of_the_command(tmp_path: Path) -> None:
    seed = seed_elsewhere(tmp_path)
    options = ["--seed", str(seed), "--region", "eu-west-1", "--account-id", "318024556791"]

    with serving(*options, "--deleting-seconds", "60") as running, control_api(running.url) as ask:
        before = describe(running.url, "eu-west-1")
        ask("POST", "advance", {"seconds": 60})
        after = describe(running.url, "eu-west-1")

    assert [one["Status"] for one in before] == ["deleting"]
    assert after == []


def test_its_messages_are_shell_comments(tmp_path: Path) -> None:
    with serving("--seed", str(seed_elsewhere(tmp_path))) as running:
        said = running.said

    assert said == [
        "# A fake of AWS DMS. Ctrl-C stops it.",
        f"# Its page is {running.url}/_dmsconn/",
        "# Clients act in us-east-1, account 123456789012.",
        "# It has 1 connection in eu-west-1, account 318024556791.",
        "# After these lines, programs that are started from this shell reach it:",
    ]


def test_it_listens_where_it_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with serving("--port", str(port)) as running:
        assert running.url == f"http://127.0.0.1:{port}"
        assert describe(running.url) == []


def test_a_port_in_use_gives_a_one_line_error(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        line = complaint(capsys, "--port", str(port))

    assert f"Cannot listen on port {port}: " in line


@pytest.mark.parametrize("port", ["-1", "65536", "http", "", "1.5", "٣", "1" * 5_000])
def test_an_invalid_port_gives_a_one_line_error(
    capsys: pytest.CaptureFixture[str], port: str
) -> None:
    assert f"--port {escaped(port)} is not a port" in complaint(capsys, f"--port={port}")


def test_a_missing_file_gives_a_one_line_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.json"

    assert f"{missing}: cannot be read" in complaint(capsys, "--seed", str(missing))


@pytest.mark.parametrize(
    ("content", "complained"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "a list"),
        (b"{}", "none of"),
        (b'{"Conections": []}', "'Connections'"),
        (b'{"Connections": [{}]}', "EndpointArn is missing"),
    ],
)
def test_a_bad_file_gives_a_one_line_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, complained: str
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_bytes(content)
    line = complaint(capsys, "--seed", str(seed))

    assert str(seed) in line
    assert complained in line


def test_an_invalid_region_gives_a_one_line_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert "region='Frankfurt'" in complaint(capsys, "--region", "Frankfurt")


def test_a_missing_extra_gives_a_one_line_error() -> None:
    hidden = (
        "import sys; sys.modules['waitress'] = None; "
        "from pytest_dmsconn.server.serve_command import main; sys.exit(main(['serve']))"
    )
    run = subprocess.run(
        [sys.executable, "-c", hidden], capture_output=True, text=True, check=False
    )

    assert run.returncode != 0
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert "pip install 'pytest-dmsconn[server]'" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["serve", "run the fake"]),
        (["serve", "--help"], ["--port N", "--seed FILE", "--region R", "/_dmsconn/state"]),
    ],
)
def test_help_lists_commands_and_options(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    help_text = capsys.readouterr().out

    assert leaving.value.code == 0
    for word in words:
        assert word in help_text


@pytest.mark.parametrize("arguments", [[], ["server"], ["serve", "--prot", "1"]])
def test_an_unknown_command_line_is_an_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)

    assert leaving.value.code != 0
    assert "usage: python -m pytest_dmsconn" in capsys.readouterr().err
