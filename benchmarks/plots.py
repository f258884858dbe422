"""Pictures of how cost grows, in `docs/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks import growth, suites

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOCS = Path(__file__).parent.parent / "docs"
SIZES = (10, 100, 1_000, 10_000, 100_000)
SIZES_IN_MOTO = (10, 100, 1_000)
TESTS = (1, 30, 100, 300)

PICTURES = {
    "Time of a call against the size of the registry": DOCS / "growth-calls.svg",
    "Memory of a connection against the number of connections": DOCS / "growth-memory.svg",
    "Time of a suite against the number of its tests": DOCS / "growth-suite.svg",
}


def draw() -> None:
    """Measure and draw all of them."""
    mpl.rcParams["svg.hashsalt"] = "pytest-dmsconn"
    for (title, path), fill in zip(PICTURES.items(), (_calls, _memory, _suite), strict=True):
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        axes.set_title(title)
        fill(axes)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        figure.savefig(path, metadata={"Date": None})


OURS, MOTO = "o-", "x--"
"""How the lines look."""


def _calls(axes: Axes) -> None:
    by_size = {size: growth.seconds_of_calls(size) for size in SIZES}
    for name in growth.CALLS_THAT_MUST_NOT_GROW:
        points = [(size, found[name] * 1e6) for size, found in by_size.items() if name in found]
        axes.plot(*zip(*points, strict=True), OURS, label=name)
    moto = [growth.seconds_of_describe_in_moto(size) * 1e6 for size in SIZES_IN_MOTO]
    axes.plot(SIZES_IN_MOTO, moto, MOTO, label="moto: DescribeConnections")
    axes.set(xscale="log", yscale="log", xlabel="connections", ylabel="microseconds a call")


def _memory(axes: Axes) -> None:
    ours = [growth.memory_of_a_connection(size) for size in SIZES]
    axes.plot(SIZES, ours, OURS, label="pytest-dmsconn")
    moto = [growth.memory_of_a_connection_in_moto(size) for size in SIZES_IN_MOTO]
    axes.plot(SIZES_IN_MOTO, moto, MOTO, label="moto")
    axes.set(
        xscale="log", yscale="log", xlabel="connections", ylabel="bytes, its two ends included"
    )


def _suite(axes: Axes) -> None:
    ours = [suites.suite(suites.OURS, tests) for tests in TESTS]
    axes.plot(TESTS, ours, OURS, label="pytest-dmsconn")
    moto = [suites.suite(suites.MOTO, tests) for tests in TESTS]
    axes.plot(TESTS, moto, MOTO, label="moto")
    axes.set(xlabel="tests", ylabel="seconds, start of pytest included")
