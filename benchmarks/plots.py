"""Plots of how cost grows, in `docs/pictures/`, and the figures that they are drawn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks import growth, suites

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DATA = FOLDER / "growth.json"
SIZES = (10, 100, 1_000, 10_000, 100_000)
SIZES_IN_MOTO = (10, 100, 1_000)
TESTS = (1, 30, 100, 300)
GRAY = "#808080"  # readable on light and on dark pages

Lines = dict[str, list[tuple[float, float]]]


class Plot(NamedTuple):
    """A picture, the function that measures its lines, and the settings of its axes."""

    title: str
    file: str
    measure: Callable[[], Lines]
    axes: dict[str, str]


def measure() -> None:
    """Measure the figures of the plots, and write them to a file."""
    figures = {plot.title: plot.measure() for plot in PLOTS}
    FOLDER.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def draw() -> None:
    """Draw the figures that were measured last."""
    mpl.rcParams["svg.hashsalt"] = "pytest-dmsconn"
    mpl.rcParams.update(
        dict.fromkeys(
            ["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"], GRAY
        )
    )
    figures = json.loads(DATA.read_text(encoding="utf-8"))
    for plot in PLOTS:
        _draw(plot, figures[plot.title])


def _draw(plot: Plot, lines: Lines) -> None:
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.set_title(plot.title)
    for label, points in lines.items():
        axes.plot(*zip(*points, strict=True), "x--" if "moto" in label else "o-", label=label)
    axes.set(**plot.axes)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(framealpha=0)
    figure.savefig(FOLDER / plot.file, transparent=True, metadata={"Date": None})


def _calls() -> Lines:
    by_size = {size: growth.seconds_of_calls(size) for size in SIZES}
    lines: Lines = {
        name: [(size, found[name] * 1e6) for size, found in by_size.items() if name in found]
        for name in growth.CALLS_THAT_MUST_NOT_GROW
    }
    lines["moto: DescribeConnections"] = [
        (size, growth.seconds_of_describe_in_moto(size) * 1e6) for size in SIZES_IN_MOTO
    ]
    return lines


def _memory() -> Lines:
    return {
        "pytest-dmsconn": [(size, growth.memory_of_a_connection(size)) for size in SIZES],
        "moto": [(size, growth.memory_of_a_connection_in_moto(size)) for size in SIZES_IN_MOTO],
    }


def _suite() -> Lines:
    return {
        "pytest-dmsconn": [(tests, suites.suite(suites.OURS, tests)) for tests in TESTS],
        "moto": [(tests, suites.suite(suites.MOTO, tests)) for tests in TESTS],
    }


LOG_LOG = {"xscale": "log", "yscale": "log", "xlabel": "connections"}

PLOTS = [
    Plot(
        "Time of a call against the size of the registry",
        "growth-calls.svg",
        _calls,
        {**LOG_LOG, "ylabel": "microseconds a call"},
    ),
    Plot(
        "Memory of a connection against the number of connections",
        "growth-memory.svg",
        _memory,
        {**LOG_LOG, "ylabel": "bytes, with endpoint and instance"},
    ),
    Plot(
        "Time of a suite against the number of its tests",
        "growth-suite.svg",
        _suite,
        {"xlabel": "tests", "ylabel": "seconds, start of pytest included"},
    ),
]
