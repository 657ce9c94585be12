"""Runs a program as a user without any privilege: `as_ordinary_user.py PROGRAM [ARGUMENT...]`.

For root, to see what everybody else sees. The program and the programs of Sandspan are copied to
where that user may read them, and everything they write goes to a home that is removed at the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import templates

USER_ID = 61234
"""A user that no machine has: with no name, no group and no subordinate ids."""


def main(program: Path, arguments: list[str]) -> int:
    """Runs the program and gives its exit code."""
    with tempfile.TemporaryDirectory(prefix="sandspan-user-") as folder:
        Path(folder).chmod(0o755)
        programs = Path(folder, "bin")
        home = Path(folder, "home")
        home.mkdir(mode=0o700)
        os.chown(home, USER_ID, USER_ID)
        templates.share(home, USER_ID)
        sandspan = Path(os.environ["SANDSPAN_PROGRAM"])
        shutil.copytree(sandspan.parent, programs)
        copy = shutil.copy2(program, programs)
        with subprocess.Popen(
            [copy, *arguments],
            user=USER_ID,
            group=USER_ID,
            extra_groups=[],
            cwd=home,
            env=environment(home, programs / sandspan.name),
        ) as process:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda number, _: process.send_signal(number))
            return process.wait()


def environment(home: Path, program: Path) -> dict[str, str]:
    """The environment of the user: nothing in it points to a folder of root's."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return mine | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "SANDSPAN_PROGRAM": str(program),
        "SANDSPAN_RUNTIME_DIR": str(home / "run"),
        "SANDSPAN_STATE_DIR": str(home / "state"),
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), sys.argv[2:]))
