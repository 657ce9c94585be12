"""What happens when a sandbox's time is over, as dictionaries for `create`.

The package loads this when it is first looked for: importing `typing` takes as long as all the
rest.
"""

from __future__ import annotations

from typing import Literal, TypedDict

SnapshotMode = Literal["full", "filesystem"]
"""What a paused sandbox keeps: processes and memory beside the files, or only the files."""


class _Pause(TypedDict):
    action: Literal["pause"]


class SandboxOnTimeoutPause(_Pause, total=False):
    """Pauses a sandbox when its time is over."""

    mode: SnapshotMode
    """What is kept. Default: the provider's, which is `full`."""
    keep_memory: bool
    """Deprecated: true is a `mode` of `full`, false one of `filesystem`."""


class SandboxOnTimeoutKill(TypedDict):
    """Kills a sandbox when its time is over."""

    action: Literal["kill"]


SandboxOnTimeout = Literal["pause", "kill"] | SandboxOnTimeoutPause | SandboxOnTimeoutKill
"""What happens when a sandbox's time is over."""


class SandboxLifecycle(TypedDict, total=False):
    """What happens when a sandbox's time is over, and on traffic after it."""

    on_timeout: SandboxOnTimeout | None
    """What happens at its deadline, and when it has been idle for too long. Default: the
    provider's, which is to kill it."""
    auto_resume: bool | None
    """Whether traffic resumes it once it is paused; only where it is paused with its memory.
    Default: the provider's, which is no."""
