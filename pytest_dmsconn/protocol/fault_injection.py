"""Injected faults: the calls that get them, and the replies to these calls."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.arguments import MAX_NUMBER
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.protocol.aws_json import Reply, Timeouts, is_about_pair
from pytest_dmsconn.protocol.injectable_errors import (
    ANY_OPERATION,
    CONNECT_TIMEOUT,
    NOT_FROM_A_SERVER,
    READ_TIMEOUT,
    reply_of,
)
from pytest_dmsconn.protocol.routing import CONNECTION_OPERATIONS, OPERATIONS
from pytest_dmsconn.protocol.user_code import user_line
from pytest_dmsconn.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from typing_extensions import Self

    from pytest_dmsconn.dms.registry import Registry

DELAY = "delay"
MAX_LISTED = 3
ANSWERED_BY_MOTO = OPERATIONS.keys() - {*CONNECTION_OPERATIONS}
STRICT_HINT = "The option strict=False lets such a test pass."


class Fault:
    """An injected fault or delay; as a context manager it is disarmed at the end of the block.

    Attributes:
        operation: the operation that gets the fault, or `*` for all operations.
        error: the name of the error; `delay` for a delay.
        met: the number of calls that have met it.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each property of a fault
        self,
        plan: FaultPlan,
        operation: str,
        error: str,
        *,
        times: int | None,
        after: int,
        pair: tuple[str, str] | None,
        applied: bool,
        message: str = "",
        own_message: bool = False,
        seconds: float = 0,
        change: Callable[[], None] | None = None,
    ) -> None:
        """Make a fault of `plan`.

        `own_message` is True if the test gave the message. `seconds` is the length of a delay in
        virtual time. `change` replaces the error: it changes the registry just before the
        operation runs.
        """
        self.operation = operation
        self.error = error
        self.message = message
        self.own_message = own_message
        self.times = times
        self.after = after
        self.pair = pair
        self.applied = applied
        self.seconds = seconds
        self.change = change
        self.armed_at: str = user_line()
        self.met: int = 0
        self._plan = plan
        self._let_through = 0

    def matches(self, operation: str, parameters: Mapping[str, Any], transport: str) -> bool:
        """Whether the fault is armed for a call."""
        if self.operation not in {ANY_OPERATION, operation} or self.met == self.times:
            return False
        if transport == "server" and self.error in NOT_FROM_A_SERVER:
            return False
        return self.pair is None or is_about_pair(operation, parameters, self.pair)

    def hits(self) -> bool:
        """Count a call that matches; return whether it gets the fault."""
        if self._let_through < self.after:
            self._let_through += 1
            return False
        self.met += 1
        return True

    def replace(self, answer: Reply, timeouts: Timeouts) -> tuple[Reply, float]:
        """Return the reply that the client gets, and the virtual seconds until it arrives."""
        if self.error != DELAY:
            waited = {CONNECT_TIMEOUT: timeouts.connect, READ_TIMEOUT: timeouts.read}
            seconds = min(MAX_NUMBER, waited.get(self.error) or 0)  # a timeout may be infinite
            return reply_of(self.error, self.message), seconds
        if timeouts.read is not None and self.seconds > timeouts.read:
            return reply_of(READ_TIMEOUT, ""), timeouts.read
        return answer, self.seconds

    def __repr__(self) -> str:
        place = escaped(self.armed_at)
        return f"<Fault {self.error} for {self.operation}, armed at {place}: met {self.met} times>"

    def __enter__(self) -> Self:
        """Return the fault, which is armed already.

        Raises:
            UsageError: it was disarmed by an earlier block, or by a reset of the fake.
        """
        if self not in self._plan.armed:
            raise UsageError(f"{self!r} is disarmed. Call fail() or delay() again.")
        return self

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        """Disarm it.

        Raises:
            AssertionError: the option `strict` is set, the block raised no exception, and no call
                met the fault.
        """
        self._plan.disarm(self, check_met=exception_type is None)

    def describe(self, registry: Registry) -> str:
        """Describe the fault, and the place where it was armed."""
        operation = "any operation" if self.operation == ANY_OPERATION else self.operation
        error = f"a delay of {self.seconds:g} s" if self.error == DELAY else self.error
        if "moto" in sys.modules and self.operation in ANSWERED_BY_MOTO:
            operation += ", which moto answers under mock_aws"
        text = f"{error} for {operation}"
        if self.pair:
            text += f" of {escaped(registry.name_of_pair(self.pair))}"
        if self.after:
            text += f" after {self.after} such calls"
        return f"{text}, armed at {escaped(self.armed_at)}"


@dataclass(eq=False)
class FaultPlan:
    """The faults that a test has armed."""

    _registry: Registry
    _strict: bool
    armed: list[Fault] = field(default_factory=list)
    """The oldest first."""

    def arm(self, operation: str, error: str, **more: Any) -> Fault:
        """Arm a fault; `more` are the other arguments of `Fault`."""
        fault = Fault(self, operation, error, **more)
        with self._registry.lock:
            self.armed.append(fault)
        return fault

    def fault_for(
        self, operation: str, parameters: Mapping[str, Any], transport: str
    ) -> Fault | None:
        """Return the fault that a call gets: the first that applies."""
        for fault in self.armed:
            if fault.matches(operation, parameters, transport) and fault.hits():
                return fault
        return None

    def disarm(self, fault: Fault, *, check_met: bool) -> None:
        """Remove a fault; with `check_met`, the option `strict` requires that a call met it."""
        with self._registry.lock:
            if fault not in self.armed:
                return
            self.armed.remove(fault)
        if check_met and self._strict and not fault.met:
            raise AssertionError("\n".join([*self._never_met([fault]), STRICT_HINT]))

    def clear(self) -> None:
        """Remove all faults."""
        with self._registry.lock:
            self.armed.clear()

    def never_met(self) -> list[str]:
        """A line for each of the first unmet faults, and a line with the number of the others."""
        with self._registry.lock:
            return self._never_met([fault for fault in self.armed if not fault.met])

    def _never_met(self, faults: Sequence[Fault]) -> list[str]:
        lines = [f"Never met: {fault.describe(self._registry)}" for fault in faults[:MAX_LISTED]]
        if len(faults) > MAX_LISTED:
            lines.append(f"... and {len(faults) - MAX_LISTED} other faults")
        return lines
