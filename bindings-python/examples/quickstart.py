"""Creates a sandbox, runs a command in it, and changes when it ends."""

from __future__ import annotations

from sandspan import Sandbox

with Sandbox.create(timeout=60, metadata={"purpose": "quickstart"}) as sandbox:
    result = sandbox.commands.run("python -c 'print(6 * 7)'")
    print(f"{sandbox.sandbox_id} says {result.stdout.strip()}")

    sandbox.set_timeout(120)
    info = sandbox.get_info()
    print(f"it is {info.state.value} and ends at {info.end_at:%H:%M:%S} UTC")

print("and now it is gone" if not sandbox.is_running() else "and it still runs")
