"""Seeding many connections: CPU, peak of memory, growth."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import compare, cpu_seconds, traced_memory
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

FEW, MANY = 10_000, 100_000
ROUNDS = 3

Seed = Callable[["FakeDms", int], object]


def add(dms: FakeDms, count: int) -> object:
    """Generate the connections."""
    return dms.add_connections(count)


def load(dms: FakeDms, count: int) -> object:
    """Load the connections from a file in the format of the AWS CLI."""
    return dms.load(_file_of(count))


SEEDS: dict[str, Seed] = {"add_connections": add, "load": load}


def seconds(seed: Seed, count: int) -> float:
    """The CPU time of seeding `count` connections."""
    if seed is load:
        _file_of(count)  # written before the clock starts
    with mock_dms() as dms:
        return cpu_seconds(lambda: seed(dms, count))


def least_seconds(seed: Seed) -> float:
    """The lowest CPU time of seeding 100,000 connections, because noise only increases it."""
    return min(seconds(seed, MANY) for _ in range(ROUNDS))


def peak_of_memory(seed: Seed) -> float:
    """The peak of memory during a seed, divided by the memory after it."""
    if seed is load:
        _file_of(MANY)
    with mock_dms() as dms:
        dms.add_connection(region="eu-west-1")  # the first seed of a process imports modules
        left, peak = traced_memory(lambda: seed(dms, MANY))
        return peak / left


def beside_dictionaries(seed: Seed) -> float:
    """The time of seeding, divided by that of filling plain dictionaries with the same data."""
    structures = json.loads(_file_of(MANY).read_bytes())["Connections"]
    ours = functools.partial(seconds, seed, MANY)
    return compare(ours, lambda: cpu_seconds(lambda: _index(structures)), ROUNDS).ratio


def growth(seed: Seed) -> float:
    """The time of seeding 100,000 connections, divided by that of 10,000."""
    many, few = (functools.partial(seconds, seed, count) for count in (MANY, FEW))
    return compare(many, few, 3 * ROUNDS).ratio  # the machine may change its speed


def _index(structures: list[dict[str, Any]]) -> object:
    """Index connections by pair, and endpoints and instances by ARN and by identifier."""
    connections: dict[tuple[str, str], Any] = {}
    endpoints: dict[str, Any] = {}
    instances: dict[str, Any] = {}
    names: dict[str, dict[str, Any]] = {}
    for structure in structures:
        copy = dict(structure)
        endpoint_arn, instance_arn = copy["EndpointArn"], copy["ReplicationInstanceArn"]
        connections[endpoint_arn, instance_arn] = copy
        for arn, name, table in (
            (endpoint_arn, copy["EndpointIdentifier"], endpoints),
            (instance_arn, copy["ReplicationInstanceIdentifier"], instances),
        ):
            table[arn] = names[name] = {"arn": arn, "identifier": name, "connections": [copy]}
    return connections, endpoints, instances, names


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


@functools.cache
def _file_of(count: int) -> Path:
    path = Path(_folder().name) / f"{count}.json"
    with mock_dms() as dms:
        dms.add_connections(count)
        path.write_text(json.dumps({"Connections": dms.dump()["Connections"]}), encoding="utf-8")
    return path
