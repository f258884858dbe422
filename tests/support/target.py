"""The target of a scenario in tests/conformance/: the fake, moto's server, or AWS."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.evidence import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn import FakeDms

UNDER_WAY = ("testing", "deleting")


@dataclass(frozen=True)
class Waiting:
    """How to wait for a target."""

    interval: float
    """Seconds between two descriptions."""
    patience: float
    """Seconds until the scenario fails."""


AT_ONCE = Waiting(interval=0.0, patience=10.0)
IN_REALITY = Waiting(interval=5.0, patience=900.0)


@dataclass
class Removal:
    """The answers around the deletion of an endpoint or a replication instance."""

    before: Mapping[str, Any]
    """The description before."""
    answer: Mapping[str, Any]
    described: Mapping[str, Any] | None
    """The next description; None if it was gone."""
    again: str | None
    """The error code of a second deletion."""
    test: str | None
    """The error code of a TestConnection during the deletion."""
    connections: list[Mapping[str, Any]]
    """Its connections directly after the deletion."""
    at_the_end: str | None
    """The error code of a deletion once it is gone."""


class Target:
    """One endpoint and one replication instance, and a client for them."""

    def __init__(
        self,
        client_kwargs: Mapping[str, Any],
        endpoint_arn: str,
        replication_instance_arn: str,
        *,
        waiting: Waiting = AT_ONCE,
        fake: FakeDms | None = None,
        may_change: bool = True,
    ) -> None:
        """`may_change`: whether the connection of the two may be tested and deleted."""
        self.endpoint_arn = endpoint_arn
        self.replication_instance_arn = replication_instance_arn
        self.waiting = waiting
        self.may_change = may_change
        self.recorder = Recorder({endpoint_arn: "<endpoint>", replication_instance_arn: "<rep>"})
        self._client_kwargs = dict(client_kwargs)
        self._fake = fake
        self._removals: dict[str, Removal] = {}
        self.client = self._make_client()
        self.unchecked_client = self._make_client(parameter_validation=False)

    def _make_client(self, **config: Any) -> Any:
        if self.waiting is AT_ONCE:
            config["retries"] = {"total_max_attempts": 1}
        make: Any = boto3.client
        client = make("dms", config=Config(**config), **self._client_kwargs)
        self.recorder.watch(client)
        return client

    def close(self) -> None:
        """Close the connections of the clients; the next call opens new ones."""
        self.client.close()
        self.unchecked_client.close()

    @property
    def fake(self) -> FakeDms:
        """The fake; only for scenarios marked `fake_alone`."""
        assert self._fake is not None
        return self._fake

    @property
    def has_fake(self) -> bool:
        return self._fake is not None

    @property
    def pair(self) -> dict[str, str]:
        """The keyword arguments of DeleteConnection and TestConnection."""
        return {
            "EndpointArn": self.endpoint_arn,
            "ReplicationInstanceArn": self.replication_instance_arn,
        }

    @property
    def filters(self) -> list[dict[str, Any]]:
        """The filters that select the connection of the two."""
        return [
            {"Name": "endpoint-arn", "Values": [self.endpoint_arn]},
            {"Name": "replication-instance-arn", "Values": [self.replication_instance_arn]},
        ]

    # Unknown ARNs

    @property
    def unknown_endpoint_arn(self) -> str:
        return unknown_like(self.endpoint_arn)

    @property
    def unknown_replication_instance_arn(self) -> str:
        return unknown_like(self.replication_instance_arn)

    # The connection

    def described(self) -> dict[str, Any] | None:
        """The current description of the connection; None if there is none."""
        try:
            answer = self.client.describe_connections(Filters=self.filters)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundFault":
                raise
            return None
        found = [one for one in answer["Connections"] if self.pair.items() <= one.items()]
        return found[0] if found else None

    def connection_at_rest(self) -> dict[str, Any] | None:
        """Wait until no test and no deletion of the connection is under way, and describe it."""
        found: dict[str, Any] | None = self.wait_for(
            self.described, lambda found: not found or found["Status"] not in UNDER_WAY
        )
        return found

    def connection(self) -> dict[str, Any]:
        """The connection at rest; a TestConnection creates it if there is none."""
        found = self.connection_at_rest()
        if found is None:
            if not self.may_change:
                pytest.skip("there is no such connection, and --destructive was not given")
            self.client.test_connection(**self.pair)
            found = self.connection_at_rest()
        assert found is not None
        return found

    def delete_connection(self) -> None:
        """Delete the connection if there is one, and wait until it is gone."""
        if self.connection_at_rest() is not None:
            self.client.delete_connection(**self.pair)
            assert self.connection_at_rest() is None

    def failed_connection(self) -> dict[str, Any]:
        """The connection after a failed test."""
        if self._fake is not None:
            pair = (self.endpoint_arn, self.replication_instance_arn)
            self._fake.set_test_result(pair, "failed")
        self.connection_at_rest()
        self.client.test_connection(**self.pair)
        found = self.connection_at_rest()
        assert found is not None
        if found["Status"] != "failed":
            pytest.skip("the endpoint can be reached; name one that cannot")
        return found

    def wait_for(self, look: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
        """Call `look` until its result is right."""
        end = time.monotonic() + self.waiting.patience
        while not is_right(seen := look()):
            assert time.monotonic() < end, f"after {self.waiting.patience} s it is still {seen}"
            time.sleep(self.waiting.interval)
        return seen

    # The endpoint and the instance

    def describe_endpoint(self) -> dict[str, Any] | None:
        return self._only("describe_endpoints", "Endpoints", "endpoint-arn", self.endpoint_arn)

    def describe_replication_instance(self) -> dict[str, Any] | None:
        return self._only(
            "describe_replication_instances",
            "ReplicationInstances",
            "replication-instance-arn",
            self.replication_instance_arn,
        )

    def _only(self, method: str, key: str, name: str, arn: str) -> dict[str, Any] | None:
        try:
            answer = getattr(self.client, method)(Filters=[{"Name": name, "Values": [arn]}])
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundFault":
                raise
            return None
        found: list[dict[str, Any]] = answer[key]
        return found[0] if found else None

    def endpoint_removal(self) -> Removal:
        """Delete the endpoint; later calls return the same record."""
        if "endpoint" not in self._removals:
            self.connection()
            self._removals["endpoint"] = self._remove(
                "delete_endpoint", "EndpointArn", self.describe_endpoint
            )
        return self._removals["endpoint"]

    def replication_instance_removal(self) -> Removal:
        """Delete the replication instance; later calls return the same record."""
        if "instance" not in self._removals:
            if self.describe_endpoint() is not None:
                self.connection()
            self._removals["instance"] = self._remove(
                "delete_replication_instance",
                "ReplicationInstanceArn",
                self.describe_replication_instance,
            )
        return self._removals["instance"]

    def _remove(
        self, method: str, parameter: str, describe: Callable[[], dict[str, Any] | None]
    ) -> Removal:
        before = describe()
        assert before is not None
        delete, arn = getattr(self.client, method), {parameter: self.pair[parameter]}
        [answer] = [value for key, value in delete(**arn).items() if key != "ResponseMetadata"]
        again, test = code(delete, **arn), code(self.client.test_connection, **self.pair)
        described = describe()
        connection = self.described()
        self.wait_for(describe, lambda found: found is None)
        return Removal(
            before=before,
            answer=answer,
            described=described,
            again=again,
            test=test,
            connections=[] if connection is None else [connection],
            at_the_end=code(delete, **arn),
        )

    # Calls that botocore would not send

    def describe_with(self, *, body: bytes | None = None, amz_target: str | None = None) -> None:
        """Send a signed DescribeConnections with another body or another `X-Amz-Target`."""

        def change(params: dict[str, Any], **_: Any) -> None:
            if body is not None:
                params["body"] = body
            if amz_target is not None:
                params["headers"]["X-Amz-Target"] = amz_target

        events = self.client.meta.events
        events.register_last("before-call", change)
        try:
            self.client.describe_connections()
        finally:
            events.unregister("before-call", change)


def unknown_like(arn: str) -> str:
    """An unknown ARN of the same form, region and account."""
    random = uuid.uuid4().hex.upper().translate(str.maketrans("0189", "ABCD"))
    return arn.rpartition(":")[0] + ":" + random[:26]


def code_of(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def code(call: Callable[..., object], **arguments: Any) -> str | None:
    """The error code of a call; None if it succeeds."""
    try:
        call(**arguments)
    except ClientError as error:
        return code_of(error)
    return None


def refusal(call: Callable[..., object], **arguments: Any) -> tuple[str, str]:
    """The error code and the message of a refused call."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])
