"""Patches of the libraries, applied with the first fake and undone with the last."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, cast

from pytest_dmsconn.interception import stack

ADAPTERS = ("botocore", "responses")
"""The adapters that are imported when a fake is entered."""

LATE_ADAPTERS = {"moto.core.botocore_stubber": "moto", "aiobotocore.session": "aiobotocore"}
"""Modules that a test may import at any time, each with the adapter that patches its library."""


class Patch:
    """A replacement for an attribute while a fake is active."""

    __slots__ = ("_name", "_owner", "_replacement", "original")

    def __init__(self, owner: Any, name: str, replacement: Any) -> None:
        """Prepare a patch of an attribute that `owner`, a module or a class, defines itself."""
        if name not in vars(owner):
            raise AttributeError(
                f"This release of {getattr(owner, '__module__', owner.__name__)} is not supported "
                f"by pytest-dmsconn: {owner.__name__}.{name} is missing."
            )
        self._owner = owner
        self._name = name
        self._replacement = replacement
        self.original: Any = vars(owner)[name]

    def apply(self) -> None:
        """Set the replacement."""
        found = getattr(self._owner, self._name)
        # A mock that saved the replacement during a fake may have restored it after the fake.
        if found is not self._replacement:
            self.original = found
        setattr(self._owner, self._name, self._replacement)

    def undo(self) -> None:
        """Restore the original, unless something else has replaced it; can be repeated."""
        if getattr(self._owner, self._name, None) is self._replacement:
            setattr(self._owner, self._name, self.original)


def load_adapters(*, skip_sleep: bool = False) -> dict[str, tuple[Patch, ...]]:
    """Import the adapters of all libraries in use, and return their patches.

    The adapters are not cached. pyfakefs removes modules that a test imported from `sys.modules`,
    and a new import of a library needs a new adapter. In adapters, prefer
    `from package.module import function`: after pyfakefs, `from package import module` may give the
    removed module.
    """
    names = [*ADAPTERS]
    names += [name for module, name in LATE_ADAPTERS.items() if _is_imported(module)]
    if skip_sleep:
        names.append("waiting.virtual_time")
        names += [f"waiting.{name}_sleep" for name in ("anyio", "trio") if _is_imported(name)]
    return {name: _patches_of(name) for name in names}


def apply(patches: dict[str, tuple[Patch, ...]]) -> None:
    """Apply the patches that are not applied yet. The caller holds the lock of the stack."""
    patched = stack.entries[0].patched
    for name, patches_of_one in patches.items():
        if name not in patched:
            patched[name] = patches_of_one  # first, so that an interrupt can be undone
            for patch in patches_of_one:
                patch.apply()


def undo(patched: dict[str, tuple[Patch, ...]]) -> list[Exception]:
    """Undo patches, the newest first, and return the errors of those that failed."""
    errors: list[Exception] = []
    for patches in reversed(patched.values()):
        for patch in reversed(patches):
            try:
                patch.undo()
            except Exception as error:  # noqa: BLE001, PERF203 - the others must be undone
                errors.append(error)
    return errors


def patch_late_imports() -> None:
    """Patch libraries that were imported after the fake was entered."""
    for module, name in LATE_ADAPTERS.items():
        if not _is_patched(name) and _is_imported(module):
            patches = {name: _patches_of(name)}
            with stack.lock:
                if stack.newest() is not None:
                    apply(patches)


def _is_patched(name: str) -> bool:
    try:
        return name in stack.entries[0].patched
    except IndexError:
        return True  # no fake is active


def _is_imported(module: str) -> bool:
    """Whether the import of a module is complete: another thread may be importing it."""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return spec is not None and not getattr(spec, "_initializing", False)


def _patches_of(name: str) -> tuple[Patch, ...]:
    adapter = import_module(f"pytest_dmsconn.interception.{name}")
    return cast("tuple[Patch, ...]", tuple(adapter.PATCHES))
