"""One fake: its state, and the road of a request through it.

A transport hands in a `Request`; it is decoded, meets the service or an error, is recorded, and
goes back encoded. Every transport takes this road, so they all answer alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms import connections, endpoints_and_instances, moto_resources, service_model
from pytest_dmsconn.dms.arns import Scope
from pytest_dmsconn.dms.aws_errors import AwsError, TransportFailure
from pytest_dmsconn.dms.lifecycle import Lifecycle
from pytest_dmsconn.dms.registry import Registry
from pytest_dmsconn.errors import UsageError, did_you_mean
from pytest_dmsconn.protocol import aws_json, routing
from pytest_dmsconn.protocol.calls import BlockedCall, Call, Record, named_pair
from pytest_dmsconn.protocol.fault_injection import FaultPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.options import Options
    from pytest_dmsconn.protocol.aws_json import Reply, Request, Response
    from pytest_dmsconn.protocol.fault_injection import Fault

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it

OPERATIONS: Mapping[str, Callable[[Lifecycle, Scope, Mapping[str, Any]], dict[str, Any]]] = {
    "DeleteConnection": connections.delete_connection,
    "TestConnection": connections.test_connection,
    "DescribeConnections": connections.describe_connections,
    "DeleteEndpoint": endpoints_and_instances.delete_endpoint,
    "DescribeEndpoints": endpoints_and_instances.describe_endpoints,
    "DeleteReplicationInstance": endpoints_and_instances.delete_replication_instance,
    "DescribeReplicationInstances": endpoints_and_instances.describe_replication_instances,
}
"""The operations that the fake answers, each by one function."""

CONNECTION_OPERATIONS = ("DeleteConnection", "TestConnection", "DescribeConnections")
"""Those that are the fake's also beside moto."""


def is_answered(operation: str) -> bool:
    """Whether the fake answers an operation: while moto is active, what is around is moto's."""
    return operation in (CONNECTION_OPERATIONS if moto_resources.is_active() else OPERATIONS)


def check_operation(operation: object) -> None:
    """Refuse an operation that the fake does not answer.

    Raises:
        UsageError: naming those that it answers.
    """
    if not isinstance(operation, str) or operation not in OPERATIONS:
        # The name nearest to CreateEndpoint is DeleteEndpoint, which nobody means.
        known = str(operation) in service_model.operation_names()
        hint = "" if known else did_you_mean(str(operation), OPERATIONS)
        msg = (
            f"{operation!r} is not answered by the fake.{hint} It answers {', '.join(OPERATIONS)}."
        )
        raise UsageError(msg)


class FakeService:
    """The state of one fake, from its beginning or its last reset."""

    def __init__(self, options: Options) -> None:
        """Start empty, under `options`."""
        self.options = options
        self.scope = Scope(options.region, options.account_id)
        self.registry = Registry()
        self.lifecycle: Lifecycle = Lifecycle(self.registry, options)
        self.faults = FaultPlan(self.registry, strict=options.strict)
        self.records: list[Record] = []
        self.blocked: list[BlockedCall] = []

    def answer(self, operation: str, request: Request, transport: str) -> Response:
        """Answer a call of one of `OPERATIONS`, and record it.

        Args:
            operation: what the target of the request names.
            request: the request, as its transport read it.
            transport: the name of the transport, for the record.

        Raises:
            TransportFailure: an injected fault lets no answer arrive; the transport raises its
                own library's exception for it.
        """
        scope = routing.scope_of(routing.caller_of(request), self.scope)
        with self.registry.lock:
            self.lifecycle.calls += 1
            self.lifecycle.in_call = True  # by which changes of status are dated
            try:
                reply = self._reply(operation, scope, request, transport)
                request_id = f"00000000-0000-4000-8000-{len(self.records):012x}"
            finally:
                self.lifecycle.in_call = False
        if reply.response is None:
            raise TransportFailure(reply.error_code or "")
        reply.response.headers["x-amzn-RequestId"] = request_id
        return reply.response

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        with self.registry.lock:
            self.lifecycle.advance(seconds)

    def block(self, what: str) -> None:
        """Take note of a call to AWS that was stopped."""
        with self.registry.lock:
            self.blocked.append(BlockedCall(what))

    def _reply(self, operation: str, scope: Scope, request: Request, transport: str) -> Reply:
        parameters: dict[str, Any] = {}
        fault: Fault | None = None
        took_effect = False
        try:
            parameters = aws_json.read_object(request.body)  # W3
            aws_json.check(operation, parameters)
            fault = self.faults.meet(operation, parameters, transport)
            if fault is None or fault.applied:
                moto_resources.sync(self.lifecycle, operation, scope, parameters)
                reply = aws_json.success(OPERATIONS[operation](self.lifecycle, scope, parameters))
                took_effect = True
        except AwsError as error:
            reply = aws_json.refusal(error)
        if fault is not None:
            reply = fault.reply()
        call = Call(
            operation=operation,
            params=parameters,
            region=scope.region,
            account_id=scope.account_id,
            transport=transport,
            attempt=routing.attempt_of(request.headers),
            status_code=reply.response.status_code if reply.response else None,
            response=reply.answer,
            error_code=reply.error_code,
        )
        self._record(call, fault, took_effect=took_effect)
        return reply

    def _record(self, call: Call, fault: Fault | None, *, took_effect: bool) -> None:
        pair = named_pair(call.params)
        connection = self.registry.last_life(pair) if pair else None
        self.records.append(Record(call, connection, took_effect, fault, self.lifecycle.now))
