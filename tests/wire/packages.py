"""Published packages in fixed versions: where they are pinned, and how they are started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
INSTALLED = Path(os.environ.get("WIRE_PACKAGES", CHECKOUT / ".build/wire"))
"""Where packages are installed."""


@dataclass(frozen=True)
class Package:
    """A published package in one version, and one way to use it."""

    name: str
    """What vectors call it."""
    folder: str
    """Where it is pinned, in `packages`, and installed."""
    core: str
    interpreter: str
    flavour: str
    """`blocking` and `asyncio` are of Python, `javascript` is the other."""

    @property
    def pinned(self) -> Path:
        """The file or folder that says which versions it and its dependencies have."""
        return HERE / "packages" / self.folder

    @property
    def installed(self) -> Path:
        """Where it is installed."""
        return INSTALLED / self.folder

    def install(self) -> None:
        """Installs it, unless what is there was installed from the same pins."""
        pins = self.pinned / (
            "package-lock.json" if self.flavour == "javascript" else "requirements.txt"
        )
        done = self.installed / "done"
        if done.exists() and done.read_text() == pins.read_text():
            return
        shutil.rmtree(self.installed, ignore_errors=True)
        if self.flavour == "javascript":
            shutil.copytree(self.pinned, self.installed)
            command = ["npm", "install", "--no-save", "--no-audit", "--no-fund"]
            subprocess.run([*command, "--loglevel", "error"], cwd=self.installed, check=True)
        else:
            target = ["--target", str(self.installed), "--requirement", str(pins)]
            command = [sys.executable, "-m", "pip", "install", "--quiet", *target]
            subprocess.run(command, check=True)
        done.write_text(pins.read_text())

    def command(self) -> list[str]:
        """What starts the program that does operations with it."""
        if self.flavour == "javascript":
            redirect = (HERE / "javascript/redirect.mjs").as_uri()
            program = str(HERE / "javascript/program.mjs")
            return ["node", "--import", redirect, program, str(self.installed), *self.modules]
        return [sys.executable, str(HERE / "python/program.py"), *self.modules, self.flavour]

    @property
    def modules(self) -> list[str]:
        """The modules of its sandbox, and of its sandbox that runs code."""
        return [self.core, self.interpreter]


def python(name: str, folder: str, core: str, interpreter: str) -> list[Package]:
    """Both ways to use a package for Python."""
    return [
        Package(f"{name}{suffix}", folder, core, interpreter, flavour)
        for suffix, flavour in (("", "blocking"), (" asyncio", "asyncio"))
    ]


def javascript(name: str, folder: str, core: str, interpreter: str) -> Package:
    """A package for JavaScript."""
    return Package(name, folder, core, interpreter, "javascript")
