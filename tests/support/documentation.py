"""A reader for the pages, blocks and tables of the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
FIDELITY = DOCS / "fidelity.md"
REFERENCE = DOCS / "reference"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    language: str
    mark: str
    """The comment directly before it, such as `not run` in `<!-- not run -->`."""
    text: str
    line: int
    """The number of its first line of text, from 0."""


def tokens_of(document: Path) -> list[Token]:
    return tokens_in(document.read_text(encoding="utf-8"))


def tokens_in(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def links_in(text: str) -> Iterator[str]:
    for token in tokens_in(text):
        for child in token.children or ():
            target = child.attrs.get("href") or child.attrs.get("src")
            if target:
                yield str(target)


def blocks_of(document: Path) -> Iterator[Block]:
    mark = ""
    for token in tokens_of(document):
        if token.type == "fence" and token.map:
            yield Block(token.info, mark, token.content, token.map[0] + 1)
        comment = re.fullmatch(r"<!-- (.*) -->", token.content.strip())
        mark = comment[1] if token.type == "html_block" and comment else ""


def tables_of(document: Path) -> Iterator[list[list[str]]]:
    """The cells of each table, row by row, with the heading."""
    rows: list[list[str]] = []
    for token in tokens_of(document):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level > 1 and rows:
            rows[-1].append(token.content)
        elif token.type == "table_close":
            yield rows
            rows = []


def table_headed(document: Path, *heading: str) -> list[list[str]]:
    [rows] = [rows[1:] for rows in tables_of(document) if tuple(rows[0][: len(heading)]) == heading]
    return rows


def module_of(document: Path, until: Block | None = None) -> str:
    """The examples of a document as one module, with the line numbers of the document.

    Args:
        document: a page of the documentation.
        until: the last block to take, even if it is special.
    """
    lines = [""] * len(document.read_text(encoding="utf-8").splitlines())
    for block in blocks_of(document):
        if block == until or (block.language == "python" and not is_special(block)):
            text = block.text.splitlines()
            lines[block.line : block.line + len(text)] = text
        if block == until:
            break
    return "\n".join(lines)


def is_special(block: Block) -> bool:
    """Whether a block must not run with the others, for example because it fails."""
    return block.mark.startswith(("not run", "fails", "file"))


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()
