"""Makes the pictures of the guides that are plotted, by the programs that the guides show.

`.build/venv/bin/python docs/plots.py` takes some seconds. A program that writes a picture writes it
to docs/pictures here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main() -> None:
    environment = os.environ | {"SANDSPAN_PROVIDER": "local"}
    for page in sorted(DOCS.glob("*.md")):
        for program in PROGRAM.findall(page.read_text()):
            if ".write_bytes(" in program and ".png" in program:
                command = [sys.executable, "-c", program]
                subprocess.run(command, cwd=DOCS / "pictures", env=environment, check=True)


if __name__ == "__main__":
    main()
