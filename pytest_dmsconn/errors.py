"""The exceptions of the plugin. The errors of AWS are in `dms.aws_errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_COMPARED_LENGTH = 100


class UsageError(ValueError):
    """A seed, an option, or an argument that the plugin cannot accept.

    The message says what was given, what is allowed, and what to do instead.
    The call that raises it changes nothing.
    """


class BlockedAwsCall(RuntimeError):  # noqa: N818 - an event, not a mistake of the caller
    """A call to AWS that nothing in the process answers. It was blocked, and not sent.

    It is a `RuntimeError`: botocore does not retry it, and `except ClientError` does not catch it.
    With the option `block_aws=False`, such calls are sent.
    """


class EndlessWait(RuntimeError):  # noqa: N818 - an event
    """An endless wait: a loop skipped 10,000 waits, and nothing in the fake changed.

    The message names the line that waits. It is a `RuntimeError`, as `BlockedAwsCall` is.
    """


class NoSuchConnectionError(KeyError):
    """`FakeDms.connection` found no connection. The message shows the most similar ones."""

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which turns line breaks into "\n".
        return str(self.args[0])


for _error in (UsageError, BlockedAwsCall, EndlessWait):
    _error.__module__ = "pytest_dmsconn"  # where users import it; tracebacks show it


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the allowed name nearest to `given`, or nothing."""
    import difflib

    start = given[:MAX_COMPARED_LENGTH]
    nearest = difflib.get_close_matches(start, list(allowed), n=1, cutoff=0.5)
    return f" Did you mean {nearest[0]!r}?" if nearest else ""
