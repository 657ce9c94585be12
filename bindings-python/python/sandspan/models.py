"""What the package returns and takes, as dataclasses."""

from __future__ import annotations

from enum import Enum

from sandspan._dataclass import dataclass
from sandspan._native import describe_lifetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any, Literal


class SandboxState(str, Enum):
    """Whether a sandbox runs."""

    PAUSED = "paused"
    RUNNING = "running"

    @classmethod
    def _missing_(cls, value: object) -> SandboxState | None:
        """Keeps a state that only one service knows, instead of refusing what it sent."""
        if not isinstance(value, str):
            return None
        state = str.__new__(cls, value)
        state._name_ = value.upper()
        state._value_ = value
        return state


class SandboxOnTimeout(str, Enum):
    """What happens to a sandbox at its deadline."""

    KILL = "kill"
    PAUSE = "pause"


class EndReason(str, Enum):
    """Why a sandbox ended, or stopped running."""

    KILLED = "killed"
    """A client ended it."""
    EXPIRED = "expired"
    """It ended at its deadline."""
    IDLE = "idle"
    """It ended because it had been idle for too long."""
    PAUSED = "paused"
    """It was paused, by a client or because its time was over."""
    LOST = "lost"
    """It ended, and nobody had asked for it."""


@dataclass
class SandboxInfo:
    """What is known of a sandbox. The fields after `envd_version` are not in lists."""

    sandbox_id: str
    """The id."""
    sandbox_domain: str | None
    """The domain of its hosts, where the provider steers clients to one. Not in lists."""
    template_id: str
    """The id of its template."""
    name: str | None
    """The name of its template."""
    metadata: dict[str, str]
    """Names and values that its creator attached."""
    started_at: datetime
    """When it started, or was last resumed. In UTC."""
    end_at: datetime
    """When it ends, or when it was paused. In UTC."""
    state: SandboxState
    """Whether it runs."""
    cpu_count: int
    """Number of processors."""
    memory_mb: int
    """Size of the memory in MiB."""
    envd_version: str
    """The version of its agent's protocol."""
    allow_internet_access: bool | None
    """Whether it may reach the internet; `None` where the service's default holds."""
    network: dict[str, Any] | None
    """Its network rules, with the keys that the service gave."""
    lifecycle: dict[str, Any] | None
    """`on_timeout` and `auto_resume`: what happens at its deadline, and on traffic after it."""
    volume_mounts: list[dict[str, str]]
    """The volumes in it: `name` and `path`. In lists, too."""
    envd_unresponsive_at_pause: bool | None = None
    """Whether its agent did not answer when it was paused, where the service tells."""


@dataclass
class SandboxActivity:
    """A use of a sandbox."""

    at: datetime
    """When it was over, or the time of the answer if it went on. In UTC."""
    kind: Literal["created", "resumed", "connected", "request", "websocket", "process"]
    """What it was."""
    port: int | None
    """The port that it went to, if any."""


@dataclass
class SandboxLifetime:
    """What ends a sandbox, and when. `str` of it is one line for people."""

    sandbox_id: str
    """The id."""
    state: SandboxState
    """Whether it runs."""
    ends_at: datetime | None
    """When it ends if nobody does anything: the earlier of its deadline and the idle deadline;
    `None` while it is paused. In UTC."""
    deadline: datetime | None
    """Its own deadline, whether it is idle or not; `None` while it is paused. In UTC."""
    latest_deadline: datetime | None
    """The latest that the deadline can be moved to, where the service tells it; `None` while it is
    paused. In UTC."""
    cap: float | None
    """Seconds that it may live without being paused, where the service tells it."""
    idle_timeout: float | None
    """Seconds that it may be idle; `None` without limit."""
    idle_deadline: datetime | None
    """When it has been idle for too long; `None` while something is connected to it, while it is
    paused, and without an idle timeout. In UTC."""
    idle_counts_processes: bool
    """Whether a process that nobody is attached to keeps it from being idle."""
    last_activity: SandboxActivity | None
    """What it was used for last, where that is known."""
    on_timeout: Literal["kill", "pause"]
    """What happens when its time is over."""
    auto_resume: bool
    """Whether traffic resumes it once it is paused."""
    enforced_by: Literal["server", "lease"]
    """Who sees to the idle timeout: the service, or a lease of its creator's process. The deadline
    is always the service's to keep."""
    rule: str
    """The provider's rule in words."""

    def __str__(self) -> str:
        return describe_lifetime(self)


@dataclass
class SandboxQuery:
    """Which sandboxes to list: those to which everything given applies."""

    metadata: Mapping[str, str] | None = None
    """They have all of these names and values."""
    state: SandboxState | Sequence[SandboxState] | None = None
    """They are in this state, or in one of these."""
    started_after: datetime | None = None
    """They started then or later. A time without a zone is taken as local."""
    template: str | None = None
    """They were made from the template with this id or name."""


@dataclass
class SandboxMetrics:
    """What a sandbox used at one time."""

    cpu_count: int
    """Number of processors."""
    cpu_used_pct: float
    """How much of them was used, in per cent."""
    disk_total: int
    """Size of the disk in bytes."""
    disk_used: int
    """How much of it was used, in bytes."""
    mem_total: int
    """Size of the memory in bytes."""
    mem_used: int
    """How much of it was used, in bytes."""
    mem_cache: int
    """How much of it cached files, in bytes."""
    timestamp: datetime
    """When that was. In UTC."""


@dataclass
class PtySize:
    """The size of a terminal, in characters."""

    rows: int
    """How many lines, from 1 to 65535."""
    cols: int
    """How many columns, from 1 to 65535."""


@dataclass
class ProcessInfo:
    """A process that runs in a sandbox."""

    pid: int
    """The process id in the sandbox."""
    tag: str | None
    """The tag that it was started with."""
    cmd: str
    """The program."""
    args: list[str]
    """The program's arguments."""
    envs: dict[str, str]
    """The environment variables that it was started with."""
    cwd: str | None
    """Where it was started."""


@dataclass
class CommandResult:
    """How a command ended."""

    stderr: str
    """All that it wrote to its standard error; `None` where that was not kept."""
    stdout: str
    """All that it wrote to its standard output; `None` where that was not kept."""
    exit_code: int
    """The exit code; -1 when a signal ended it."""
    error: str | None
    """How it ended, in words, when the exit code is not 0."""
