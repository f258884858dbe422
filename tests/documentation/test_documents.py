"""The documentation: its examples run, and its links lead somewhere."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import shutil
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from support.documentation import (
    DOCS,
    DOCUMENTS,
    README,
    ROOT,
    blocks_of,
    is_special,
    links_in,
    module_of,
    name_of,
    tokens_of,
)

if TYPE_CHECKING:
    from pathlib import Path


# Examples


def put_beside(suite: pytest.Pytester, **sources: str) -> None:
    """Make test files of examples, with what they may find beside them."""
    suite.makepyfile(**sources)
    shutil.copy(ROOT / "examples" / "cleanup" / "connections.json", suite.path)


@pytest.mark.slow
def test_the_examples_run(suite: pytest.Pytester) -> None:
    modules = {
        "test_" + re.sub(r"\W", "_", name_of(one)): module_of(one)
        for one in DOCUMENTS
        if any(block.language == "python" and not is_special(block) for block in blocks_of(one))
    }
    put_beside(suite, **modules)

    result = suite.runpytest_subprocess("-p", "asyncio")

    assert result.ret == pytest.ExitCode.OK
    assert len(modules) > 10


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_example_hides_another_of_the_same_name(document: Path) -> None:
    defined = Counter(
        node.name
        for node in ast.parse(module_of(document)).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    )

    assert [name for name, times in defined.items() if times > 1] == []


def test_a_failing_test_looks_as_the_readme_shows(suite: pytest.Pytester) -> None:
    blocks = list(blocks_of(README))
    [index] = [index for index, block in enumerate(blocks) if block.mark.startswith("fails")]
    failing, shown = blocks[index : index + 2]
    name = ast.parse(failing.text).body[0].name  # type: ignore[attr-defined]
    put_beside(suite, test_examples=module_of(README, until=failing))

    result = suite.runpytest_subprocess("-k", name)

    result.assert_outcomes(failed=1)
    lines = [line for line in shown.text.splitlines() if line not in {"", "..."}]
    result.stdout.fnmatch_lines([line.replace("[", "[[]") for line in lines])


def test_what_is_shown_of_example_files_is_in_the_files() -> None:
    shown = {
        block.mark.removeprefix("part of "): block.text
        for one in DOCUMENTS
        for block in blocks_of(one)
        if block.mark.startswith("part of ")
    }

    assert len(shown) == 2
    for name, text in shown.items():
        assert text in (ROOT / name).read_text(encoding="utf-8")


def test_pytest_takes_the_ini_examples(suite: pytest.Pytester) -> None:
    examples = [
        block
        for one in DOCUMENTS
        for block in blocks_of(one)
        if block.language == "toml" and not is_special(block)
    ]
    suite.makepyfile("def test_it(dmsconn): pass")

    for example in examples:
        suite.makepyprojecttoml(example.text)

        suite.runpytest_inprocess("--strict-config").assert_outcomes(passed=1)
    assert examples


def modules_with_examples() -> list[str]:
    folder = ROOT / "pytest_dmsconn"
    return [
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in sorted(folder.rglob("*.py"))
        if ">>> " in file.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("module", modules_with_examples())
def test_the_examples_in_docstrings_run(module: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(module))

    assert failed == 0


def test_ci_finds_what_it_takes_from_the_readme() -> None:
    wanted = set(re.findall(r"'((?:command|example): [^']+)'", (ROOT / ".ci" / "run").read_text()))
    marks = {block.mark for block in blocks_of(README)}

    assert wanted
    assert wanted <= marks


# Links


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors_of(document: Path) -> set[str]:
    tokens = tokens_of(document)
    return {
        slug(content.content)
        for opening, content in pairwise(tokens)
        if opening.type == "heading_open"
    }


def test_every_picture_is_on_a_page() -> None:
    pages = "".join(one.read_text(encoding="utf-8") for one in DOCUMENTS)
    pictures = [one.name for one in DOCS.rglob("*") if one.suffix in {".svg", ".png"}]

    assert len(pictures) > 5
    assert [
        name for name in pictures if f"/{name})" not in pages and f"({name})" not in pages
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links_in(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link
