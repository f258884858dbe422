"""The option `strict`: what fails a test that passed."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.calls import BlockedCall
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


MOST_LISTED = 6


def check(service: FakeService) -> None:
    """Fail the test if a call was blocked or a fault was never met, under the option `strict`."""
    if not service.options.strict:
        return
    findings = []
    if service.blocked:
        findings.append(_blocked_words([_words(call) for call in service.blocked]))
    unmet = service.faults.complaint()
    if unmet:
        findings.append(unmet)
    if findings:
        raise AssertionError("\n\n".join(findings))


def _words(call: BlockedCall) -> str:
    return f"{call.what}, at {call.line}" if call.line else call.what


def _blocked_words(blocked: list[str]) -> str:
    times = Counter(blocked)
    lines = [
        f"  {escaped(what)}{f' ({number} times)' if number > 1 else ''}"
        for what, number in itertools.islice(times.items(), MOST_LISTED)
    ]
    if len(times) > MOST_LISTED:
        lines.append(f"  ... and {len(times) - MOST_LISTED} others")
    return "\n".join(
        [
            "Calls to AWS were blocked, though the test passed:",
            *lines,
            "Answer them (moto's mock_aws in the same test does), or do without them.",
            "The option strict=False lets such a test pass, block_aws=False lets the calls out.",
        ]
    )
