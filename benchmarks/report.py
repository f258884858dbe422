"""Write the page with the figures, `docs/benchmarks.md`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pyperf

from benchmarks import plots

if TYPE_CHECKING:
    from benchmarks.rows import Row

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PACKAGES = ("pytest", "botocore", "boto3", "moto", "aiobotocore", "responses", "waitress")


@dataclass(frozen=True)
class Figure:
    """A row and its measured value."""

    row: Row
    value: float

    @property
    def missed(self) -> bool:
        """Whether the value is above the limit."""
        return self.row.must is not None and self.value > self.row.must

    def cells(self) -> list[str]:
        """The cells of the row in the table."""
        row = self.row
        measured, must, aim = map(self._words, (self.value, row.must, row.aim))
        return [
            row.what,
            row.against,
            f"{measured} (missed)" if self.missed else measured,
            must,
            aim,
        ]

    def line(self) -> str:
        """The figure in one line."""
        what, against, measured, must, aim = self.cells()
        verdict = "MISSED" if self.missed else "ok"
        reference = f" (reference: {against})" if against else ""
        return f"{measured:>16}  {what}{reference}; must {must or '-'}, aim {aim or '-'}: {verdict}"

    def _words(self, value: float | None) -> str:
        return "" if value is None else self.row.unit.format(value, 1 / value if value else 0)


def write(figures: list[Figure]) -> None:
    """Write the page, with the machine, the versions and the date."""
    header = ["what", "against", "measured", "must", "aim"]
    table = [header, ["---"] * len(header), *(figure.cells() for figure in figures)]
    lines = [
        "# Figures",
        "",
        "`python -m benchmarks` measures the fake and a reference alternately. A figure with a",
        "reference is the median of the rounds. A lower figure is always better. *must* is the",
        "limit that the project promises, *aim* the figure that it tries to reach.",
        "",
        *(f"| {' | '.join(cells)} |" for cells in table),
        "",
        _missed_aims(figures),
        "",
        "## How cost grows",
        "",
        f"moto's lines end at {plots.SIZES_IN_MOTO[-1]:,} connections: each takes three calls.",
        "",
        *(f"![{plot.title}](pictures/{plot.file})" for plot in plots.PLOTS),
        "",
        "## Machine and versions",
        "",
        *(f"- {name}: {value}" for name, value in _machine().items()),
        "- " + ", ".join(f"{package} {version(package)}" for package in PACKAGES),
        f"- {dt.datetime.now(tz=dt.timezone.utc):%Y-%m-%d}",
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def _missed_aims(figures: list[Figure]) -> str:
    missed = [
        f"- {figure.row.what}: {figure.value / figure.row.aim:.2f} times the aim; {figure.row.why}."
        for figure in figures
        if figure.row.aim is not None and figure.value > figure.row.aim
    ]
    if not missed:
        return "Every aim is met."
    return "\n".join(["These figures miss their aim:", "", *missed])


def _machine() -> dict[str, str]:
    """The machine and the interpreter, as pyperf describes them."""
    metadata = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    wanted = ("cpu_model_name", "cpu_count", "platform", "python_version")
    return {name: str(metadata[name]) for name in wanted if name in metadata}
