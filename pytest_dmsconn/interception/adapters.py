"""Patching the libraries while a fake is in force, and putting everything back with the last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_dmsconn.interception import ADAPTERS, adapter_of, stack, virtual_time
from pytest_dmsconn.interception.late_imports import LateImports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dmsconn.interception import Adapter
    from pytest_dmsconn.interception.patching import Reversible

_applied: list[Reversible] = []
_patched: set[str] = set()


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
            _patch(module, adapter.PATCHES)
        if skip_sleep:
            _patch("time", virtual_time.PATCHES)


def stop() -> None:
    """Put everything back as it was, the identical objects, the newest first."""
    with stack.lock:
        _late_imports.stop()
        while _applied:
            _applied.pop().undo()
        _patched.clear()


def _patch(module: str, patches: Iterable[Reversible]) -> None:
    if module in _patched:
        return
    _patched.add(module)
    for patch in patches:
        patch.apply()
        _applied.append(patch)


def _imported_late(module: str) -> None:
    adapter = adapter_of(module)
    with stack.lock:
        if stack.fakes:
            _patch(module, adapter.PATCHES)


_late_imports = LateImports(ADAPTERS, _imported_late)
