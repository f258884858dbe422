"""The option `strict`: it fails a test that left blocked calls or unmet faults."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from pytest_dmsconn.protocol.fault_injection import STRICT_HINT
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dmsconn.protocol.calls import BlockedCall
    from pytest_dmsconn.protocol.dispatch import FakeService

MAX_LISTED = 3
BLOCKED_HINT = "Answer blocked calls with moto's mock_aws, or allow them with block_aws=False."


def check(service: FakeService) -> None:
    """Fail the test if a call was blocked or a fault was never met, under the option `strict`."""
    if not service.options.strict:
        return
    lines = [*_blocked_lines(service.blocked), *service.faults.never_met()]
    if not lines:
        return
    if service.blocked:
        lines.append(BLOCKED_HINT)
    raise AssertionError("\n".join([*lines, STRICT_HINT]))


def _blocked_lines(blocked: Sequence[BlockedCall]) -> list[str]:
    times = Counter(f"{one.what}, at {one.line}" if one.line else one.what for one in blocked)
    lines = [
        f"Blocked: {escaped(what)}{f' ({number} times)' if number > 1 else ''}"
        for what, number in itertools.islice(times.items(), MAX_LISTED)
    ]
    if len(times) > MAX_LISTED:
        lines.append(f"... and {len(times) - MAX_LISTED} other blocked calls")
    return lines
