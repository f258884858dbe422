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
    "Memory of a connection against the size of the registry": DOCS / "growth-memory.svg",
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
        if axes.get_legend_handles_labels()[0]:
            axes.legend()
        figure.savefig(path, metadata={"Date": None})


def _calls(axes: Axes) -> None:
    by_size = {size: growth.seconds_of_calls(size) for size in SIZES}
    for name in growth.CALLS_THAT_MUST_NOT_GROW:
        points = [(size, found[name] * 1e6) for size, found in by_size.items() if name in found]
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    moto = [growth.seconds_of_describe_in_moto(size) * 1e6 for size in SIZES_IN_MOTO]
    axes.plot(SIZES_IN_MOTO, moto, marker="x", linestyle="--", label="moto: DescribeConnections")
    axes.set(xscale="log", yscale="log", xlabel="connections", ylabel="microseconds a call")


def _memory(axes: Axes) -> None:
    axes.plot(SIZES, [growth.memory_of_a_connection(size) for size in SIZES], marker="o")
    axes.set(xscale="log", ylim=(0, None), xlabel="connections", ylabel="bytes a connection")


def _suite(axes: Axes) -> None:
    for name, source in (("pytest-dmsconn", suites.OURS), ("moto", suites.MOTO)):
        axes.plot(TESTS, [suites.suite(source, tests) for tests in TESTS], marker="o", label=name)
    axes.set(xlabel="tests", ylabel="seconds, start of pytest included")
