"""The example and the code in the README run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize(
    ("program", "output"),
    [
        (BLOCKS[0], "hello"),
        (BLOCKS[1], r"\['0\\n', '1\\n', '2\\n'\]"),
        (
            (PACKAGE / "examples" / "quickstart.py").read_text(),
            r"\w+ says 42\nit is running and ends at \d\d:\d\d:\d\d UTC\nand now it is gone",
        ),
    ],
    ids=["README blocking", "README asyncio", "quickstart"],
)
def test_it_runs(program: str, output: str) -> None:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert re.fullmatch(output, run.stdout.decode().strip())
