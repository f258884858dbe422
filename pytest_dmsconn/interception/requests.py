"""requests: answered by way of the library `responses`, which `transports.responses` patches.

All that is to be done once requests is imported is to import `responses` too. It must not happen
later: `responses` keeps what it finds in `HTTPAdapter.send` when it is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import responses  # noqa: F401 - it is watched, too: its own adapter does the rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.interception.patching import Reversible

PATCHES: Sequence[Reversible] = ()
"""None: where `responses` is imported only now, this has told its own adapter."""
