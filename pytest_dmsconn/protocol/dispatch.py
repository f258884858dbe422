"""The state of one fake, and the steps of an answer: read, run, record, write."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import aws_errors, moto_resources, service_model
from pytest_dmsconn.dms.arns import Scope
from pytest_dmsconn.dms.aws_errors import AwsError, TransportFailure
from pytest_dmsconn.dms.lifecycle import Lifecycle
from pytest_dmsconn.dms.registry import Registry
from pytest_dmsconn.errors import BlockedAwsCall, UsageError, did_you_mean
from pytest_dmsconn.protocol import aws_json, routing
from pytest_dmsconn.protocol.calls import BlockedCall, Call, Record, RecordedAnswer
from pytest_dmsconn.protocol.fault_injection import Fault, FaultPlan
from pytest_dmsconn.protocol.injectable_errors import ANY_OPERATION
from pytest_dmsconn.protocol.routing import CONNECTION_OPERATIONS, OPERATIONS
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dmsconn.options import Options
    from pytest_dmsconn.protocol.aws_json import Reply, Request, Response


FORKED = (
    "The child has a copy of the fake, so the test would not see the call. Let the child call "
    "dmsconn_server: give it dmsconn_server.env as its environment before it makes its client. Or "
    "enter a fake in the child with mock_dms()."
)


def check_operation(operation: object) -> None:
    """Raise `UsageError` for an operation that the fake does not answer."""
    if not isinstance(operation, str) or operation not in OPERATIONS:
        # No hint for an existing operation: CreateEndpoint is no misspelled DeleteEndpoint.
        known = str(operation) in service_model.operation_names()
        hint = "" if known else did_you_mean(str(operation), OPERATIONS)
        raise UsageError(
            f"{quoted(operation)} is not answered by the fake.{hint} "
            f"It answers {', '.join(OPERATIONS)}."
        )


def check_names_connection(operation: str) -> None:
    """Raise `UsageError` for an operation whose parameters cannot name a connection."""
    if operation not in {ANY_OPERATION, *CONNECTION_OPERATIONS}:
        raise UsageError(
            f"connection= does not go with {operation}, whose parameters name no connection. "
            f"It goes with {', '.join(CONNECTION_OPERATIONS)}."
        )


class FakeService:
    """The state of one fake since it was created or reset."""

    def __init__(self, options: Options) -> None:
        """Start without resources, calls and faults."""
        self.options = options
        self.scope: Scope = Scope(options.region, options.account_id)
        self.registry: Registry = Registry()
        self.lifecycle: Lifecycle = Lifecycle(self.registry, options)
        self.faults: FaultPlan = FaultPlan(self.registry, options.strict)
        self.records: list[Record] = []
        self._listed_items: dict[bytes, bytes] = {}
        """The items of all recorded lists, pickled; equal items are stored once."""
        self.blocked: list[BlockedCall] = []
        self.asserted: set[tuple[str, str]] = set()
        """The pairs of ARNs in messages of failed assertions; the story always shows them."""
        self.is_copy = False
        """Whether this is the copy of a forked child."""

    def answer(self, request: Request, operation: str | None, transport: str) -> Response:
        """Answer a request, and record the call; raise `TransportFailure` if no answer arrives."""
        if operation is None or operation not in OPERATIONS:
            return aws_json.refuse(unknown_operation(request))  # W5
        if self.is_copy:
            raise BlockedAwsCall(f"{operation} was called in a forked child. {FORKED}")
        scope = routing.scope_of(request, self.scope)
        with self.registry.lock:
            self.lifecycle.calls = len(self.records) + 1
            self.lifecycle.cause = "call"
            try:
                reply, seconds = self._reply(operation, scope, request, transport)
                request_id = f"00000000-0000-4000-8000-{len(self.records):012x}"
            finally:
                self.lifecycle.calls = len(self.records)  # an exception leaves no record
                self.lifecycle.cause = "test"
        if seconds:
            (request.pass_time or self.advance)(seconds)
        if reply.response is None:
            raise TransportFailure(reply.error_code or "")
        return aws_json.stamped(reply.response, request_id)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        with self.registry.lock:
            self.lifecycle.advance(seconds)

    def record_blocked_call(self, what: str, line: str | None = None) -> None:
        """Record a blocked call to AWS, and the line of code that made it."""
        with self.registry.lock:
            self.blocked.append(BlockedCall(what, self.lifecycle.calls, line))

    def _reply(
        self, operation: str, scope: Scope, request: Request, transport: str
    ) -> tuple[Reply, float]:
        """Return the reply to a call, and the virtual seconds until it arrives."""
        parameters: dict[str, Any] = {}
        fault: Fault | None = None
        reply, took_effect, seconds = aws_json.Reply(None, None, None), False, 0.0
        try:
            parameters = aws_json.read_object(request.body)  # W3
            aws_json.check(operation, parameters)
            if self.faults.armed:
                fault = self.faults.fault_for(operation, parameters, transport)
            if fault is not None and fault.change is not None:
                self.lifecycle.change_before_call(fault.change)
                fault = None  # the operation runs on the changed registry
            if fault is None or fault.applied:
                if routing.moto_is_active():
                    moto_resources.sync(self.lifecycle, operation, scope, parameters)
                reply = aws_json.success(OPERATIONS[operation](self.lifecycle, scope, parameters))
                took_effect = True
        except AwsError as error:
            reply = aws_json.refusal(error)
        if fault is not None:
            reply, seconds = fault.replace(reply, request.timeouts)
        call = Call(
            operation=operation,
            params=parameters,
            region=scope.region,
            account_id=scope.account_id,
            transport=transport,
            attempt=routing.attempt_of(request.headers),
            status_code=reply.response.status_code if reply.response else None,
            error_code=reply.error_code,
        )
        call.answer = self._stored(reply.answer)
        pair = aws_json.pair_in(parameters)
        connection = self.registry.newest_connection(pair) if pair else None
        self.records.append(Record(call, connection, took_effect, fault, self.lifecycle.now))
        return reply, seconds

    def _stored(self, answer: Mapping[str, Any] | None) -> RecordedAnswer | None:
        """The recorded form of an answer, which shares equal items of lists."""
        if answer is None:
            return None
        for name, value in answer.items():
            if isinstance(value, list):
                pickled = [pickle.dumps(one) for one in value]
                items = tuple(self._listed_items.setdefault(one, one) for one in pickled)
                others = {other: answer[other] for other in answer if other != name}
                return RecordedAnswer(others, name, items)
        return RecordedAnswer(answer)


def unknown_operation(request: Request) -> AwsError:
    """The error for a request whose target is none of `OPERATIONS` (W5)."""
    target = aws_json.header(request.headers, "X-Amz-Target")
    return aws_errors.unknown_operation(
        f"The fake answers {', '.join(OPERATIONS)}, not the X-Amz-Target {quoted(target)}."
    )
