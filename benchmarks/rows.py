"""The rows of the table: work, reference, limit and aim."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import calls, growth, reports, seeding, server, suites

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: the measured work.
        against: the reference.
        must: the limit; a figure above it is a defect. None for a row that only informs.
        aim: the figure that the project tries to reach.
        unit: the format of the figure: `{}` is the figure, `{1}` its reciprocal.
        measure: returns the figure.
        why: the reason why the figure misses its aim.
    """

    what: str
    against: str
    must: float | None
    aim: float | None
    unit: str
    measure: Callable[[], float]
    why: str = ""


def _growth_of(name: str) -> Callable[[], float]:
    prepare = growth.CALLS_THAT_MUST_NOT_GROW[name]
    return lambda: growth.compare_sizes(prepare, 15).ratio


BOTOCORE = "the same client, no fake, a `before-send` handler that answers"

ROWS = [
    Row(
        "one DeleteConnection through a boto3 client",
        BOTOCORE,
        0.9,
        0.75,
        "{:.2f} times",
        lambda: calls.delete_connection(45).ratio,
        "botocore's work without signing takes 0.71; the rest parses, answers and records the call",
    ),
    Row(
        "DescribeConnections of one connection",
        "moto",
        0.4,
        0.3,
        "{:.2f} times",
        lambda: calls.describe_connections(45).ratio,
        "most of it is botocore's own cost of a call, which moto's figure also includes",
    ),
    Row(
        "entering and leaving the fake",
        "moto's `mock_aws`",
        1 / 40,
        1 / 100,
        "1/{1:.0f}",
        lambda: calls.enter_and_leave(15).ratio,
        "the search for AWS variables in the environment, and setting and deleting eight, take "
        "nearly half of it; patching four libraries, of which many suites import one, takes a "
        "quarter",
    ),
    Row(
        "1,000 tests that seed three connections, delete one and assert",
        "the same with `mock_aws`, and a client for each test",
        1 / 30,
        1 / 50,
        "1/{1:.0f}",
        lambda: suites.thousand_tests(1).ratio,
        "1,000 empty tests take a third of it",
    ),
    Row(
        "start-up of pytest with the plugin installed and unused",
        "without the plugin",
        10,
        3,
        "{:.1f} ms more",
        lambda: 1000 * suites.start_up(201).difference,
        "pytest takes half of it to read the list of the plugin's files",
    ),
    *(
        Row(
            f"{name}, at 100,000 connections",
            "at 100 connections",
            1.25,
            1.05,
            "{:.2f} times",
            _growth_of(name),
            "no call iterates over the registry, but it does not fit into the processor's caches",
        )
        for name in growth.CALLS_THAT_MUST_NOT_GROW
    ),
    Row(
        "memory of a seeded connection with its endpoint and instance, at 100,000",
        "",
        1000,
        600,
        "{:.0f} bytes",
        growth.memory_of_a_connection,
        "the three objects take 256 bytes, their ARNs and identifiers 360, five lookup "
        "dictionaries 270, their numbers and their order 57",
    ),
    *(
        Row(
            f"peak of memory while seeding 100,000 connections, by {name}",
            "memory after it",
            1.5,
            1.2,
            "{:.2f} times",
            functools.partial(seeding.peak_of_memory, seed),
            "the content of the file is in memory while it is loaded",
        )
        for name, seed in seeding.SEEDS.items()
    ),
    *(
        Row(
            f"CPU of seeding 100,000 connections, by {name}",
            "",
            seconds,
            seconds / 2,
            "{:.2f} s",
            functools.partial(seeding.least_seconds, seed),
            "it depends on the machine: see the row with plain dictionaries",
        )
        for (name, seed), seconds in zip(seeding.SEEDS.items(), (2, 4), strict=True)
    ),
    *(
        Row(
            f"seeding 100,000 connections, by {name}",
            "the same work with plain dictionaries",
            None,
            None,
            "{:.1f} times",
            functools.partial(seeding.beside_dictionaries, seed),
        )
        for name, seed in seeding.SEEDS.items()
    ),
    *(
        Row(
            f"seeding 100,000 connections, by {name}",
            "seeding 10,000",
            12,
            10.5,
            "{:.1f} times",
            functools.partial(seeding.growth, seed),
            "larger dictionaries do not fit into the caches of the processor",
        )
        for name, seed in seeding.SEEDS.items()
    ),
    *(
        Row(
            f"{name} at 10,000 connections and 10,000 calls",
            "",
            0.2,
            0.05,
            "{:.2f} s",
            functools.partial(reports.seconds, report),
            "each call is compared with its neighbour once",
        )
        for name, report in reports.REPORTS.items()
    ),
    *(
        Row(
            f"{name} at 10,000 connections and 10,000 calls",
            "a line for each from plain dictionaries",
            None,
            None,
            "{:.1f} times",
            functools.partial(reports.beside_dictionaries, report),
        )
        for name, report in reports.REPORTS.items()
    ),
    *(
        Row(
            f"{name} at 10,000 connections and 10,000 calls",
            "at 1,000 of each",
            12,
            10.5,
            "{:.1f} times",
            functools.partial(reports.growth, report),
            "larger lists do not fit into the caches of the processor",
        )
        for name, report in reports.REPORTS.items()
    ),
    Row(
        "memory of a recorded DescribeConnections of 100",
        "",
        3000,
        None,
        "{:.0f} bytes",
        reports.memory_of_a_recorded_page,
    ),
    Row(
        "the server: time of a DescribeConnections of four keep-alive clients",
        "moto's server",
        1 / 6,
        1 / 10,
        "1/{1:.1f}",
        lambda: server.seconds_a_request(5).ratio,
        "the four clients share two cores with the server",
    ),
    Row(
        "one DeleteConnection through aiobotocore",
        "through botocore, also with the fake",
        None,
        None,
        "{:.2f} times",
        lambda: calls.delete_connection_in_asyncio(15).ratio,
    ),
    Row(
        "the 1,000 tests under xdist, with two workers",
        "with one worker",
        None,
        None,
        "{:.2f} times",
        lambda: suites.in_parallel(3, suites.OURS).ratio,
    ),
    Row(
        "the 1,000 tests with moto under xdist, with two workers",
        "with one worker",
        None,
        None,
        "{:.2f} times",
        lambda: suites.in_parallel(1, suites.MOTO).ratio,
    ),
]
