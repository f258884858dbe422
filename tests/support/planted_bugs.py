"""Show that the model test finds bugs: plant each bug in a copy of the package, and run the test.

Arguments select bugs by words in their description:

python tests/support/planted_bugs.py
python tests/support/planted_bugs.py filters "a test result"
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Bug(NamedTuple):
    """A change of one place in the package."""

    what: str
    file: str
    correct: str
    wrong: str


BUGS = (
    Bug(
        "a connection under test can be deleted",
        "dms/connections.py",
        "if connection.status is Status.TESTING:  # D3",
        "if False:  # D3",
    ),
    Bug(
        "a connection that is being deleted can be deleted again",
        "dms/connections.py",
        "if connection.status is Status.DELETING:  # D4",
        "if False:  # D4",
    ),
    Bug(
        "any region and account can delete a connection",
        "dms/connections.py",
        "if connection is None or connection.scope != scope:",
        "if connection is None:",
    ),
    Bug(
        "a failure message stays after the next test begins",
        "dms/lifecycle.py",
        "self._change_status(connection, Status.TESTING)  # T1a",
        "self._change_status(connection, Status.TESTING, connection.last_failure_message)",
    ),
    Bug(
        "connections of a deleted endpoint stay",
        "dms/lifecycle.py",
        "            for connection in tuple(resource.connections):",
        "            for connection in tuple(resource.connections)[1:]:",
    ),
    Bug(
        "one of several filters is enough",
        "dms/describe.py",
        "all(one.value_of(resource) in values for one, values in conditions)",
        "sum(one.value_of(resource) in values for one, values in conditions) >= bool(conditions)",
    ),
    Bug(
        "a description does not count as a poll",
        "dms/lifecycle.py",
        "transition.polls_left -= 1",
        "transition.polls_left -= 0",
    ),
    Bug(
        "a change that is due now does not happen",
        "dms/lifecycle.py",
        "return self.due <= now",
        "return self.due < now",
    ),
    Bug(
        "a connection that vanishes takes a place on the page",
        "dms/describe.py",
        "visible += not lifecycle.vanishes_when_described(resource)",
        "visible += 1",
    ),
    Bug(
        "a test result that was set is kept for ever",
        "dms/lifecycle.py",
        "self.test_outcomes.pop(pair, None)",
        "self.test_outcomes.get(pair)",
    ),
    Bug(
        "a page begins with the last connection of the page before",
        "dms/describe.py",
        "*(after(one, number) for one in found)",
        "*(after(one, number - 1) for one in found)",
    ),
)


def plant(bug: Bug, folder: Path) -> None:
    """Change a copy of the package."""
    path = folder / "pytest_dmsconn" / bug.file
    source = path.read_text(encoding="utf-8")
    if source.count(bug.correct) != 1:
        sys.exit(
            f"Cannot plant {bug.what!r}: {bug.file} has {source.count(bug.correct)} places that "
            f"read\n    {bug.correct.strip()}\nAdapt the list in tests/support/planted_bugs.py."
        )
    path.write_text(source.replace(bug.correct, bug.wrong), encoding="utf-8")


def copy_of_the_project(folder: Path) -> None:
    for name in ("pytest_dmsconn", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def is_found(folder: Path) -> bool:
    """Whether the model test fails there."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/dms/test_model.py",
            "-q",
            "-x",
            "-p",
            "no:randomly",
        ],
        cwd=folder,
        env={**os.environ, "DMSCONN_PLANTED_BUG": "1", "PYTHONPATH": str(folder)},
        capture_output=True,
        check=False,
    )
    if run.returncode not in (0, 1):
        sys.exit(run.stdout.decode()[-3000:] + run.stderr.decode()[-3000:])
    return run.returncode == 1


def main(words: list[str]) -> int:
    """Plant the selected bugs, one after another; return how many were not found."""
    selected = [bug for bug in BUGS if not words or any(word in bug.what for word in words)]
    if not selected:
        sys.exit("No bug has these words in its description.")
    missed = 0
    for bug in selected:
        with tempfile.TemporaryDirectory() as folder:
            copy_of_the_project(Path(folder))
            plant(bug, Path(folder))
            found = is_found(Path(folder))
        missed += not found
        sys.stdout.write(f"{'found ' if found else 'MISSED'}  {bug.what}\n")
        sys.stdout.flush()
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
