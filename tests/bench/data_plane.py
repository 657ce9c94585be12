"""Measures commands, files and code with this package and with the published ones.

Each figure is of a fresh process, in both languages. The clients take turns, first against a
compiled server that answers at once (the figures show the client), then against the local runtime.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import API_KEY, Server

from sandspan import Sandbox

ROUNDS = int(os.environ.get("ROUNDS", "7"))
HERE = Path(__file__).parent
FLAVOURS = ("blocking", "asyncio", "javascript")
TASKS = {
    "output": "20 MiB of stdout",
    "write": "write 64 MiB",
    "read": "read 64 MiB",
    "files": "1,000 small files",
    "commands": "1,000 commands, 64 at once",
    "code": "10 MiB of stdout of code",
}
MEBIBYTE = 1 << 20


def main() -> None:
    """Measures everything and prints a table for each service."""
    with instant() as url:
        print_table("instant", measure(url, "instant"))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            print_table("local runtime", measure(server.url, "local"))
            print_raw_rate(server.url)
        finally:
            server.kill_all()
            server.end()


@contextmanager
def instant() -> Iterator[str]:
    """The address of a server that answers at once."""
    program = [os.environ["INSTANT_PROGRAM"]]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


Figures = dict[tuple[str, str, str], list[dict[str, float]]]
"""By task, flavour and client."""


def measure(url: str, service: str) -> Figures:
    """Lets all clients do all tasks in turns."""
    figures: Figures = defaultdict(list)
    for _ in range(ROUNDS):
        for task in TASKS:
            for flavour in FLAVOURS:
                for client in ("e2b", "sandspan"):
                    figures[task, flavour, client].append(work(client, flavour, task, url, service))
    return figures


def work(client: str, flavour: str, task: str, url: str, service: str) -> dict[str, float]:
    """One task in a fresh process."""
    if flavour == "javascript":
        command = ["node", str(HERE / "worker.mjs"), client, task, url, service]
    else:
        command = [sys.executable, str(HERE / "worker.py"), client, flavour, task, url, service]
    # A published client's process has been seen to abort at its exit, when all was measured.
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def print_table(service: str, figures: Figures) -> None:
    """Medians, the spread of the middle half, and how much better ours are."""
    print(f"\n{service}, medians of {ROUNDS} (and the middle half)")
    heads = ("task", "flavour", "e2b ms", "ours ms", "times as fast", "e2b MiB", "ours MiB")
    print("{:<28}{:<12}{:>20}{:>20}{:>14}{:>9}{:>9}".format(*heads))
    for task, title in TASKS.items():
        for flavour in FLAVOURS:
            theirs, ours = (figures[task, flavour, client] for client in ("e2b", "sandspan"))
            ratio = median(theirs, "seconds") / median(ours, "seconds")
            memory = [median(side, "memory") / MEBIBYTE for side in (theirs, ours)]
            print(
                f"{title:<28}{flavour:<12}{spread(theirs):>20}{spread(ours):>20}{ratio:>14.1f}"
                f"{memory[0]:>9.1f}{memory[1]:>9.1f}"
            )


def median(figures: list[dict[str, float]], name: str) -> float:
    """The median of one figure."""
    return statistics.median(figure[name] for figure in figures)


def spread(figures: list[dict[str, float]]) -> str:
    """Median and quartiles of the time, in milliseconds."""
    times = [figure["seconds"] * 1000 for figure in figures]
    low, middle, high = statistics.quantiles(times, n=4) if len(times) > 1 else times * 3
    return f"{middle:.0f} ({low:.0f}-{high:.0f})"


def print_raw_rate(url: str) -> None:
    """How fast login shells start in a sandbox at all, as many at once, with nobody in between."""
    shells = "seq 1000 | xargs -P 64 -I{} /bin/bash -l -c true"
    script = f"TIMEFORMAT=%R; time {{ {shells}; }}"
    with Sandbox.create(api_url=url, api_key=API_KEY) as sandbox:
        run = sandbox.commands.run
        times = [float(run(script).stderr) * 1000 for _ in range(ROUNDS)]
    print(f"\n1,000 login shells of a sandbox's own, 64 at once: {statistics.median(times):.0f} ms")


main()
