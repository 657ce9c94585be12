"""Runs the code of the documentation. README.md has the rules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/*.md", "bindings-*/README.md"]

FENCE = re.compile(
    r"^(?P<mark><!-- run -->\n)?```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PRINT = re.compile(
    r"^ *(?:print|console\.log)\(.*?\)(?: *(?:#|//) (?P<printed>.*))?$", re.MULTILINE
)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    code: str
    is_marked: bool


def blocks() -> list[Block]:
    found = []
    for page in sorted(page for pattern in PAGES for page in ROOT.glob(pattern)):
        text = page.read_text()
        for fence in FENCE.finditer(text):
            line = text.count("\n", 0, fence.start("code"))
            block = Block(page, line, fence["language"], fence["code"], bool(fence["mark"]))
            found.append(block)
    return found


def parameters(*languages: str) -> pytest.MarkDecorator:
    chosen = [
        pytest.param(block, id=f"{block.page.relative_to(ROOT)}:{block.line}")
        for block in blocks()
        if block.language in languages
    ]
    return pytest.mark.parametrize("block", chosen)


def run(command: list[str | Path], folder: Path) -> str:
    """Runs a program to its end, and gives what it prints."""
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def check_output(block: Block, output: str) -> None:
    expected = [found["printed"] for found in PRINT.finditer(block.code)]
    if not any(expected):
        return
    lines = output.splitlines()
    assert len(lines) == len(expected), output
    for wanted, printed in zip(expected, lines, strict=True):
        assert wanted in (None, printed)


@parameters("python")
@pytest.mark.usefixtures("local_runtime")
def test_python(block: Block, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(block.code)
    check_output(block, run([sys.executable, program], tmp_path))


@parameters("js")
@pytest.mark.usefixtures("local_runtime")
def test_javascript(block: Block, tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/sandspan").symlink_to(ROOT / "bindings-node")
    program = tmp_path / "program.mjs"
    program.write_text(block.code)
    check_output(block, run(["node", program], tmp_path))


@parameters("sh", "bash")
def test_shell(block: Block, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run(["bash", "-n", "-c", block.code], tmp_path)
    if block.is_marked:
        request.getfixturevalue("local_runtime")
        run(["bash", "-e", "-c", block.code], tmp_path)


def test_every_block_has_a_language() -> None:
    assert [block for block in blocks() if not block.language] == []


@pytest.mark.parametrize(
    ("language", "operations"),
    [
        ("python", ["create(timeout", ".set_timeout(", ".get_info(", ".kill("]),
        ("js", ["create({ timeoutMs", ".setTimeout(", ".getInfo(", ".kill("]),
    ],
)
def test_the_lifecycle_is_shown_whole(language: str, operations: list[str]) -> None:
    shown = (ROOT / "docs/lifecycle.md", language)
    code = "".join(block.code for block in blocks() if (block.page, block.language) == shown)
    assert [operation for operation in operations if operation not in code] == []
