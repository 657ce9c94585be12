"""Wheels with next to nothing in them: what the template is made of, in seconds and offline."""

from __future__ import annotations

import zipfile
from pathlib import Path

LISTS = Path(__file__).parent.parent / "local/src/template/code_interpreter"


def write_all(folder: Path, at_start: str) -> None:
    """Writes a wheel for each package of the template, with code that Python runs at its start."""
    folder.mkdir()
    for requirements in ("requirements.txt", "requirements-deno.txt"):
        for line in Path(LISTS, requirements).read_text().splitlines():
            if line and not line.startswith("#"):
                name, version = line.split(";")[0].strip().split("==")
                write(folder, name.replace("-", "_"), version, at_start)


def write(folder: Path, name: str, version: str, at_start: str) -> None:
    """Writes one wheel."""
    information = f"{name}-{version}.dist-info"
    files = {
        f"{name}.pth": f"import os; {at_start}\n",
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{information}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
        wheel.writestr(f"{information}/RECORD", record)
