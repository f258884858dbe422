"""The pictures of the documentation: `python -m benchmarks.pictures` draws all of them.

The diagrams adapt to a light or a dark page. The growth plots are drawn from the figures of the
last run of `python -m benchmarks`.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from benchmarks import plots

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"

STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #24292f; text-anchor: middle; }
  text.label { font-size: 12px; fill: #57606a; }
  rect { fill: #f6f8fa; stroke: #57606a; }
  rect.end { stroke-dasharray: 4 3; }
  path { fill: none; stroke: #57606a; }
  marker path { fill: #57606a; stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    text.label { fill: #9da7b1; }
    rect { fill: #21262d; stroke: #9da7b1; }
    path { stroke: #9da7b1; }
    marker path { fill: #9da7b1; }
  }
"""


class Box(NamedTuple):
    """A labelled box, by its centre."""

    text: str
    x: int
    y: int
    width: int = 120
    kind: str = ""


class Arrow(NamedTuple):
    """An arrow along a path, and its label."""

    path: str
    text: str = ""
    x: int = 0
    y: int = 0


STATES = (
    [
        Box("no connection", 80, 110, kind="end"),
        Box("testing", 320, 110),
        Box("successful", 540, 50),
        Box("failed", 540, 170),
        Box("deleting", 760, 110),
        Box("gone", 930, 110, 80, "end"),
    ],
    [
        Arrow("M140 110 H256", "TestConnection", 198, 98),
        Arrow("M380 98 L476 58", "the test succeeds", 400, 62),
        Arrow("M380 122 L476 162", "the test fails", 402, 164),
        Arrow("M510 70 C470 110 430 106 384 108", "TestConnection", 536, 114),
        Arrow("M510 150 C470 116 430 116 384 113"),
        Arrow("M600 58 L696 98", "DeleteConnection", 690, 62),
        Arrow("M600 162 L696 122", "DeleteConnection", 690, 164),
        Arrow("M820 110 H886"),
    ],
    (990, 220),
)
"""The states of a connection; fidelity rows D1, D8, T1."""

ROAD = (
    [
        Box("boto3", 90, 40),
        Box("aiobotocore", 90, 90),
        Box("requests", 90, 140),
        Box("HTTP server", 90, 190),
        Box("interception/", 280, 90),
        Box("server/", 280, 190),
        Box("protocol/", 460, 115),
        Box("dms/", 640, 115),
        Box("fake/", 460, 215),
        Box("report/", 640, 215),
        Box("your test", 280, 260),
    ],
    [
        Arrow("M150 40 L216 78"),
        Arrow("M150 90 H216"),
        Arrow("M150 140 L216 102"),
        Arrow("M150 190 H216"),
        Arrow("M340 95 L396 108", "request", 372, 90),
        Arrow("M340 184 L396 130"),
        Arrow("M520 108 H576", "operation", 548, 96),
        Arrow("M576 124 H524", "result", 548, 142),
        Arrow("M340 255 L396 222", "seeds, asserts", 424, 254),
        Arrow("M520 203 L584 138"),
        Arrow("M520 215 H576"),
    ],
    (720, 290),
)
"""The path of a request through the subpackages."""


def diagram(boxes: list[Box], arrows: list[Arrow], size: tuple[int, int]) -> str:
    """Draw boxes and arrows."""
    width, height = size
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">'
        ),
        f"<style>{STYLE}</style>",
        (
            '<defs><marker id="head" markerWidth="9" markerHeight="9" '
            'refX="7" refY="4" orient="auto">'
            '<path d="M0 0 L8 4 L0 8 z"/></marker></defs>'
        ),
    ]
    for arrow in arrows:
        parts.append(f'<path d="{arrow.path}" marker-end="url(#head)"/>')
        if arrow.text:
            parts.append(f'<text class="label" x="{arrow.x}" y="{arrow.y}">{arrow.text}</text>')
    for box in boxes:
        parts += [
            (
                f'<rect class="{box.kind}" x="{box.x - box.width // 2}" y="{box.y - 18}" '
                f'width="{box.width}" height="36" rx="6"/>'
            ),
            f'<text x="{box.x}" y="{box.y + 5}">{box.text}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def failed_test() -> str:
    """The failed test of the README, in the colours of a terminal."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, failing = (
        readme.split(mark)[1].split("```python\n")[1].split("```")[0]
        for mark in ("<!-- example: first test -->", "<!-- fails: as shown below -->")
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_cleanup.py").write_text(first + failing)
        command = [sys.executable, "-m", "pytest", "-q", "--color=yes", "-k", "old_orders"]
        output = subprocess.run(  # noqa: S603 - a command of our own
            [*command, "-p", "no:cacheprovider", "--no-header"],
            cwd=folder,
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    text = Text.from_ansi(output.strip())
    width = max(len(line) for line in text.plain.splitlines())
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(text, soft_wrap=True)
    # The colours of this theme have a contrast of at least 4.5 with its background.
    return console.export_svg(title="pytest", code_format=TERMINAL, theme=MONOKAI)


TERMINAL = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font-size: {char_height}px; \
font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; \
line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">\
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" \
clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}\
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""
"""rich's own template without its fonts, which would be loaded from another site."""


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "states.svg").write_text(diagram(*STATES), encoding="utf-8")
    (PICTURES / "road.svg").write_text(diagram(*ROAD), encoding="utf-8")
    (PICTURES / "failed-test.svg").write_text(failed_test(), encoding="utf-8")
    plots.draw()


if __name__ == "__main__":
    main()
