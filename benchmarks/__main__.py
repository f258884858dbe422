"""Measure all rows, print the table, and write `docs/benchmarks.md` with its plots.

python -m benchmarks              # everything
python -m benchmarks entering     # the rows with that word, printed only
"""

from __future__ import annotations

import sys

from benchmarks import plots, report
from benchmarks.rows import ROWS


def main(words: list[str]) -> int:
    """Measure the selected rows; return 1 if a figure is above its limit."""
    rows = [row for row in ROWS if all(word in row.what for word in words)]
    figures = []
    for row in rows:
        figures.append(report.Figure(row, row.measure()))
        print(figures[-1].line(), flush=True)
    if not words:
        plots.measure()
        plots.draw()
        report.write(figures)
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
