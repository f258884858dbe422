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
    """The members of cheroot's request that are used here."""

    rfile: Any
    chunked_read: bool
    inheaders: dict[bytes, bytes]


def read_body(request: Incoming, largest: int) -> bytes:
    """Read the body of a request; raise `AwsError` if it is too large or malformed."""
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
    """Return the error of AWS for an HTTP status of cheroot's."""
    words = message or HTTPStatus(status_code).phrase
    return _ERRORS.get(status_code, serialization)(words)


def _too_large(message: str = "The request is too large.") -> AwsError:
    return AwsError(
        "RequestEntityTooLargeException", message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    )


def too_slow(message: str = "The request did not arrive in time.") -> AwsError:
    """Return the error for a request that takes too long to arrive."""
    return AwsError("RequestTimeoutException", message, HTTPStatus.REQUEST_TIMEOUT.value)


def _failed(message: str) -> AwsError:
    return AwsError("InternalFailure", message, HTTPStatus.INTERNAL_SERVER_ERROR.value)


_ERRORS: Mapping[int, Callable[[str], AwsError]] = {
    408: too_slow,
    413: _too_large,
    414: _too_large,
    500: _failed,
}
"""The errors of AWS for cheroot's statuses; any other is a SerializationException."""
