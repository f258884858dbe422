"""The errors of AWS that the fake answers with."""

from __future__ import annotations

BAD_REQUEST = 400


class AwsError(Exception):
    """An error that a call is answered with: W2.

    Attributes:
        code: what `__type` says and what botocore maps to an exception class.
        message: the text that comes with it.
        status_code: the HTTP status.
    """

    def __init__(self, code: str, message: str, status_code: int = BAD_REQUEST) -> None:
        """Make the error; nothing is sent until it is raised from an operation."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status_code = status_code


def resource_not_found(message: str) -> AwsError:
    """What DMS answers when a call names something that does not exist."""
    return AwsError("ResourceNotFoundFault", message)


def invalid_resource_state(message: str) -> AwsError:
    """What DMS answers when the state of a resource forbids the call."""
    return AwsError("InvalidResourceStateFault", message)


def invalid_parameter_value(message: str) -> AwsError:
    """What DMS answers to a parameter it cannot accept; the model does not list it (W2)."""
    return AwsError("InvalidParameterValueException", message)


def serialization(message: str) -> AwsError:
    """What the AWS JSON protocol answers to a body it cannot read: W3."""
    return AwsError("SerializationException", message)


def unknown_operation(message: str) -> AwsError:
    """What the AWS JSON protocol answers to an operation it does not know: W5."""
    return AwsError("UnknownOperationException", message)


class TransportFailure(Exception):  # noqa: N818 - the name of what happens, as users arm it
    """An answer that never arrives; each transport raises its own library's exception for it.

    Attributes:
        name: `connect-timeout`, `read-timeout`, `connection-closed` or `endpoint-unreachable`.
    """

    def __init__(self, name: str) -> None:
        """Make the failure of that name."""
        super().__init__(name)
        self.name = name
