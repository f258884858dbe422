"""The command `python -m pytest_dmsconn serve`: the fake by itself, for tests in any language."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
from typing import TYPE_CHECKING

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception.mock_dms import mock_dms
from pytest_dmsconn.options import Options
from pytest_dmsconn.server.dms_server import environment_of, start_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.fake.fake_dms import FakeDms

PROGRAM = "python -m pytest_dmsconn"
EXIT_REFUSED = 2
HIGHEST_PORT = 65535

STRONGER_VARIABLES = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""What would keep the fake keys of a shell from being used."""

HELP_AFTER_OPTIONS = """\
It prints its URL, and the lines that lead a shell and the programs started from it to the fake:
paste them there. It answers on this machine only, until Ctrl-C.

A test suite seeds it, looks at it and resets it under /_dmsconn/:
  GET  /_dmsconn/state     connections, calls and virtual time
  POST /_dmsconn/seed      {"Connections": [...]}, as "aws dms describe-connections" prints it
  POST /_dmsconn/faults    {"operation": "DeleteConnection", "error": "ThrottlingException"}
  POST /_dmsconn/advance   {"seconds": 60}
  POST /_dmsconn/reset     {}
A POST needs the header Content-Type: application/json.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the command line; `sys.argv` if None.

    Returns:
        The exit code: 0 once it was stopped, 2 if it could not start.
    """
    given = _parser().parse_args(argv)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        port = _check_port(given.port)
        options = {"region": given.region, "seed": given.seed}
        chosen = {name: value for name, value in options.items() if value is not None}
        with mock_dms(strict=False, **chosen) as fake:
            _serve(fake, port, stop)
    except UsageError as error:
        sys.stderr.write(f"{PROGRAM} serve: {' '.join(str(error).splitlines())}\n")
        return EXIT_REFUSED
    return 0


def _serve(fake: FakeDms, port: int, stop: threading.Event) -> None:
    server = start_server(port)
    try:
        sys.stdout.write(_announcement(server.url, fake))
        sys.stdout.flush()
        # With a time limit, because Windows delivers no Ctrl-C to a wait that has none.
        while not stop.wait(timeout=1):
            pass
    finally:
        server.stop()


def _announcement(url: str, fake: FakeDms) -> str:
    """The URL on a line of its own, for programs to read, and the rest for people to copy."""
    windows = os.name == "nt"
    lines = [
        f"{'set' if windows else 'export'} {name}={shlex.quote(value)}"
        for name, value in environment_of(url, fake.options).items()
    ]
    lines += [f"set {name}=" if windows else f"unset {name}" for name in STRONGER_VARIABLES]
    return (
        f"{url}\n"
        f"A fake of AWS DMS in {fake.region} with {len(fake.connections)} connections, until "
        "Ctrl-C. What is started from a shell reaches it after these lines:\n\n"
        + "".join(f"{line}\n" for line in lines)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="pytest-dmsconn outside pytest: a fake of AWS DMS connections."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="run the fake as a server on this machine",
        description="Run the fake as a server on this machine, for tests in any language.",
        epilog=HELP_AFTER_OPTIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument(
        "--port", default="0", metavar="N", help="where to listen (default: any port that is free)"
    )
    serve.add_argument(
        "--seed",
        metavar="FILE",
        help='JSON to start with, as "aws dms describe-connections" prints it',
    )
    serve.add_argument(
        "--region",
        metavar="R",
        help=f"region of clients that name none (default: {Options().region})",
    )
    return parser


def _check_port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= HIGHEST_PORT:
        return int(text)
    msg = f"--port {text} is not a port; it must be a number from 0 to {HIGHEST_PORT}."
    raise UsageError(msg)


if __name__ == "__main__":
    sys.exit(main())
