"""What the option `strict` judges when a test has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_dmsconn.fake import FakeDms


def judge(fake: FakeDms) -> None:
    """Find fault with what a test has left.

    Raises:
        AssertionError: under `strict`, a call to AWS was blocked, also one that was swallowed.
    """
    __tracebackhide__ = True
    if not fake.options.strict:
        return
    blocked = [call.what for call in fake.backend.blocked]
    if blocked:
        lines = ["Calls to AWS were blocked, though the test passed:"]
        lines += [f"  {what}" for what in blocked]
        lines += [
            "Answer them (moto's mock_aws in the same test does), or do without them.",
            "With strict=False such a test passes; with block_aws=False the calls go out.",
        ]
        raise AssertionError("\n".join(lines))
