"""The strategies for Hypothesis make all kinds of seeds that the fake accepts."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

pytest.importorskip("hypothesis")

from hypothesis import find, given, settings

from pytest_dmsconn import mock_dms
from pytest_dmsconn.strategies import identifiers, seeds

untimed = settings(deadline=None)


@untimed
@given(seeds())
def test_generated_seeds_are_accepted(seed: list[dict[str, Any]]) -> None:
    with mock_dms(seed=seed) as dms:
        assert [
            {
                "endpoint_identifier": one.endpoint_identifier,
                "replication_instance_identifier": one.replication_instance_identifier,
                "status": one.status,
            }
            for one in dms.connections
        ] == seed


@untimed
@given(identifiers())
def test_generated_identifiers_are_accepted(identifier: str) -> None:
    with mock_dms() as dms:
        connection = dms.add_connection(
            endpoint_identifier=identifier, replication_instance_identifier=identifier
        )
        assert connection.endpoint_identifier == identifier
        assert connection.replication_instance_identifier == identifier


def test_seeds_have_all_statuses() -> None:
    statuses: set[str] = set()
    shared: set[bool] = set()

    @settings(derandomize=True, database=None, deadline=None)
    @given(seeds())
    def collect(seed: list[dict[str, Any]]) -> None:
        statuses.update(one["status"] for one in seed)
        shared.add(len(seed) > len({one["endpoint_identifier"] for one in seed}))

    collect()

    assert statuses == {"successful", "failed", "testing", "deleting"}
    assert shared == {True, False}


def test_seeds_have_at_most_the_given_size() -> None:
    @untimed
    @given(seeds(max_size=1))
    def check(seed: list[dict[str, Any]]) -> None:
        assert len(seed) <= 1

    check()


def test_seeds_shrink_to_one_connection_with_short_names() -> None:
    failing = find(
        seeds(), lambda seed: any(one["status"] == "failed" for one in seed), random=Random(0)
    )

    assert failing == [
        {
            "endpoint_identifier": "a-0",
            "replication_instance_identifier": "a-0",
            "status": "failed",
        }
    ]
