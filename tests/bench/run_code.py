"""Measures how soon code runs in a new sandbox of the local runtime, and how long little takes."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from servers import API_KEY, Server

from sandspan.code_interpreter import Sandbox

ROUNDS = int(os.environ.get("ROUNDS", "15"))
CALLS = 20


def main() -> None:
    """Measures and prints medians and the slowest."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            # Makes the template, where it is not there yet.
            Sandbox.create(api_url=server.url, api_key=API_KEY).kill()
            first, second = measure(server.url)
        finally:
            server.kill_all()
            server.end()
    print_figure("first run after create returned, at most 700 ms", first)
    print_figure("1+1 after it, at most 10 ms", second)


def measure(url: str) -> tuple[list[float], list[float]]:
    """The milliseconds of first runs and of later ones."""
    first, second = [], []
    for _ in range(ROUNDS):
        with Sandbox.create(api_url=url, api_key=API_KEY) as sandbox:
            first.append(run(sandbox))
            second += [run(sandbox) for _ in range(CALLS)]
    return first, second


def run(sandbox: Sandbox) -> float:
    """How many milliseconds it takes to run code."""
    start = time.perf_counter()
    execution = sandbox.run_code("1+1")
    milliseconds = (time.perf_counter() - start) * 1000
    if execution.text != "2":
        message = f"1+1 came to {execution}"
        raise AssertionError(message)
    return milliseconds


def print_figure(title: str, figures: list[float]) -> None:
    """The median and the slowest of some figures."""
    print(f"{title:<50}{statistics.median(figures):>8.1f} ms, slowest {max(figures):.1f} ms")


main()
