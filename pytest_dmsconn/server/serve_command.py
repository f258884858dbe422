"""The command `python -m pytest_dmsconn serve`: a fake without pytest, over HTTP."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import re
import shlex
import signal
import sys
import time
from collections import Counter
from importlib import metadata
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception.mock_dms import mock_dms
from pytest_dmsconn.options import DEFAULTS
from pytest_dmsconn.report.names import plural
from pytest_dmsconn.server.dms_server import environment_of, start_server
from pytest_dmsconn.text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_dmsconn.fake.fake_dms import FakeDms

PROGRAM = "python -m pytest_dmsconn"
EXIT_REFUSED = 2
MAX_PORT = 65535

OPTIONS: Mapping[str, tuple[Callable[[str], Any], str, str]] = {
    "seed": (str, "FILE", 'JSON to start with, as "aws dms describe-connections" prints it'),
    "region": (str, "R", f"region of clients that name none (default: {DEFAULTS.region})"),
    "account_id": (str, "A", f"account of clients (default: {DEFAULTS.account_id})"),
    "testing_polls": (int, "N", "the N-th description ends a connection test (default: 1)"),
    "deleting_polls": (int, "N", "the N-th description ends a deletion (default: 1)"),
    "testing_seconds": (float, "S", "virtual seconds of a connection test, instead of polls"),
    "deleting_seconds": (float, "S", "virtual seconds of a deletion, instead of polls"),
    "test_result": (str, "R", "result of connection tests: successful (default) or failed"),
    "unmatched_filters": (str, "A", "answer to filters that select nothing: fault or empty"),
}
"""The options of the fake that the command takes, with type, placeholder and help."""

STRONGER_VARIABLES = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would replace the fake keys, or add a session token to them."""

HELP_AFTER_OPTIONS = """\
The command prints its URL, and lines to paste into a shell. Programs that are started from that
shell call the fake. Other machines cannot reach it. Ctrl-C stops it.

The control API is under /_dmsconn/:
  GET  /_dmsconn/state     connections, calls and virtual time
  POST /_dmsconn/seed      {"Connections": [...]}, as "aws dms describe-connections" prints it
  POST /_dmsconn/faults    {"operation": "DeleteConnection", "error": "ThrottlingException"}
  POST /_dmsconn/advance   {"seconds": 60}
  POST /_dmsconn/reset     {}
A POST needs the header Content-Type: application/json.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when it was stopped, 2 when it could not start."""
    try:
        given = _parse(argv)
        port = _check_port(given.port)
        options = {name: value for name in OPTIONS if (value := getattr(given, name)) is not None}
        with mock_dms(strict=False, **options) as fake:
            _serve(fake, port)
    except UsageError as error:
        sys.stderr.write(f"{PROGRAM} serve: {' '.join(str(error).splitlines())}\n")
        return EXIT_REFUSED
    except KeyboardInterrupt:  # while the seed was loading
        pass
    return 0


def _serve(fake: FakeDms, port: int) -> None:
    server = start_server(port)
    try:
        # SIGINT too: a shell without job control starts background jobs with SIGINT ignored.
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.default_int_handler)
        _print(_announcement(server.url, fake))
        while True:
            time.sleep(1)  # On Windows, Ctrl-C does not interrupt a wait without a timeout.
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            return _parser().parse_args(argv)
    except SystemExit:
        _print(printed.getvalue())  # argparse ignores write errors
        raise


def _print(text: str) -> None:
    """Write to standard output, whose encoding may be ASCII."""
    if sys.stdout is None:
        raise UsageError("Cannot write to standard output: it is closed.")
    encoding = sys.stdout.encoding or "ascii"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # Python flushes standard output at exit, and would fail again with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        msg = f"Cannot write to standard output: {error.strerror}."
        raise UsageError(msg) from None


def _announcement(url: str, fake: FakeDms) -> str:
    """Return the URL, for programs, and lines of shell code to paste, for people."""
    windows = os.name == "nt"
    here = fake.service.scope
    scopes = Counter((one.region, one.account_id) for one in fake.connections)
    comments = [
        "A fake of AWS DMS. Ctrl-C stops it.",
        f"Its page is {url}/_dmsconn/",
        f"Clients act in {here.region}, account {here.account_id}.",
        *(
            f"It has {plural(number, 'connection')} in {region}, account {account_id}."
            for (region, account_id), number in scopes.items()
        ),
        "After these lines, programs that are started from this shell reach it:",
    ]
    lines = [f"{'rem' if windows else '#'} {comment}" for comment in comments]
    lines += [
        f"{'set' if windows else 'export'} {name}={shlex.quote(value)}"
        for name, value in environment_of(url, fake.region).items()
    ]
    lines += [f"set {name}=" if windows else f"unset {name}" for name in STRONGER_VARIABLES]
    return "".join(f"{line}\n" for line in [url, *lines])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="pytest-dmsconn outside pytest: a fake of AWS DMS connections."
    )
    version = metadata.version("pytest-dmsconn")
    parser.add_argument("--version", action="version", version=f"pytest-dmsconn {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="run the fake as a server on this machine",
        description="Run the fake as a server on this machine, for tests in any language.",
        epilog=HELP_AFTER_OPTIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument(
        "--port", default="0", metavar="N", help="the port to listen on (default: a free port)"
    )
    for name, (kind, metavar, meaning) in OPTIONS.items():
        read = functools.partial(_read, kind)
        serve.add_argument(f"--{name.replace('_', '-')}", type=read, metavar=metavar, help=meaning)
    return parser


def _read(kind: Callable[[str], Any], text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not a number") from None


def _check_port(text: str) -> int:
    if re.fullmatch("[0-9]{1,5}", text) and int(text) <= MAX_PORT:
        return int(text)
    msg = f"--port {escaped(text)} is not a port; it must be a number from 0 to {MAX_PORT}."
    raise UsageError(msg)
