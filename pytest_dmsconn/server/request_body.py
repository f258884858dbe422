"""Reading the body of an HTTP request, and the errors for one that cannot be read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from cheroot.errors import MaxSizeExceeded

from pytest_dmsconn.dms.aws_errors import AwsError, serialization

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PIECE = 64 << 10


class Incoming(Protocol):
    """The part of cheroot's request that is read here."""

    rfile: Any
    chunked_read: bool
    inheaders: dict[bytes, bytes]


def read_body(request: Incoming, largest: int) -> bytes:
    """Read the body of a request.

    Args:
        request: a request whose head was read.
        largest: how many bytes the body may have.

    Raises:
        AwsError: it is too large, does not arrive, or breaks HTTP's rules.
        ConnectionError: the client is gone.
    """
    try:
        if not request.chunked_read:
            return _read_known_length(request, largest)
        body = bytearray()
        while piece := request.rfile.read(PIECE):
            body += piece
            if len(body) > largest:
                raise _too_large()
        for _ in request.rfile.read_trailer_lines():
            pass
        return bytes(body)
    except TimeoutError:
        raise _too_slow() from None
    except ConnectionError:
        raise
    except (OSError, MaxSizeExceeded):  # how cheroot says that a chunk is too large
        raise _too_large() from None
    except ValueError:
        raise serialization("The chunks of the body are malformed.") from None


def _read_known_length(request: Incoming, largest: int) -> bytes:
    length = int(request.inheaders.get(b"Content-Length", 0))
    if length < 0:
        raise serialization("Malformed Content-Length header.")
    if length > largest:
        raise _too_large()
    body: bytes = request.rfile.read(length)
    if len(body) < length:
        raise serialization(f"The body ends after {len(body)} of {length} bytes.")
    return body


def complaint(status_code: int, message: str = "") -> AwsError:
    """The error of AWS that goes with an HTTP status of cheroot's.

    Args:
        status_code: what cheroot would answer a request with that it cannot read.
        message: what it says about it, if anything.
    """
    words = message or HTTPStatus(status_code).phrase
    return _ERRORS.get(status_code, serialization)(words)


def _too_large(message: str = "The request is too large.") -> AwsError:
    return AwsError(
        "RequestEntityTooLargeException", message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    )


def _too_slow(message: str = "The request did not arrive in time.") -> AwsError:
    return AwsError("RequestTimeoutException", message, HTTPStatus.REQUEST_TIMEOUT.value)


def _failed(message: str) -> AwsError:
    return AwsError("InternalFailure", message, HTTPStatus.INTERNAL_SERVER_ERROR.value)


_ERRORS: Mapping[int, Callable[[str], AwsError]] = {
    408: _too_slow,
    413: _too_large,
    414: _too_large,
    500: _failed,
}
"""The errors of AWS that go with what cheroot says; anything else is unreadable."""
