"""The rows of the table: what is measured, against what, and what it must be."""

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
        what: what is measured.
        against: what it is measured beside.
        must: the bar; a figure above it is a defect. None for a row that only informs.
        aim: what good code should come close to.
        unit: how the figure reads, with `{}` in the place of the number.
        measure: takes the figure.
        why: what stands between the figure and its aim.
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
        "0.71 is botocore's own work without signing; the rest is reading, answering and recording",
    ),
    Row(
        "DescribeConnections of one connection",
        "moto",
        0.4,
        0.3,
        "{:.2f} times",
        lambda: calls.describe_connections(45).ratio,
        "most of it is botocore's own cost of a call, which moto has as well",
    ),
    Row(
        "entering and leaving the fake",
        "moto's `mock_aws`",
        1 / 40,
        1 / 100,
        "1/{1:.0f}",
        lambda: calls.enter_and_leave(15).ratio,
        "nearly half of it is looking for AWS's variables in the environment and setting and "
        "deleting eight; a quarter is patching four libraries, of which many suites import one",
    ),
    Row(
        "1,000 tests that seed three connections, delete one and assert",
        "the same on `mock_aws`, with a client for each test",
        1 / 30,
        1 / 50,
        "1/{1:.0f}",
        lambda: suites.thousand_tests(1).ratio,
        "a third is what pytest takes for 1,000 empty tests",
    ),
    Row(
        "start-up of pytest, the plugin installed and unused",
        "without it",
        10,
        3,
        "{:.1f} ms more",
        lambda: 1000 * suites.start_up(101).difference,
        "half of it is pytest's reading of the list of the plugin's files",
    ),
    *(
        Row(
            f"{name}, at 100,000 connections",
            "at 100 connections",
            1.25,
            1.05,
            "{:.2f} times",
            _growth_of(name),
            "no call walks the registry; what is left is memory that no cache holds",
        )
        for name in growth.CALLS_THAT_MUST_NOT_GROW
    ),
    Row(
        "memory of a seeded connection and its two ends, at 100,000",
        "",
        1000,
        600,
        "{:.0f} bytes",
        growth.memory_of_a_connection,
        "the connection and its two ends take 256 bytes, their two ARNs and identifiers 360, the "
        "five dictionaries that find them 270, their number and their order 57",
    ),
    *(
        Row(
            f"peak of memory while 100,000 connections are seeded, by {name}",
            "what stays",
            1.5,
            1.2,
            "{:.2f} times",
            functools.partial(seeding.peak_of_memory, seed),
            "the content of the file is in memory as it is read",
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
            "the machine's share of it: see the row with plain dictionaries",
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
            "larger dictionaries leave the caches of the processor",
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
            "larger lists leave the caches of the processor",
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
        "the server: time of a DescribeConnections, asked by four keep-alive clients",
        "moto's server",
        1 / 6,
        1 / 10,
        "1/{1:.1f}",
        lambda: server.seconds_a_request(5).ratio,
        "the four clients share two cores with the server",
    ),
    Row(
        "one DeleteConnection through aiobotocore",
        "through botocore, faked as well",
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
        "the 1,000 tests on moto under xdist, with two workers",
        "with one worker",
        None,
        None,
        "{:.2f} times",
        lambda: suites.in_parallel(1, suites.MOTO).ratio,
    ),
]
