"""One lifecycle for every code sandbox."""

from __future__ import annotations

import os

from sandspan._native import (
    AsyncCommandHandle,
    AsyncCommands,
    AsyncKeepAlive,
    AsyncSandboxPaginator,
    CommandHandle,
    Commands,
    EndWatch,
    KeepAlive,
    SandboxPaginator,
    set_bundled_program,
)
from sandspan.exceptions import (
    AuthenticationException,
    CommandExitException,
    CommandTimeoutException,
    FileNotFoundException,
    InvalidArgumentException,
    LocalRuntimeException,
    NotEnoughSpaceException,
    NotFoundException,
    PortClosedException,
    RateLimitException,
    RequestTimeoutException,
    SandboxException,
    SandboxExpiredException,
    SandboxKilledException,
    SandboxNotFoundException,
    SandboxNotRunningException,
    SandboxPausedException,
    SandboxUnreachableException,
    ServiceBusyException,
    TemplateException,
    TimeoutException,
    UnsupportedException,
)
from sandspan.models import (
    CommandResult,
    EndReason,
    ProcessInfo,
    SandboxActivity,
    SandboxInfo,
    SandboxLifetime,
    SandboxQuery,
    SandboxState,
)
from sandspan.sandbox import AsyncSandbox, Sandbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandspan.lifecycle import (
        SandboxLifecycle,
        SandboxOnTimeout,
        SandboxOnTimeoutKill,
        SandboxOnTimeoutPause,
        SnapshotMode,
    )
else:

    def __getattr__(name: str) -> object:
        """Loads what is seldom looked for."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from sandspan import lifecycle  # noqa: PLC0415 (what this puts off)

        return getattr(lifecycle, name)


_program = os.path.join(os.path.dirname(__file__), "bin", "sandspan")
if os.path.exists(_program):
    set_bundled_program(_program)

__all__ = [
    "AsyncCommandHandle",
    "AsyncCommands",
    "AsyncKeepAlive",
    "AsyncSandbox",
    "AsyncSandboxPaginator",
    "AuthenticationException",
    "CommandExitException",
    "CommandHandle",
    "CommandResult",
    "CommandTimeoutException",
    "Commands",
    "EndReason",
    "EndWatch",
    "FileNotFoundException",
    "InvalidArgumentException",
    "KeepAlive",
    "LocalRuntimeException",
    "NotEnoughSpaceException",
    "NotFoundException",
    "PortClosedException",
    "ProcessInfo",
    "RateLimitException",
    "RequestTimeoutException",
    "Sandbox",
    "SandboxActivity",
    "SandboxException",
    "SandboxExpiredException",
    "SandboxInfo",
    "SandboxKilledException",
    "SandboxLifecycle",
    "SandboxLifetime",
    "SandboxNotFoundException",
    "SandboxNotRunningException",
    "SandboxOnTimeout",
    "SandboxOnTimeoutKill",
    "SandboxOnTimeoutPause",
    "SandboxPaginator",
    "SandboxPausedException",
    "SandboxQuery",
    "SandboxState",
    "SandboxUnreachableException",
    "ServiceBusyException",
    "SnapshotMode",
    "TemplateException",
    "TimeoutException",
    "UnsupportedException",
]
