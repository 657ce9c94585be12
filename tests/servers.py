"""Servers in the foreground, for tests of the runtime itself."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import templates
from as_ordinary_user import USER_ID as ORDINARY_USER

from sandspan import Sandbox

API_KEY = "e2b_0123456789abcdef"

USERS = {"root": None, "user": ORDINARY_USER} if os.geteuid() == 0 else {"user": None}
"""By name, whom to run servers as: this user, and an ordinary one when this is root."""


class Server:
    """A server of a user, which can be killed and started again on the same state."""

    def __init__(self, folder: Path, user: int | None = None) -> None:
        self.folder = folder
        self.user = user
        program = Path(os.environ["SANDSPAN_PROGRAM"])
        if user is not None:
            # The checkout may lie where only root can read.
            shutil.copytree(program.parent, folder / "bin")
            program = folder / "bin" / program.name
            folder.chmod(0o755)
            for parent in folder.parents[:2]:
                parent.chmod(parent.stat().st_mode | 0o055)
            os.chown(folder, user, user)
        self.program = program
        self.templates = templates.of_this_user() if user is None else folder / templates.PLACE
        """Where the server has its templates; those of another user are made anew."""
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.known: set[str] = set()
        self.processes: set[int] = set()

    def start(self, *options: str, listen: str = "127.0.0.1:0") -> Server:
        """Starts the server and waits until it can be used."""
        process = self.spawn(*options, listen=listen)
        assert process.stdout is not None
        announcement = process.stdout.readline()
        address = re.search(r"http://[\d.:]+", announcement)
        assert address is not None, f"the server says {announcement!r}, {self.log()}"
        self.process, self.url = process, address.group()
        return self

    def spawn(self, *options: str, listen: str = "127.0.0.1:0") -> subprocess.Popen[str]:
        """Starts the program, whatever comes of it; its error output goes to a file."""
        user = (
            {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        )
        with Path(self.folder, "log").open("a") as log:
            return subprocess.Popen(
                [self.program, "serve", "--listen", listen, *options],
                env=os.environ
                | {
                    "HOME": str(self.folder),
                    "SANDSPAN_API_KEY": API_KEY,
                    "SANDSPAN_RUNTIME_DIR": str(self.folder / "run"),
                    "SANDSPAN_STATE_DIR": str(self.folder / "state"),
                    "SANDSPAN_TEMPLATES_DIR": str(self.templates),
                },
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                **user,
            )

    def share_templates(self) -> Server:
        """Lets the server of another user have what who runs the tests has already."""
        if self.user is not None:
            templates.share(self.folder, self.user)
        return self

    def log(self) -> str:
        """What the server wrote to its error output."""
        return Path(self.folder, "log").read_text()

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends the server, its sandboxes live on."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.communicate(timeout=10)
            self.process = None

    def create(self, **options: Any) -> Sandbox:
        """Makes a sandbox on this server."""
        return Sandbox.create(api_url=self.url, api_key=API_KEY, **options)

    def kill_all(self) -> None:
        """Kills all sandboxes."""
        for listed in self.request("GET", "/v2/sandboxes")[1]:
            self.request("DELETE", f"/sandboxes/{listed['sandboxID']}")

    def request(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Makes one request, with a body of JSON or of the bytes given."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, content, {"X-API-Key": API_KEY} | (headers or {}))
        response = connection.getresponse()
        text = response.read()
        connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text.decode()

    def first_process(self, sandbox_id: str) -> int:
        """The process of the host that is PID 1 of a sandbox."""
        record = self.folder / "state/sandboxes" / sandbox_id / "record.json"
        return json.loads(record.read_text())["process"]["pid"]

    def remains(self) -> list[str]:
        """What is left of sandboxes: directories, control groups and processes."""
        directories = [str(path) for path in self.folder.glob("state/sandboxes/*")]
        # Unlike `glob` it takes no offence at groups that go meanwhile.
        groups = (name for _, names, _ in os.walk("/sys/fs/cgroup") for name in names)
        names = {name for name in groups if name.startswith("sandspan-i")}
        groups = sorted(names & {f"sandspan-{sandbox_id}" for sandbox_id in self.known})
        return directories + groups + [str(pid) for pid in self.processes if is_alive(pid)]

    def remember_files(self) -> None:
        """Notes all sandboxes that are there, to look for their remains later."""
        self.known = {path.name for path in self.folder.glob("state/sandboxes/*")}

    def remember(self) -> None:
        """Notes all sandboxes that have processes, to look for their remains later."""
        self.remember_files()
        self.processes = {self.first_process(sandbox_id) for sandbox_id in self.known}

    def events(self, sandbox: Sandbox) -> list[dict[str, Any]]:
        """What happened to a sandbox, the newest first."""
        query = f"sandboxID={sandbox.sandbox_id}&limit=100"
        return self.request("GET", f"/sandboxes/events?{query}")[1]["items"]


def is_alive(pid: int) -> bool:
    """Whether a process is there, dead ones that nobody has collected yet not counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(condition: Any, seconds: float = 10) -> None:
    """Waits for what nobody tells: something outside of the test's own processes."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def resident_megabytes(pid: int) -> float:
    """How much memory a process has."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
