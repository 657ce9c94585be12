"""Programs that do operations with a published package, and what comes of them."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import Any

import vectors
from packages import Package
from profiles import Profile
from recording_server import Exchange, RecordingServer
from service import values


class Driver:
    """A program that does operations with one package, against the recorder."""

    def __init__(self, package: Package, profile: Profile, server: RecordingServer) -> None:
        self.package = package
        self.server = server
        self.recorded: list[Exchange] = []
        self.process = subprocess.Popen(
            package.command(),
            env=environment(package, profile, server),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def perform(self, operations: list[Any], *, is_fresh: bool = False) -> Any:
        """Does operations, and gives how they failed, or their results."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        message = {"operations": operations, "is_fresh": is_fresh}
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            code = self.process.wait()
            sys.exit(f"{self.package.name} ended with {code} at {operations}")
        return json.loads(answer)

    def take(self) -> list[Exchange]:
        """What was exchanged since this was called last."""
        taken = self.server.take()
        self.recorded += taken
        return taken

    def end(self) -> None:
        """Ends the program."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def environment(package: Package, profile: Profile, server: RecordingServer) -> dict[str, str]:
    """What a user of the package would set, and what leads to the recorder."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    authority = str(server.authority)
    return (
        kept
        | profile.environment
        | {
            profile.key_variable: values.API_KEY,
            "RECORDER_PORT": str(server.port),
            "HTTPS_PROXY": f"http://127.0.0.1:{server.port}",
            "SSL_CERT_FILE": authority,
            "NODE_EXTRA_CA_CERTS": authority,
            "PYTHONPATH": str(package.installed),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "ignore",
            "NODE_NO_WARNINGS": "1",
        }
    )


def outcome_of(driver: Driver, case: dict[str, Any], given: dict[str, Any]) -> Any:
    """What a package does in a case; nothing where it lacks what the case is about."""
    outcome = performed(driver, case, given)
    if outcome is not None and "error" not in outcome:
        unsent = [
            f"{operation['call']}.{name}"
            for number, operation in enumerate(case["operations"])
            for name in operation.get("arguments", {})
            if performed(driver, without(case, number, name), given) == outcome
        ]
        if unsent:
            outcome["unsent"] = unsent
    return outcome


def without(case: dict[str, Any], number: int, name: str) -> dict[str, Any]:
    """A case without one of the arguments of one of its operations."""
    changed = copy.deepcopy(case)
    del changed["operations"][number]["arguments"][name]
    return changed


def performed(driver: Driver, case: dict[str, Any], given: dict[str, Any]) -> Any:
    """What a package does in a case as it stands."""
    needed = [given[name] | {"save_as": name} for name in case.get("given", [])]
    answer = driver.perform(needed, is_fresh=True)
    driver.take()
    is_given = "failure" not in answer
    if is_given:
        answer = driver.perform(case["operations"])
    recorded = driver.take()
    failure = answer.get("failure")
    if failure and failure.pop("is_missing"):
        return None
    outcome: dict[str, Any] = {"exchange": [vectors.exchange(each) for each in recorded]}
    if failure:
        outcome["error"] = failure if is_given else failure | {"operation": "given"}
    elif case.get("keeps_result"):
        outcome["result"] = answer["results"][-1]
    return outcome
