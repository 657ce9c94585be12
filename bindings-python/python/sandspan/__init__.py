"""One lifecycle for every code sandbox."""

from __future__ import annotations

import os

from sandspan._native import (
    AsyncCommandHandle,
    AsyncCommands,
    AsyncSandboxPaginator,
    CommandHandle,
    Commands,
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
    ProcessInfo,
    SandboxInfo,
    SandboxQuery,
    SandboxState,
)
from sandspan.sandbox import AsyncSandbox, Sandbox

_program = os.path.join(os.path.dirname(__file__), "bin", "sandspan")
if os.path.exists(_program):
    set_bundled_program(_program)

__all__ = [
    "AsyncCommandHandle",
    "AsyncCommands",
    "AsyncSandbox",
    "AsyncSandboxPaginator",
    "AuthenticationException",
    "CommandExitException",
    "CommandHandle",
    "CommandResult",
    "CommandTimeoutException",
    "Commands",
    "FileNotFoundException",
    "InvalidArgumentException",
    "LocalRuntimeException",
    "NotEnoughSpaceException",
    "NotFoundException",
    "PortClosedException",
    "ProcessInfo",
    "RateLimitException",
    "RequestTimeoutException",
    "Sandbox",
    "SandboxException",
    "SandboxExpiredException",
    "SandboxInfo",
    "SandboxKilledException",
    "SandboxNotFoundException",
    "SandboxNotRunningException",
    "SandboxPaginator",
    "SandboxPausedException",
    "SandboxQuery",
    "SandboxState",
    "SandboxUnreachableException",
    "ServiceBusyException",
    "TemplateException",
    "TimeoutException",
    "UnsupportedException",
]
