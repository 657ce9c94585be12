"""Does one task with one client in a fresh process, and prints what it took as JSON.

Arguments: client (e2b or sandspan), flavour (blocking or asyncio), task, the service's URL, and
"instant" or "local", which says how commands are written there.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from servers import API_KEY

OUTPUT = 20 << 20
CONTENT = 64 << 20
PRINTED = 10 << 20
FILES = 1000
COMMANDS = 1000
AT_ONCE = 64
CODE = f"import sys\nfor _ in range({PRINTED >> 10}): sys.stdout.write('x' * 1024)"


def main() -> None:
    """Does the task and prints seconds, and bytes of memory beyond what was used before it."""
    client, flavour, task, url, service = sys.argv[1:]
    if task == "code":
        client = {"e2b": "e2b_code_interpreter", "sandspan": "sandspan.code_interpreter"}[client]
    options = {"api_url": url, "sandbox_url": url, "api_key": API_KEY}
    package = importlib.import_module(client)
    if flavour == "asyncio":
        asyncio.run(in_asyncio(package.AsyncSandbox, task, options, service))
    else:
        blocking(package.Sandbox, task, options, service)


def printing(service: str) -> str:
    """The command that prints the output."""
    return str(OUTPUT) if service == "instant" else f"head -c {OUTPUT} /dev/zero | tr '\\0' x"


def blocking(sandbox_class: Any, task: str, options: dict[str, Any], service: str) -> None:
    """The tasks with a blocking client."""
    sandbox = sandbox_class.create(**options)
    content = b"x" * CONTENT if task in {"write", "read"} else b""
    path = str(CONTENT)

    def commands() -> None:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(sandbox.commands.run, ["true"] * COMMANDS))

    def files() -> None:
        for number in range(FILES):
            sandbox.files.write(f"files/{number}", "small")

    tasks: dict[str, Callable[[], object]] = {
        "output": lambda: check(len(sandbox.commands.run(printing(service)).stdout), OUTPUT),
        "write": lambda: sandbox.files.write(path, content),
        "read": lambda: check(len(sandbox.files.read(path, format="bytes")), CONTENT),
        "files": files,
        "commands": commands,
        "code": lambda: check_printed(sandbox.run_code(CODE)),
    }
    sandbox.commands.run("true")
    if task == "read":
        sandbox.files.write(path, content)
    content = content if task == "write" else b""
    with Measurement():
        tasks[task]()
    sandbox.kill()


async def in_asyncio(sandbox_class: Any, task: str, options: dict[str, Any], service: str) -> None:
    """The tasks with an asyncio client."""
    sandbox = await sandbox_class.create(**options)
    content = b"x" * CONTENT if task in {"write", "read"} else b""
    path = str(CONTENT)

    async def output() -> None:
        check(len((await sandbox.commands.run(printing(service))).stdout), OUTPUT)

    async def read() -> None:
        check(len(await sandbox.files.read(path, format="bytes")), CONTENT)

    async def files() -> None:
        for number in range(FILES):
            await sandbox.files.write(f"files/{number}", "small")

    async def commands() -> None:
        places = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with places:
                await sandbox.commands.run("true")

        await asyncio.gather(*(one() for _ in range(COMMANDS)))

    async def code() -> None:
        check_printed(await sandbox.run_code(CODE))

    tasks: dict[str, Callable[[], Awaitable[object]]] = {
        "output": output,
        "write": lambda: sandbox.files.write(path, content),
        "read": read,
        "files": files,
        "commands": commands,
        "code": code,
    }
    await sandbox.commands.run("true")
    if task == "read":
        await sandbox.files.write(path, content)
        content = b""
    with Measurement():
        await tasks[task]()
    await sandbox.kill()


def check_printed(execution: Any) -> None:
    """Whether all came that was printed."""
    check(sum(map(len, execution.logs.stdout)), PRINTED)


def check(found: int, wanted: int) -> None:
    """A client that is fast because it loses something is not fast."""
    if found != wanted:
        message = f"{found} bytes came instead of {wanted}"
        raise AssertionError(message)


class Measurement:
    """Measures a block: its time, and the peak of its memory above what it began with."""

    def __enter__(self) -> None:
        # Sets the peak back to what is used now.
        Path("/proc/self/clear_refs").write_text("5")
        self.before = memory("VmRSS")
        self.start = time.perf_counter()

    def __exit__(self, *failed: object) -> None:
        seconds = time.perf_counter() - self.start
        if failed == (None, None, None):
            grown = memory("VmHWM") - self.before
            print(json.dumps({"seconds": seconds, "memory": grown, "peak": memory("VmHWM")}))


def memory(name: str) -> int:
    """A figure of this process's memory, in bytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


main()
