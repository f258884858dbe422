"""What `python -m pytest_dmsconn` prints when its surroundings are unusual."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest

from pytest_dmsconn import UsageError, mock_dms

COMMAND = f"{sys.executable} -m pytest_dmsconn"
needs_posix = pytest.mark.skipif(os.name == "nt", reason="shell redirections of POSIX")


def run(shell_command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", shell_command],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=30,
        check=False,
        text=True,
    )


def test_the_version() -> None:
    printed = subprocess.check_output(
        [sys.executable, "-m", "pytest_dmsconn", "--version"], text=True
    )

    assert printed == f"pytest-dmsconn {metadata.version('pytest-dmsconn')}\n"


@needs_posix
@pytest.mark.parametrize("arguments", ["serve", "--help", "--version"])
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("redirection", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed")],
    ids=["full", "closed"],
)
def test_output_that_cannot_be_written_gives_a_one_line_error(
    arguments: str, redirection: str, reason: str, unbuffered: str
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    ended = run(f"{COMMAND} {arguments} {redirection}", PYTHONUNBUFFERED=unbuffered)

    assert ended.returncode == 2
    assert ended.stderr == (
        f"python -m pytest_dmsconn serve: Cannot write to standard output: {reason}.\n"
    )


@needs_posix
def test_a_closed_pipe_gives_a_one_line_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "pytest_dmsconn", "serve"], stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        _, complaint = process.communicate(timeout=30)

    assert process.returncode == 2
    assert complaint.count(b"\n") == 1
    assert b"Broken pipe" in complaint


@needs_posix
@pytest.mark.slow
def test_ascii_output_escapes_what_it_cannot_carry() -> None:
    ended = run(
        f"timeout -s INT 3 {COMMAND} serve",
        PYTHONIOENCODING="ascii",
        NO_PROXY="b\u00fccher.example",
        no_proxy="",
    )

    assert ended.stderr == ""
    assert "b\\xfccher.example" in ended.stdout


@needs_posix
def test_a_working_directory_that_was_deleted_gives_a_one_line_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with mock_dms(strict=False) as dms:
        dms.fail("DeleteConnection", "ThrottlingException")
        with pytest.raises(UsageError, match="from a working directory that was deleted"):
            dms.load("missing.json")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest_dmsconn", "serve", "--seed", "missing.json"],
        capture_output=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.count(b"\n") == 1


@needs_posix
def test_only_regular_files_are_seeds(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in ("/dev/zero", str(fifo), str(tmp_path)):
        ended = run(f"{COMMAND} serve --seed {path}")

        assert ended.returncode == 2
        assert ended.stderr.count("\n") == 1
        assert f"seed: {path}: cannot be read (not a regular file)" in ended.stderr


@needs_posix
@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminate"])
def test_signals_are_answered_while_the_seed_is_loading(
    tmp_path: Path, sent: signal.Signals
) -> None:
    seed = tmp_path / "seed.json"
    arn = "arn:aws:dms:us-east-1:123456789012"
    connections = [
        {"EndpointArn": f"{arn}:endpoint:E{number}", "ReplicationInstanceArn": f"{arn}:rep:R"}
        for number in range(400_000)
    ]
    seed.write_text(json.dumps({"Connections": connections}))
    with subprocess.Popen(
        [sys.executable, "-m", "pytest_dmsconn", "serve", "--seed", str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(3)
        process.send_signal(sent)
        printed, complaint = process.communicate(timeout=10)

    assert printed == complaint == b""
    assert process.returncode in {0, -signal.SIGTERM}
