"""How requests reach the fake: one file a library, each a thin adapter that knows no DMS.

An adapter has `PATCHES` of its library. It is imported once its library is there, be it while a
fake is in force, and patched it is from the first fake's beginning to the last one's end.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.interception.patching import Reversible

ADAPTERS: Mapping[str, str] = {
    library_module: f"{__name__}.{library}"
    for library_module, library in (
        ("botocore.httpsession", "botocore"),
        ("moto.core.botocore_stubber", "moto"),
        ("requests", "requests"),  # before the next, which it brings along
        ("responses", "responses"),
        ("aiobotocore.session", "aiobotocore"),
    )
}
"""The adapter of each library, by the module that tells that the library is in use."""


class Adapter(Protocol):
    """What each module that `ADAPTERS` names offers."""

    PATCHES: Sequence[Reversible]
    """What to do to the library, in this order, and to undo in the other."""


def adapter_of(library_module: str) -> Adapter:
    """Import the adapter that goes with a module of a library; the library must be imported.

    It is not kept: pyfakefs forgets modules that were imported in a test, libraries and adapters,
    and a new import of a library needs a new adapter.
    """
    name = ADAPTERS[library_module]
    return cast("Adapter", sys.modules.get(name) or importlib.import_module(name))
