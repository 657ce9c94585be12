"""Records what the published packages ask of services: tests/vectors/wire/*.json.

With `--check`, writes nothing, and fails when the files are other than what is recorded now.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import vectors
from driver import Driver, outcome_of
from layout import rendered
from packages import HERE
from profiles import PROFILES, Profile
from recording_server import RecordingServer, make_certificate
from service import GATEWAY, values

OTHER_DOMAIN = "region.example.com"
"""A domain that operations name."""
VECTORS = HERE.parent / "vectors/wire"
AREAS = ["create", "life", "copies", "account", "commands", "files", "run_code", "connection"]
"""The files of operations, in their order."""


def record(profile: Profile, server: RecordingServer, cases: list[Any], given: Any) -> Any:
    """The vectors of a profile."""
    server.answer = profile.service.answer
    setting_up = [
        {"description": name, "operations": [operation | {"save_as": name}]}
        for name, operation in given.items()
    ]
    found: dict[str, dict[str, Any]] = {}
    left_out = {}
    for package in profile.packages:
        driver = Driver(package, profile, server)
        for case in [*setting_up, *cases]:
            outcomes = found.setdefault(case["description"], {})
            outcomes[package.name] = outcome_of(driver, case, given)
        driver.end()
        left_out[package.name] = vectors.left_out(driver.recorded)
        print(f"{profile.name}: {package.name}, {len(driver.recorded)} requests")
    names = placeholders(profile)
    return {
        "description": f"the requests of {profile.name}",
        "environment": profile.environment,
        "api_url": profile.api_url,
        "values": names,
        "left_out": left_out,
        "given": [described(case, found[case["description"]], names) for case in setting_up],
        "cases": [described(case, found[case["description"]], names) for case in cases],
    }


def described(case: dict[str, Any], outcomes: dict[str, Any], names: dict[str, str]) -> Any:
    """A case with what packages do in it."""
    done = {package: outcome for package, outcome in outcomes.items() if outcome is not None}
    vector = {name: value for name, value in case.items() if name != "keeps_result"}
    lacking = [package for package, outcome in outcomes.items() if outcome is None]
    if lacking:
        vector["lacking"] = lacking
    unsent: dict[str, list[str]] = {}
    for package, outcome in done.items():
        for name in outcome.pop("unsent", []):
            unsent.setdefault(name, []).append(package)
    if unsent:
        vector["unsent"] = unsent
    return vector | {"variants": vectors.variants(vectors.without_volatile(done, names))}


def placeholders(profile: Profile) -> dict[str, str]:
    """What stands for values that differ, with the values that were there when it was recorded."""
    return {
        "sandbox_id": values.SANDBOX_ID,
        "other_sandbox_id": values.OTHER_SANDBOX_ID,
        "client_id": values.CLIENT_ID,
        "api_key": values.API_KEY,
        "envd_access_token": values.ENVD_TOKEN,
        "traffic_access_token": values.TRAFFIC_TOKEN,
        "volume_token": values.VOLUME_TOKEN,
        "domain": profile.domain,
    }


def hosts_of(profile: Profile) -> set[str]:
    """The hosts that a profile's requests are for."""
    elsewhere = {GATEWAY, f"*.{OTHER_DOMAIN}"}
    return {profile.service.api_host, f"*.{profile.domain}", *elsewhere}


def put(file: Path, text: str, *, check: bool) -> bool:
    """Writes a file, or compares it and shows what differs. Gives whether it does."""
    if not check:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return False
    before = file.read_text() if file.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(), text.splitlines(), str(file), "recorded now", lineterm=""
    )
    shown = list(lines)
    print("\n".join(shown[:200]), end="\n" if shown else "")
    return bool(shown)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="compare, do not write")
    arguments.add_argument(
        "--profile",
        action="append",
        choices=[each.name for each in PROFILES],
        help="only this one; can be repeated",
    )
    chosen = arguments.parse_args()
    wanted = chosen.profile or [each.name for each in PROFILES]
    profiles = [each for each in PROFILES if each.name in wanted]
    used = {package.folder: package for each in profiles for package in each.packages}
    for package in used.values():
        package.install()
    given = json.loads((HERE / "operations/given.json").read_text())
    cases = [
        case
        for area in AREAS
        for case in json.loads((HERE / f"operations/{area}.json").read_text())["cases"]
    ]
    differences = 0
    with tempfile.TemporaryDirectory(prefix="recorder-") as folder:
        hosts = sorted({host for each in PROFILES for host in hosts_of(each)})
        authority, certificate, key = make_certificate(Path(folder), hosts)
        with RecordingServer(authority, certificate, key) as server:
            for each in profiles:
                text = rendered(record(each, server, cases, given))
                differences += put(VECTORS / f"{each.name}.json", text, check=chosen.check)
            server.shutdown()
    if differences:
        sys.exit(f"{differences} files of vectors are not what the packages do")


if __name__ == "__main__":
    main()
