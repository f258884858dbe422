"""Long random stories of calls, told to a real client and to a small model of the contract."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.describe_calls import by_instance

from pytest_dmsconn import mock_dms

ENDPOINTS = [f"arn:aws:dms:us-east-1:123456789012:endpoint:E{number}" for number in range(3)]
INSTANCES = [f"arn:aws:dms:us-east-1:123456789012:rep:I{number}" for number in range(2)]
PAIRS = st.tuples(st.sampled_from(ENDPOINTS), st.sampled_from(INSTANCES))
STATUSES = st.sampled_from(["successful", "failed", "testing", "deleting"])
GONE = "gone"

CLIENT: Any = boto3.client("dms", region_name="us-east-1")
"""Made once: a client takes longer to make than a story to tell."""


class Model:
    """What docs/fidelity.md and the options say, without the fake's code."""

    def __init__(self, testing_polls: int, deleting_polls: int, result: Any) -> None:
        self.polls = {"testing": testing_polls, "deleting": deleting_polls}
        self.ends = {"testing": result, "deleting": GONE}
        self.status: dict[tuple[str, str], str] = {}  # in order of creation
        self.left: dict[tuple[str, str], int] = {}

    def become(self, pair: tuple[str, str], status: str) -> None:
        if status == GONE:
            del self.status[pair]
        else:
            self.status[pair] = status

    def begin(self, pair: tuple[str, str], status: str, polls: int) -> None:
        self.become(pair, status)
        self.left[pair] = polls
        if polls == 0:
            self.become(pair, self.ends[status])

    def seed(self, pair: tuple[str, str], status: str) -> None:
        if status in self.polls:
            self.begin(pair, status, max(self.polls[status], 1))
        else:
            self.become(pair, status)

    def test(self, pair: tuple[str, str]) -> str:
        if self.status.get(pair) in self.polls:
            return "InvalidResourceStateFault"
        self.begin(pair, "testing", self.polls["testing"])
        return self.status[pair]

    def delete(self, pair: tuple[str, str]) -> str:
        if pair not in self.status:
            return "ResourceNotFoundFault"
        if self.status[pair] in self.polls:
            return "InvalidResourceStateFault"
        self.begin(pair, "deleting", self.polls["deleting"])
        return "deleting"

    def describe(
        self, endpoints: set[str], instances: set[str]
    ) -> str | list[tuple[tuple[str, str], str]]:
        """Empty sets filter nothing."""
        for pair, status in list(self.status.items()):
            selected = (not endpoints or pair[0] in endpoints) and (
                not instances or pair[1] in instances
            )
            if selected and status in self.polls:
                self.left[pair] -= 1
                if self.left[pair] == 0:
                    self.become(pair, self.ends[status])
        found = [
            (pair, status)
            for pair, status in self.status.items()
            if (not endpoints or pair[0] in endpoints) and (not instances or pair[1] in instances)
        ]
        return found if found or not (endpoints or instances) else "ResourceNotFoundFault"


