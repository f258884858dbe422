"""One fake: its state, and the road of a request through it.

A transport hands in a `Request`; it is decoded, meets the service or an error, is recorded, and
goes back encoded. Every transport takes this road, so they all answer alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn import callers, neighbours, service, wire
from pytest_dmsconn.arns import Scope
from pytest_dmsconn.calls import BlockedCall, Call, Record, named_pair
from pytest_dmsconn.faults import AwsError
from pytest_dmsconn.lifecycle import Lifecycle
from pytest_dmsconn.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.options import Options
    from pytest_dmsconn.wire import Request, Response

OPERATIONS: Mapping[str, Callable[[Lifecycle, Scope, Mapping[str, Any]], dict[str, Any]]] = {
    "DeleteConnection": service.delete_connection,
    "TestConnection": service.test_connection,
    "DescribeConnections": service.describe_connections,
    "DeleteEndpoint": neighbours.delete_endpoint,
    "DescribeEndpoints": neighbours.describe_endpoints,
    "DeleteReplicationInstance": neighbours.delete_replication_instance,
    "DescribeReplicationInstances": neighbours.describe_replication_instances,
}
"""The operations that the fake answers, each by one function."""


class Backend:
    """The state of one fake, from its beginning or its last reset."""

    def __init__(self, options: Options) -> None:
        """Start empty, under `options`."""
        self.options = options
        self.scope = Scope(options.region, options.account_id)
        self.registry = Registry()
        self.lifecycle: Lifecycle = Lifecycle(self.registry, options)
        self.records: list[Record] = []
        self.blocked: list[BlockedCall] = []

    def answer(self, operation: str, request: Request, transport: str) -> Response:
        """Answer a call of one of `OPERATIONS`, and record it.

        Args:
            operation: what the target of the request names.
            request: the request, as its transport read it.
            transport: the name of the transport, for the record.
        """
        caller = callers.caller_of(request)
        scope = callers.scope_of(caller, self.scope)
        with self.registry.lock:
            request_id = f"00000000-0000-4000-8000-{len(self.records) + 1:012x}"
            parameters: dict[str, Any] = {}
            error: AwsError | None = None
            try:
                parameters = wire.decode(operation, request.body)
                answer = OPERATIONS[operation](self.lifecycle, scope, parameters)
            except AwsError as raised:
                error = raised
                answer = wire.error_body(raised)
            response = wire.encode(answer, request_id, error.status_code if error else wire.OK)
            call = Call(
                operation=operation,
                params=parameters,
                region=scope.region,
                account_id=scope.account_id,
                transport=transport,
                attempt=callers.attempt_of(request.headers),
                status_code=response.status_code,
                response=answer,
                error_code=error.code if error else None,
            )
            self._record(call, took_effect=error is None)
        return response

    def block(self, what: str) -> None:
        """Take note of a call to AWS that was stopped."""
        with self.registry.lock:
            self.blocked.append(BlockedCall(what))

    def _record(self, call: Call, *, took_effect: bool) -> None:
        pair = named_pair(call.params)
        connection = self.registry.last_life(pair) if pair else None
        self.records.append(Record(call, connection, took_effect))
        self.lifecycle.recorded_calls = len(self.records)
