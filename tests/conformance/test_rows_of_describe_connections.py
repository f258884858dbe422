"""Rows Q of docs/fidelity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.scenarios import changes_the_connection, fake_alone, reads
from support.target import code, refusal

if TYPE_CHECKING:
    from support.target import Target

NAMES = ("endpoint-arn", "replication-instance-arn")


def pairs(connections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["EndpointArn"], one["ReplicationInstanceArn"]) for one in connections]


@reads
def test_q1_without_filters_all_of_the_region_and_account_is_listed(target: Target) -> None:
    scope = target.endpoint_arn.split(":")[3:5]
    there = target.connection_at_rest()

    listed = target.client.describe_connections()["Connections"]

    assert isinstance(listed, list)
    assert all(one["EndpointArn"].split(":")[3:5] == scope for one in listed)
    assert there is None or tuple(target.pair.values()) in pairs(listed)


@fake_alone("it takes a region without connections")
def test_q1_without_filters_and_connections_the_list_is_empty(target: Target) -> None:
    assert target.client.describe_connections()["Connections"] == []


@reads
def test_q2_every_filter_and_any_of_its_values_selects(target: Target) -> None:
    target.connection()
    unknown = (target.unknown_endpoint_arn, target.unknown_replication_instance_arn)
    more = [
        {"Name": name, "Values": [nothing, known]}
        for name, nothing, known in zip(NAMES, unknown, target.pair.values(), strict=True)
    ]
    contradictory = [{"Name": NAMES[0], "Values": [unknown[0]]}, more[1]]

    listed = target.client.describe_connections(Filters=more)["Connections"]

    assert pairs(listed) == [tuple(target.pair.values())]
    assert listed_or_refused(target, contradictory) in ([], "ResourceNotFoundFault")


def listed_or_refused(target: Target, filters: list[dict[str, Any]]) -> Any:
    answer: dict[str, Any] = {}
    refused = code(lambda: answer.update(target.client.describe_connections(Filters=filters)))
    return refused or answer["Connections"]


@reads
def test_q3_filters_that_select_nothing_are_a_fault(target: Target) -> None:
    filters = [{"Name": "endpoint-arn", "Values": [target.unknown_endpoint_arn]}]

    refused = refusal(target.client.describe_connections, Filters=filters)

    assert refused == (
        "ResourceNotFoundFault",
        "No Connections found matching provided filters",
    )


@changes_the_connection
def test_q3_an_endpoint_without_a_connection_is_a_fault_too(target: Target) -> None:
    target.delete_connection()

    refused = code(target.client.describe_connections, Filters=target.filters)

    assert refused == "ResourceNotFoundFault"


@reads
def test_q4_an_unknown_filter_name_is_an_invalid_parameter(target: Target) -> None:
    filters = [{"Name": "endpoint-id", "Values": ["orders"]}]

    refused, message = refusal(target.client.describe_connections, Filters=filters)

    assert refused == "InvalidParameterValueException"
    assert all(name in message for name in NAMES)


@reads
def test_q5_a_filter_without_values_is_an_invalid_parameter(target: Target) -> None:
    filters = [{"Name": "endpoint-arn", "Values": []}]

    refused = code(target.client.describe_connections, Filters=filters)

    assert refused == "InvalidParameterValueException"


@reads
def test_q6_max_records_is_between_20_and_100(target: Target) -> None:
    codes = {
        most: code(target.client.describe_connections, MaxRecords=most)
        for most in (19, 20, 100, 101)
    }

    assert codes == {
        19: "InvalidParameterValueException",
        20: None,
        100: None,
        101: "InvalidParameterValueException",
    }


@reads
def test_q7_pages_hold_each_connection_once(target: Target) -> None:
    if target.has_fake:
        target.fake.add_connections(45)
    listed: list[dict[str, Any]] = []
    sizes, marker = [], ""
    while True:
        page = target.client.describe_connections(MaxRecords=20, Marker=marker)
        listed += page["Connections"]
        sizes.append(len(page["Connections"]))
        marker = page.get("Marker", "")
        if not marker:
            break

    everything = target.client.describe_connections(MaxRecords=100)
    if "Marker" not in everything:
        assert sorted(pairs(listed)) == sorted(pairs(everything["Connections"]))
    assert len(pairs(listed)) == len(set(pairs(listed)))
    assert sizes[:-1] == [20] * (len(sizes) - 1)
    if len(sizes) == 1:
        pytest.skip("there are no more than 20 connections, which make one page")


@reads
def test_q8_an_unknown_marker_is_an_invalid_parameter(target: Target) -> None:
    refused = code(target.client.describe_connections, Marker="bm90LWEtbWFya2Vy")

    assert refused == "InvalidParameterValueException"


@changes_the_connection
def test_q9_the_newest_connection_is_the_last(target: Target) -> None:
    if target.has_fake:
        target.fake.add_connections(3)
    target.delete_connection()
    target.client.test_connection(**target.pair)
    target.connection_at_rest()

    pages = target.client.get_paginator("describe_connections").paginate()
    listed = [one for page in pages for one in page["Connections"]]

    assert pairs(listed)[-1] == tuple(target.pair.values())