class Story(RuleBasedStateMachine):
    """Whatever is called in whatever order, client and model agree."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize(
        testing_polls=st.integers(0, 2),
        deleting_polls=st.integers(0, 2),
        result=st.sampled_from(["successful", "failed"]),
    )
    def enter(self, testing_polls: int, deleting_polls: int, result: Any) -> None:
        self.dms = self.stack.enter_context(
            mock_dms(testing_polls=testing_polls, deleting_polls=deleting_polls, test_result=result)
        )
        self.model = Model(testing_polls, deleting_polls, result)
        for arn in ENDPOINTS:
            self.dms.add_endpoint(arn=arn)
        for arn in INSTANCES:
            self.dms.add_replication_instance(arn=arn)

    def teardown(self) -> None:
        self.stack.close()

    @rule(pair=PAIRS, status=STATUSES)
    def seed(self, pair: tuple[str, str], status: str) -> None:
        if pair in self.model.status:
            self.dms.set_status(self.dms.connection(*pair), status)
        else:
            self.dms.add_connection(*pair, status=status)
        self.model.seed(pair, status)

    @rule(pair=PAIRS)
    def test(self, pair: tuple[str, str]) -> None:
        assert self.status_of("test_connection", pair) == self.model.test(pair)

    @rule(pair=PAIRS)
    def delete(self, pair: tuple[str, str]) -> None:
        succeeded = len([one for one in self.dms.deletions if one.succeeded])
        expected = self.model.delete(pair)

        assert self.status_of("delete_connection", pair) == expected

        newest = self.dms.deletions[-1]
        assert (newest.endpoint_arn, newest.replication_instance_arn) == pair
        assert newest.succeeded == (expected == "deleting")
        assert len([one for one in self.dms.deletions if one.succeeded]) == succeeded + (
            expected == "deleting"
        )

    @rule(
        endpoints=st.sets(st.sampled_from(ENDPOINTS)),
        instances=st.sets(st.sampled_from(INSTANCES)),
    )
    def describe(self, endpoints: set[str], instances: set[str]) -> None:
        filters = [
            {"Name": name, "Values": sorted(values)}
            for name, values in (
                ("endpoint-arn", endpoints),
                ("replication-instance-arn", instances),
            )
            if values
        ]
        expected = self.model.describe(endpoints, instances)
        if isinstance(expected, str):
            with pytest.raises(ClientError, match=expected):
                CLIENT.describe_connections(Filters=filters)
            return
        listed = CLIENT.describe_connections(Filters=filters)["Connections"]
        assert [
            ((one["EndpointArn"], one["ReplicationInstanceArn"]), one["Status"]) for one in listed
        ] == expected
        for one in listed:
            if one["Status"] == "failed":
                assert one["LastFailureMessage"]
            elif one["Status"] != "deleting":
                assert "LastFailureMessage" not in one

    @invariant()
    def looking_agrees_and_advances_nothing(self) -> None:
        if hasattr(self, "dms"):
            assert [
                ((one.endpoint_arn, one.replication_instance_arn), one.status)
                for one in self.dms.connections
            ] == list(self.model.status.items())

    def status_of(self, method: str, pair: tuple[str, str]) -> str:
        """The status that a call answers with, or the code of its error."""
        arns = {"EndpointArn": pair[0], "ReplicationInstanceArn": pair[1]}
        try:
            answer = getattr(CLIENT, method)(**arns)
        except ClientError as error:
            return error.response["Error"]["Code"]
        status: str = answer["Connection"]["Status"]
        return status


Story.TestCase.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, database=None
)
TestStory = pytest.mark.slow(Story.TestCase)


@settings(max_examples=80, deadline=None, database=None)
@given(
    polls=st.integers(0, 2),
    filtered=st.booleans(),
    between=st.lists(
        st.tuples(st.sets(st.integers(0, 69), max_size=25), st.integers(0, 15)), max_size=5
    ),
)
def test_no_connection_is_listed_twice_or_missed_whatever_happens_between_two_pages(
    polls: int, *, filtered: bool, between: list[tuple[set[int], int]]
) -> None:
    with mock_dms(deleting_polls=polls) as dms:
        connections = dms.add_connections(70, replication_instance_identifier="nightly")
        nightly = by_instance(connections[0])
        request: dict[str, Any] = {"MaxRecords": 20, "Filters": [nightly] if filtered else []}
        listed: list[str] = []
        touched: set[str] = set()
        steps = iter(between)
        while True:
            page = CLIENT.describe_connections(**request)
            listed += [one["EndpointArn"] for one in page["Connections"]]
            if "Marker" not in page:
                break
            assert len(page["Connections"]) == 20
            request["Marker"] = page["Marker"]
            deleted, count = next(steps, (set(), 0))
            for connection in [connections[index] for index in sorted(deleted)]:
                touched.add(connection.endpoint_arn)
                if not connection.deleted:
                    CLIENT.delete_connection(**connection.arns)
            connections += dms.add_connections(count, replication_instance_identifier="nightly")

        assert len(listed) == len(set(listed))
        untouched = [one.endpoint_arn for one in connections if one.endpoint_arn not in touched]
        assert [arn for arn in listed if arn not in touched] == untouched
