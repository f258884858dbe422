"""The errors of AWS that the fake can return."""

from __future__ import annotations

BAD_REQUEST = 400


class AwsError(Exception):
    """An error response of DMS (W2); botocore makes an exception class from its code."""

    def __init__(self, code: str, message: str, status_code: int = BAD_REQUEST) -> None:
        """Make an error with an HTTP status."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status_code = status_code


def resource_not_found(message: str) -> AwsError:
    """The error for a resource that does not exist."""
    return AwsError("ResourceNotFoundFault", message)


def invalid_resource_state(message: str) -> AwsError:
    """The error for a resource whose state does not allow the call."""
    return AwsError("InvalidResourceStateFault", message)


def invalid_parameter_value(message: str) -> AwsError:
    """The error for a bad parameter, which botocore's model does not list (W2)."""
    return AwsError("InvalidParameterValueException", message)


def serialization(message: str) -> AwsError:
    """The error for a body that cannot be read (W3)."""
    return AwsError("SerializationException", message)


def unknown_operation(message: str) -> AwsError:
    """The error for an unknown operation (W5)."""
    return AwsError("UnknownOperationException", message)


class TransportFailure(Exception):  # noqa: N818 - the documentation uses this term
    """A call that gets no answer; each transport raises the exception of its own library."""

    def __init__(self, name: str) -> None:
        """Make a failure; `name` is one of `injectable_errors.TRANSPORT_FAILURES`."""
        super().__init__(name)
        self.name = name
