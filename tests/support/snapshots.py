"""The state of the process that a test must not change."""

from __future__ import annotations

import contextlib
import gc
import os
import pkgutil
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_dmsconn import interception

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADAPTERS = [
    module.name
    for module in pkgutil.walk_packages(interception.__path__, f"{interception.__name__}.")
]
OPEN_FILES = Path("/proc/self/fd")  # on Linux
KEPT_THREADS = ("Trio thread ",)
"""The names of threads that libraries keep: trio ends an idle thread after ten seconds."""
SECONDS_TO_END = 5


class OpenFile(NamedTuple):
    """A file descriptor, and the file, socket or pipe that it refers to."""

    number: int
    target: str


class Snapshot(NamedTuple):
    """The state of the process at one moment."""

    names: Mapping[str, object]
    """The value of each attribute that an imported adapter patches."""
    environment: Mapping[str, str]
    threads: set[threading.Thread]
    files: set[OpenFile]
    collects_garbage: bool


def take() -> Snapshot:
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"
    }
    return Snapshot(
        dict(_patched_names()), environment, set(_threads()), set(_open_files()), gc.isenabled()
    )


def left_behind(before: Snapshot) -> list[str]:
    """A sentence for each difference that does not end by itself within some seconds."""
    found = _differences(before, take())
    deadline = time.monotonic() + SECONDS_TO_END
    while found and time.monotonic() < deadline:
        gc.collect()  # closes files and sockets in reference cycles
        time.sleep(0.01)
        found = _differences(before, take())
    return found


def _differences(before: Snapshot, after: Snapshot) -> list[str]:
    variables = before.environment.keys() | after.environment.keys()
    return [
        *(
            f"{name} is not the object that it was."
            for name, value in before.names.items()
            if after.names.get(name) is not value
        ),
        *(
            f"The environment variable {name} has changed."
            for name in sorted(variables)
            if before.environment.get(name) != after.environment.get(name)
        ),
        *(f"The thread {one.name!r} is running." for one in after.threads - before.threads),
        *(
            f"The file descriptor {one.number} is open: {one.target}."
            for one in sorted(after.files - before.files)
        ),
        *(
            ["Garbage collection was switched on or off."]
            if after.collects_garbage != before.collects_garbage
            else []
        ),
    ]


def _patched_names() -> Iterator[tuple[str, object]]:
    for adapter in ADAPTERS:
        for patch in getattr(sys.modules.get(adapter), "PATCHES", ()):
            owner, name = patch._owner, patch._name
            yield f"{owner.__name__}.{name}", vars(owner).get(name)


def _threads() -> Iterator[threading.Thread]:
    return (one for one in threading.enumerate() if not one.name.startswith(KEPT_THREADS))


def _open_files() -> Iterator[OpenFile]:
    for path in OPEN_FILES.iterdir() if OPEN_FILES.exists() else ():
        with contextlib.suppress(FileNotFoundError):  # it was open to list the folder
            yield OpenFile(int(path.name), str(path.readlink()))
