"""The exceptions of the plugin. The errors that the fake answers are in `dms.aws_errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_COMPARED = 100


class UsageError(ValueError):
    """A seed, an option, or an argument that the plugin cannot accept.

    The message says what was given, what is allowed, and what to do instead.
    Whatever raised it has changed nothing.
    """


class BlockedAwsCall(RuntimeError):  # noqa: N818 - what happened, not a mistake of the caller
    """A call to AWS that nothing in the process answers, stopped before it left.

    A `RuntimeError`, so that neither botocore's retries nor an `except ClientError` take it
    for an answer of AWS. The option `block_aws=False` lets such calls go.
    """


class EndlessWait(RuntimeError):  # noqa: N818 - what happened
    """A loop that would wait for ever: 10,000 waits were skipped, and nothing in the fake changed.

    The message names the line that waits. A `RuntimeError`, so that no retry eats it.
    """


class NoSuchConnectionError(KeyError):
    """`FakeDms.connection` found none; the message shows the nearest ones."""

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which turns line breaks into "\n".
        return str(self.args[0])


for _error in (UsageError, BlockedAwsCall, EndlessWait):
    _error.__module__ = "pytest_dmsconn"  # where users import it from; tracebacks show it


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the allowed name nearest to `given`, or nothing."""
    import difflib

    start = given[:LONGEST_COMPARED]
    nearest = difflib.get_close_matches(start, list(allowed), n=1, cutoff=0.5)
    return f" Did you mean {nearest[0]!r}?" if nearest else ""
