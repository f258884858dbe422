"""Faults that a test injects: what they are, which calls meet them, and what those get instead."""

from __future__ import annotations

import inspect
import os
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import check_whole_number
from pytest_dmsconn.dms import service_model
from pytest_dmsconn.dms.aws_errors import BAD_REQUEST, AwsError
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.protocol import aws_json
from pytest_dmsconn.protocol.calls import named_pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from pytest_dmsconn.dms.registry import Registry

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

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
"""The errors that all AWS services share: HTTP status and message of each."""


class Transport(str, Enum):
    """The ways in which no answer arrives."""

    CONNECT_TIMEOUT = "connect-timeout"
    READ_TIMEOUT = "read-timeout"
    CONNECTION_CLOSED = "connection-closed"
    ENDPOINT_UNREACHABLE = "endpoint-unreachable"


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
"""Answers that are none of DMS's: what a proxy or a broken connection leaves."""

TRANSPORT_FAILURES = tuple(failure.value for failure in Transport)

NOT_FROM_A_SERVER = frozenset(TRANSPORT_FAILURES) - {Transport.CONNECTION_CLOSED.value}
"""What cannot come from a server that has taken the call."""


@dataclass(eq=False, slots=True)
class Fault:
    """An injected fault; as a context manager it is disarmed at the end of the block.

    Attributes:
        operation: the operation that meets it, or `*`.
        error: the name that it was armed under.
        met: how many calls have met it.
    """

    operation: str
    error: str
    message: str
    own_message: bool
    """Whether the message is the test's own, or the usual one."""
    times: int | None
    after: int
    pair: tuple[str, str] | None
    applied: bool
    armed_at: str
    """File and line of the test that armed it."""
    _plan: FaultPlan = field(repr=False)
    met: int = 0
    _let_through: int = field(default=0, repr=False)

    def reply(self) -> aws_json.Reply:
        """What the call gets instead of its answer."""
        if self.error in TRANSPORT_FAILURES:
            return aws_json.Reply(None, None, self.error)
        if self.error in BROKEN_ANSWERS:
            broken = BROKEN_ANSWERS[self.error]
            return aws_json.Reply(None, broken._replace(headers=dict(broken.headers)), self.error)
        status_code, _ = COMMON_ERRORS.get(self.error, (BAD_REQUEST, ""))
        return aws_json.refusal(AwsError(self.error, self.message, status_code))

    def concerns(self, operation: str, parameters: Mapping[str, Any], transport: str) -> bool:
        """Whether a call is one that would meet the fault."""
        if self.operation not in {ANY_OPERATION, operation} or self.met == self.times:
            return False
        if transport == "server" and self.error in NOT_FROM_A_SERVER:
            return False
        return self.pair is None or is_about(operation, parameters, self.pair)

    def meet(self) -> bool:
        """A call that the fault concerns arrives; return whether it gets the fault."""
        if self._let_through < self.after:
            self._let_through += 1
            return False
        self.met += 1
        return True

    def __enter__(self) -> Self:
        """Leave it armed for the block."""
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Disarm it.

        Raises:
            AssertionError: under the option `strict`, no call met it, and no exception is under
                way.
        """
        self._plan.disarm(self, judged=exception_type is None)

    def describe(self, registry: Registry) -> str:
        """The fault and where it was armed, for people."""
        where = "any operation" if self.operation == ANY_OPERATION else self.operation
        words = f"{self.error} for {where}"
        if self.pair:
            words += f" of {registry.name_of_pair(self.pair)}"
        if self.after:
            words += f" after {self.after} such calls"
        return f"{words}\n    armed at {self.armed_at}"


class FaultPlan:
    """The faults that are armed, in the order of their arming."""

    def __init__(self, registry: Registry, *, strict: bool) -> None:
        """Start with none."""
        self._registry = registry
        self._strict = strict
        self._armed: list[Fault] = []

    def arm(  # noqa: PLR0913 - the keywords of FakeDms.fail
        self,
        operation: str,
        error: str,
        *,
        operations: Iterable[str],
        message: str | None,
        times: int | None,
        after: int,
        pair: tuple[str, str] | None,
        applied: bool,
    ) -> Fault:
        """Arm a fault; see `FakeDms.fail`."""
        default = _check_error(operation, error, tuple(operations))
        _check_numbers(times, after)
        if message is not None and default is None:
            msg = f"{error!r} carries no message; message= goes with errors of AWS only."
            raise UsageError(msg)
        fault = Fault(
            operation=operation,
            error=error,
            message=default or "" if message is None else message,
            own_message=message is not None,
            times=times,
            after=after,
            pair=pair,
            applied=applied,
            armed_at=_place_of_caller(),
            _plan=self,
        )
        with self._registry.lock:
            self._armed.append(fault)
        return fault

    @property
    def armed(self) -> tuple[Fault, ...]:
        """The armed faults, in the order of their arming."""
        return tuple(self._armed)

    def meet(self, operation: str, parameters: Mapping[str, Any], transport: str) -> Fault | None:
        """The fault that a call meets: the first armed one that applies; one a call."""
        for fault in self._armed:
            if fault.concerns(operation, parameters, transport) and fault.meet():
                return fault
        return None

    def disarm(self, fault: Fault, *, judged: bool) -> None:
        """Take a fault back, and under `strict` judge whether it was met.

        Raises:
            AssertionError: it was to be judged, and no call met it.
        """
        with self._registry.lock:
            if fault not in self._armed:
                return
            self._armed.remove(fault)
        if judged and self._strict and not fault.met:
            raise AssertionError(self._complaint([fault]))

    def clear(self) -> None:
        """Take all faults back; none of them is judged any more."""
        with self._registry.lock:
            self._armed.clear()

    def complaint(self) -> str:
        """Why the armed faults that no call has met fail a test; empty if there is none."""
        with self._registry.lock:
            unmet = [fault for fault in self._armed if not fault.met]
            return self._complaint(unmet) if unmet else ""

    def _complaint(self, unmet: Iterable[Fault]) -> str:
        return "\n".join(
            [
                "Injected faults were never met:",
                *(f"  {fault.describe(self._registry)}" for fault in unmet),
                "The code under test did not make these calls.",
                "The option strict=False lets such a test pass.",
            ]
        )


def is_about(operation: str, parameters: Mapping[str, Any], pair: tuple[str, str]) -> bool:
    """Whether a call is about a connection: it names both ARNs, or its filters name the pair."""
    if operation != "DescribeConnections":
        return named_pair(parameters) == pair
    wanted = dict(zip(("endpoint-arn", "replication-instance-arn"), pair, strict=True))
    filters = parameters.get("Filters") or ()
    return bool(filters) and all(wanted.get(one["Name"]) in one["Values"] for one in filters)


def _check_error(operation: str, error: object, operations: tuple[str, ...]) -> str | None:
    """The default message of an error of AWS; None for what carries no message.

    Raises:
        UsageError: the operation cannot answer with that error.
    """
    listed = service_model.faults_of(operations if operation == ANY_OPERATION else (operation,))
    if isinstance(error, str):
        if error in BROKEN_ANSWERS or error in TRANSPORT_FAILURES:
            return None
        if error in listed:
            return listed[error]
        if error in COMMON_ERRORS:
            return COMMON_ERRORS[error][1]
    allowed = (*listed, *COMMON_ERRORS, *TRANSPORT_FAILURES, *BROKEN_ANSWERS)
    where = "every operation" if operation == ANY_OPERATION else operation
    msg = (
        f"{error!r} is not something that {where} can fail with."
        f"{did_you_mean(str(error), allowed)} DMS lists {', '.join(listed)}; common to AWS are "
        f"{', '.join(COMMON_ERRORS)}; transport failures are {', '.join(TRANSPORT_FAILURES)}; "
        f"broken answers are {', '.join(BROKEN_ANSWERS)}."
    )
    raise UsageError(msg)


def _check_numbers(times: object, after: object) -> None:
    whole = isinstance(times, int) and not isinstance(times, bool)
    if times is not None and not (whole and times >= 1):  # type: ignore[operator]
        msg = f"times={times!r} is not allowed; it must be a whole number, 1 or more, or None."
        raise UsageError(msg)
    check_whole_number("after", after)


def _place_of_caller() -> str:
    """File and line of the nearest frame that is not the plugin's, as short as pytest has it."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(str(frame.f_globals.get("__name__"))):
        frame = frame.f_back
    if frame is None:
        return "an unknown place"
    file = frame.f_code.co_filename
    with suppress(OSError):  # the working directory may have been deleted
        # As text, because a file may be "<stdin>".
        file = file.removeprefix(os.path.join(os.getcwd(), ""))  # noqa: PTH109, PTH118
    return f"{file}:{frame.f_lineno}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "pytest_dmsconn"
