"""requests: its adapter imports `responses`, whose adapter has the patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import responses  # noqa: F401 - it is watched, too

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.interception.patching import Reversible

PATCHES: Sequence[Reversible] = ()
"""None: where `responses` is imported only now, this has told its own adapter."""
