"""What the option `strict` judges when a test has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_dmsconn.protocol.dispatch import FakeService

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


def check(service: FakeService) -> None:
    """Find fault with what a test has left.

    Raises:
        AssertionError: under `strict`, a call to AWS was blocked, also one that was swallowed, or
            an injected fault was never met.
    """
    if not service.options.strict:
        return
    findings = []
    blocked = [call.what for call in service.blocked]
    if blocked:
        findings.append(_blocked_words(blocked))
    unmet = service.faults.complaint()
    if unmet:
        findings.append(unmet)
    if findings:
        raise AssertionError("\n\n".join(findings))


def _blocked_words(blocked: list[str]) -> str:
    return "\n".join(
        [
            "Calls to AWS were blocked, though the test passed:",
            *(f"  {what}" for what in blocked),
            "Answer them (moto's mock_aws in the same test does), or do without them.",
            "The option strict=False lets such a test pass, block_aws=False lets the calls out.",
        ]
    )
