"""Patching the libraries while a fake is in force, and putting everything back with the last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_dmsconn import clock, stack
from pytest_dmsconn.late_imports import LateImports
from pytest_dmsconn.transports import ADAPTERS, adapter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn.patching import Undoable
    from pytest_dmsconn.transports import Adapter

_patches: list[Undoable] = []
_installed: set[str] = set()


def load_adapters() -> dict[str, Adapter]:
    """The adapters of all libraries that are imported by now.

    To be called without `stack.lock`: another thread may be importing such a library, and need
    that lock to have it patched.
    """
    return {module: adapter_of(module) for module in ADAPTERS if module in sys.modules}


def start(adapters: dict[str, Adapter], *, skip_sleep: bool) -> None:
    """Patch what is not patched yet, and watch for what is imported later.

    Args:
        adapters: what `load_adapters` returned.
        skip_sleep: whether sleeps are to become virtual, too.
    """
    with stack.lock:
        if _late_imports not in sys.meta_path:
            _late_imports.start()
        for module, adapter in adapters.items():
            _install(module, adapter.install)
        if skip_sleep:
            _install("time", clock.install_skipping)


def stop() -> None:
    """Put everything back as it was, the identical objects, the newest first."""
    with stack.lock:
        _late_imports.stop()
        while _patches:
            _patches.pop().undo()
        _installed.clear()


def _install(module: str, install: Callable[[], Iterator[Undoable]]) -> None:
    if module in _installed:
        return
    _installed.add(module)
    # One by one, so that what is patched already is undone if the next cannot be.
    for patch in install():
        _patches.append(patch)  # noqa: PERF402


def _imported_late(module: str) -> None:
    adapter = adapter_of(module)
    with stack.lock:
        if stack.fakes:
            _install(module, adapter.install)


_late_imports = LateImports(ADAPTERS, _imported_late)
