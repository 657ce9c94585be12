"""A sandbox's life, for those who see one for the first time. `demo.mjs` shows the same."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from typing import TYPE_CHECKING

from sandspan import CommandExitException, Sandbox, SandboxException

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

ROUNDS = 20


def main() -> None:
    """Shows everything, one after the other."""
    title(f"Sandspan in Python {platform.python_version()}")
    with Sandbox.create(timeout=60, metadata={"purpose": "demo"}) as sandbox:
        row("create", f"{sandbox.sandbox_id} runs on this machine")
        run_commands(sandbox)
        change_the_timeout(sandbox)
        pause_and_resume(sandbox)
    watch_one_end()
    kill_one()
    measure()


def run_commands(sandbox: Sandbox) -> None:
    """Runs one command for its result, one for its output as it comes, and one that fails."""
    command = 'echo "$(whoami) on $(uname -s), with $(ls -d /proc/[0-9]* | wc -l) processes"'
    result, milliseconds = timed(lambda: sandbox.commands.run(command))
    row("run", result.stdout.strip(), milliseconds)

    start = time.perf_counter()
    sandbox.commands.run(
        "for step in 1 2 3; do echo output of step $step; sleep 0.1; done",
        on_stdout=lambda text: row("", text.strip(), since(start)),
    )
    try:
        sandbox.commands.run("ls /x")
    except CommandExitException as error:
        row("", f"exit code {error.exit_code}: {error.stderr.strip()}")


def change_the_timeout(sandbox: Sandbox) -> None:
    """Makes it live longer than it was created for."""
    info, milliseconds = timed(sandbox.get_info)
    row("get_info", f"{info.state.value}, {info.cpu_count} CPUs, {info.metadata}", milliseconds)
    row("", f"ends at {info.end_at:%H:%M:%S} UTC")
    _, milliseconds = timed(lambda: sandbox.set_timeout(300))
    row("set_timeout", f"ends at {sandbox.get_info().end_at:%H:%M:%S} UTC", milliseconds)


def pause_and_resume(sandbox: Sandbox) -> None:
    """Lets a running process stand still, and go on."""
    process = sandbox.commands.run("sleep 100", background=True)
    _, milliseconds = timed(sandbox.pause)
    row("pause", sandbox.get_info().state.value, milliseconds)
    _, milliseconds = timed(sandbox.connect)
    alive = process.pid in [running.pid for running in sandbox.commands.list()]
    row("connect", f"{sandbox.get_info().state.value}, its process lives: {alive}", milliseconds)


def watch_one_end() -> None:
    """Waits in a command until the sandbox's time has passed."""
    start = time.perf_counter()
    sandbox = Sandbox.create(timeout=2)
    row("create", f"{sandbox.sandbox_id} may live for 2 s")
    try:
        sandbox.commands.run("sleep 60")
    except SandboxException as error:
        row("", f"it has ended: {type(error).__name__}", since(start))
    row("", f"reason: {sandbox.wait_until_ended().value}")
    row("is_running", str(sandbox.is_running()))


def kill_one() -> None:
    """Kills a sandbox, twice."""
    sandbox = Sandbox.create()
    killed, milliseconds = timed(sandbox.kill)
    row("kill", str(killed), milliseconds)
    killed, milliseconds = timed(sandbox.kill)
    row("kill again", f"{killed}, there is none", milliseconds)


def measure() -> None:
    """Takes times, now that everything is warm."""
    first_results, kills = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        sandbox = Sandbox.create()
        sandbox.commands.run("true")
        first_results.append(since(start))
        kills.append(timed(sandbox.kill)[1])
    title(f"Median of {ROUNDS} rounds")
    row("", "create to first command's result", statistics.median(first_results))
    row("", "kill", statistics.median(kills))


def timed(call: Callable[[], Result]) -> tuple[Result, float]:
    """The result of a call, and how many milliseconds it took."""
    start = time.perf_counter()
    result = call()
    return result, since(start)


def since(start: float) -> float:
    """The milliseconds since a time."""
    return (time.perf_counter() - start) * 1000


def row(name: str, text: str, milliseconds: float | None = None) -> None:
    """Prints what was called, what came of it, and how long it took."""
    duration = "" if milliseconds is None else f"{milliseconds:9.1f} ms"
    print(f"  {name:<12} {text:<52}{duration}".rstrip())


def title(text: str) -> None:
    """Prints a heading, bold on a terminal."""
    is_bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(f"\n\x1b[1m{text}\x1b[0m" if is_bold else f"\n{text}")


if __name__ == "__main__":
    main()
