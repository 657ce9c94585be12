"""Measures the steps of a sandbox's life with this package and with the published `e2b`.

Both speak to the same local runtime and take turns, so that what else the machine does hits both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import e2b
from servers import API_KEY, Server

import sandspan

ROUNDS = 50
IMPORTS = 10
CLIENTS = {"e2b": e2b.Sandbox, "sandspan": sandspan.Sandbox}

Times = dict[str, dict[str, list[float]]]
"""Milliseconds, by step and by client."""


def main() -> None:
    """Measures everything and prints a table."""
    times: Times = {}
    measure_imports(times)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            for number in range(ROUNDS + 1):
                # The first round makes connections and warms up; it does not count.
                measure_lives(times if number else {}, server.url)
        finally:
            server.kill_all()
            server.end()
    print_table(times)


def measure_imports(times: Times) -> None:
    """Imports each client in fresh interpreters, and takes off what a bare one takes."""
    for _ in range(IMPORTS):
        bare = timed(partial(interpret, "pass"))
        for name in CLIENTS:
            note(times, "import", name, timed(partial(interpret, f"import {name}")) - bare)


def interpret(program: str) -> None:
    """Runs a program in a new interpreter."""
    subprocess.run([sys.executable, "-c", program], check=True)


def measure_lives(times: Times, url: str) -> None:
    """Lives one life with each client."""
    for name, sandbox_class in CLIENTS.items():
        start = time.perf_counter()
        sandbox = sandbox_class.create(api_url=url, sandbox_url=url, api_key=API_KEY)
        sandbox.commands.run("true")
        note(times, "create to first result", name, (time.perf_counter() - start) * 1000)
        steps: dict[str, Callable[[], object]] = {
            "run": partial(sandbox.commands.run, "true"),
            "get_info": sandbox.get_info,
            "set_timeout": partial(sandbox.set_timeout, 60),
            "is_running": sandbox.is_running,
            "pause": sandbox.pause,
            "connect, which resumes": sandbox.connect,
            "kill": sandbox.kill,
        }
        for step, call in steps.items():
            note(times, step, name, timed(call))


def timed(call: Callable[[], object]) -> float:
    """How many milliseconds a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def note(times: Times, step: str, client: str, milliseconds: float) -> None:
    """Adds a time to the others of its kind."""
    times.setdefault(step, {}).setdefault(client, []).append(milliseconds)


def print_table(times: Times) -> None:
    """Prints each step's median, with the range of the middle 80 % of the times."""
    print(f"\nmilliseconds, median and 10th to 90th percentile of {ROUNDS} rounds\n")
    print(f"{'':<24}" + "".join(f"{name:<28}" for name in CLIENTS) + "ratio")
    for step, by_client in times.items():
        cells = "".join(f"{summary(by_client[name]):<28}" for name in CLIENTS)
        medians = [statistics.median(by_client[name]) for name in CLIENTS]
        print(f"{step:<24}{cells}{medians[0] / medians[1]:.1f}")


def summary(milliseconds: list[float]) -> str:
    """A median and the range around it."""
    deciles = statistics.quantiles(milliseconds, n=10)
    return f"{statistics.median(milliseconds):8.2f} ({deciles[0]:.2f} to {deciles[-1]:.2f})"


if __name__ == "__main__":
    main()
