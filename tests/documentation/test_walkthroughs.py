"""Pages that show files and the output of commands: the commands run, and print what is shown.

`UPDATE_DOCUMENTS=1 pytest tests/documentation/test_walkthroughs.py` writes the real output into the
pages.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from support.documentation import DOCUMENTS, blocks_of, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from support.documentation import Block

UPDATE = "UPDATE_DOCUMENTS" in os.environ
WALKTHROUGHS = [one for one in DOCUMENTS if any(block.mark == "run" for block in blocks_of(one))]


def output_of(command: str, suite: pytest.Pytester) -> str:
    """What a command of pytest prints, without what differs from run to run."""
    program, *arguments = shlex.split(command)
    assert program == "pytest"
    result = suite.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments)
    lines = [line.rstrip() for line in result.outlines if "site-packages" not in line]
    text = re.sub(r" in \d+\.\d+s", " in 0.05s", "\n".join(lines))
    return text.replace(f"{suite.path}/", "").strip()


def shown(block: Block, suite: pytest.Pytester) -> str:
    """The block as it has to be."""
    command = block.text.splitlines()[0].removeprefix("$ ")
    return f"$ {command}\n{output_of(command, suite)}\n"


def replace(document: Path, old: Block, new: str) -> None:
    text = document.read_text(encoding="utf-8")
    assert text.count(f"```console\n{old.text}") >= 1
    document.write_text(
        text.replace(f"```console\n{old.text}```", f"```console\n{new}```", 1), encoding="utf-8"
    )


@pytest.mark.slow
@pytest.mark.parametrize("document", WALKTHROUGHS, ids=name_of)
def test_commands_print_what_the_page_shows(
    document: Path, suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pytest.version_tuple < (9,) and "--tb=line" in document.read_text(encoding="utf-8"):
        pytest.skip("pytest 8 prints --tb=line in another form")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CI", raising=False)
    # botocore's pauses between retries are random.
    suite.makeconftest("""
        import random
        import pytest

        @pytest.fixture(autouse=True)
        def same_pauses():
            random.seed(1)
    """)
    differences = []
    for block in blocks_of(document):
        kind, _, name = block.mark.partition(": ")
        if kind == "file":
            (suite.path / name).write_text(block.text, encoding="utf-8")
        elif kind == "run":
            real = shown(block, suite)
            if real != block.text and UPDATE:
                replace(document, block, real)
            elif real != block.text:
                differences.append((block.text, real))

    for text, real in differences:
        assert text == real
