"""Noticing when the code under test imports a library after the fake was entered."""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

_INTERPRETERS_OWN = (BuiltinImporter, FrozenImporter, PathFinder)


class LateImports(MetaPathFinder):
    """A finder that finds nothing by itself: it tells when a watched module has been executed."""

    def __init__(self, watched: Collection[str], imported: Callable[[str], None]) -> None:
        """Watch for modules.

        Args:
            watched: their full names.
            imported: called with the name, in the importing thread, once a module is complete.
        """
        self._watched = watched
        self._imported = imported

    def start(self) -> None:
        """Begin to watch.

        The place is behind everybody else who watches imports: pyfakefs takes away what comes
        first when it pauses, and expects that to be its own.
        """
        finders = sys.meta_path
        own = (index for index, finder in enumerate(finders) if finder in _INTERPRETERS_OWN)
        finders.insert(next(own, 0), self)

    def stop(self) -> None:
        """Watch no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the other finders find a watched module, and wrap its loader."""
        if fullname not in self._watched:
            return None
        for finder in [finder for finder in sys.meta_path if finder is not self]:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(fullname, path, target) if find else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Telling(spec.loader, lambda: self._imported(fullname))
                return spec
        return None


class _Telling(Loader):
    """A loader that executes the module as its own loader does, and then tells."""

    def __init__(self, loader: Loader, executed: Callable[[], None]) -> None:
        self._loader = loader
        self._executed = executed

    def __getattr__(self, name: str) -> Any:
        # For whoever only looks for the module, and asks its loader for the source, say.
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # The module is to know its own loader, which may offer more than executing.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._executed()
