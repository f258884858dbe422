"""The commands of docs/how-to/other-languages.md that start a server and talk to it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.documentation import DOCS, ROOT, blocks_of
from support.serving import serving

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCS / "how-to" / "other-languages.md"
COMMANDS = {block.mark: block.text for block in blocks_of(PAGE) if block.language == "sh"}
SEED = ROOT / "examples" / "cleanup" / "connections.json"

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")


@needs_curl
def test_commands_seed_and_show_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *options = shlex.split(COMMANDS["starts the server"])[3:]
    port = int(re.findall(r"--port (\d+)", COMMANDS["starts the server"])[0])
    with closing(socket.socket()) as probe:
        if not probe.connect_ex(("127.0.0.1", port)):
            pytest.skip(f"port {port} is taken")
    shutil.copy(SEED, tmp_path)
    monkeypatch.chdir(tmp_path)

    with serving(*options) as running:
        printed = subprocess.check_output(
            ["/bin/sh", "-ec", COMMANDS["talks to the server"]], text=True
        )

    assert program == "serve"
    assert running.url == f"http://127.0.0.1:{port}"
    decoder = json.JSONDecoder()
    reset, end = decoder.raw_decode(printed)
    seeded, end = decoder.raw_decode(printed, end)
    state, _ = decoder.raw_decode(printed, end)
    assert reset == {}
    assert (
        seeded["connections"] == state["connections"] == json.loads(SEED.read_text())["Connections"]
    )
