"""The command `serve` in a new process."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-m", "pytest_dmsconn", "serve")


class Serving(NamedTuple):
    process: subprocess.Popen[str]
    url: str
    environment: dict[str, str]
    said: list[str]
    """The comment lines of the output."""


@contextmanager
def serving(*options: str) -> Iterator[Serving]:
    """Run the command, and read what it prints."""
    command = [*COMMAND, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            environment, said = {}, []
            for line in process.stdout:
                if exported := re.fullmatch(r"export (\w+)=(\S*)\n", line):
                    environment[exported[1]] = exported[2]
                elif line.startswith("#"):
                    said.append(line.strip())
                elif line.startswith("unset AWS_SESSION_TOKEN"):
                    break
            yield Serving(process, url, environment, said)
        finally:
            process.terminate()
