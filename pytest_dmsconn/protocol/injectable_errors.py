"""The errors that `FakeDms.fail` can inject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_dmsconn.dms import service_model
from pytest_dmsconn.dms.aws_errors import BAD_REQUEST, AwsError
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.protocol import aws_json
from pytest_dmsconn.protocol.routing import OPERATIONS
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_OPERATION = "*"

# W6
COMMON_ERRORS: Mapping[str, tuple[int, str]] = {
    "ThrottlingException": (BAD_REQUEST, "Rate exceeded"),
    "AccessDeniedException": (BAD_REQUEST, "User is not authorized to perform this action"),
    "ExpiredTokenException": (
        BAD_REQUEST,
        "The security token included in the request is expired",
    ),
    "UnrecognizedClientException": (
        BAD_REQUEST,
        "The security token included in the request is invalid.",
    ),
    "InvalidParameterValueException": (BAD_REQUEST, "A parameter has a value that is not allowed"),
    "InternalFailure": (500, "The request processing has failed because of an unknown error"),
    "ServiceUnavailable": (503, "The request has failed due to a temporary failure of the server"),
    "RequestTimeout": (BAD_REQUEST, "The request took too long to arrive"),
}
"""The errors that all AWS services share, each with its HTTP status and message."""

CONNECT_TIMEOUT = "connect-timeout"
READ_TIMEOUT = "read-timeout"
CONNECTION_CLOSED = "connection-closed"
ENDPOINT_UNREACHABLE = "endpoint-unreachable"

TRANSPORT_FAILURES = (CONNECT_TIMEOUT, READ_TIMEOUT, CONNECTION_CLOSED, ENDPOINT_UNREACHABLE)
"""The failures after which no answer arrives."""

NOT_FROM_A_SERVER = frozenset(TRANSPORT_FAILURES) - {CONNECTION_CLOSED}
"""The failures that a server cannot cause, because the call has reached it."""

BROKEN_ANSWERS: Mapping[str, aws_json.Response] = {
    "truncated": aws_json.Response(
        aws_json.OK,
        {"Content-Type": aws_json.CONTENT_TYPE},
        b'{"Connection": {"EndpointArn": "arn:aw',
    ),
    "html-502": aws_json.Response(
        502,
        {"Content-Type": "text/html"},
        b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>",
    ),
}
"""Broken responses, such as those of a proxy or of an interrupted connection."""


ErrorName: TypeAlias = Literal[
    "AccessDeniedFault",
    "InvalidResourceStateFault",
    "KMSKeyNotAccessibleFault",
    "ResourceNotFoundFault",
    "ResourceQuotaExceededFault",
    "ThrottlingException",
    "AccessDeniedException",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "InvalidParameterValueException",
    "InternalFailure",
    "ServiceUnavailable",
    "RequestTimeout",
    "connect-timeout",
    "read-timeout",
    "connection-closed",
    "endpoint-unreachable",
    "truncated",
    "html-502",
]
"""The names of all errors that can be injected, for type checkers."""


def message_of(operation: str, error: object) -> str | None:
    """The usual message of an error; None if it has none.

    It raises `UsageError` for an error that the operation cannot return.
    """
    listed = service_model.faults_of(
        tuple(OPERATIONS) if operation == ANY_OPERATION else (operation,)
    )
    if isinstance(error, str):
        if error in BROKEN_ANSWERS or error in TRANSPORT_FAILURES:
            return None
        if error in listed:
            return listed[error]
        if error in COMMON_ERRORS:
            return COMMON_ERRORS[error][1]
    allowed = (*listed, *COMMON_ERRORS, *TRANSPORT_FAILURES, *BROKEN_ANSWERS)
    where = "every operation" if operation == ANY_OPERATION else operation
    raise UsageError(
        f"{quoted(error)} is not something that {where} can fail with."
        f"{did_you_mean(str(error), allowed)} DMS lists {', '.join(listed)}; common to AWS "
        f"are {', '.join(COMMON_ERRORS)}; transport failures are {', '.join(TRANSPORT_FAILURES)}; "
        f"broken answers are {', '.join(BROKEN_ANSWERS)}."
    )


def reply_of(error: str, message: str) -> aws_json.Reply:
    """The reply to a call that fails with an error."""
    if error in TRANSPORT_FAILURES:
        return aws_json.Reply(None, None, error)
    if error in BROKEN_ANSWERS:
        broken = BROKEN_ANSWERS[error]
        return aws_json.Reply(None, broken._replace(headers=dict(broken.headers)), error)
    status_code, _ = COMMON_ERRORS.get(error, (BAD_REQUEST, ""))
    return aws_json.refusal(AwsError(error, message, status_code))
