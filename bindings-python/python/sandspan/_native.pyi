# Written by generate_stubs.py.
"""
The native part of the package `sandspan`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from os import PathLike
from sandspan.lifecycle import SandboxLifecycle, SnapshotMode
from sandspan.models import (
    CommandResult,
    EndReason,
    ProcessInfo,
    SandboxInfo,
    SandboxLifetime,
    SandboxQuery,
)
from typing import Literal, final, overload
from typing_extensions import Self, disjoint_base

__all__ = [
    "AsyncCommandHandle",
    "AsyncCommands",
    "AsyncKeepAlive",
    "AsyncSandbox",
    "AsyncSandboxPaginator",
    "CommandHandle",
    "Commands",
    "EndWatch",
    "KeepAlive",
    "Sandbox",
    "SandboxPaginator",
    "describe_lifetime",
    "list_error_codes",
    "set_bundled_program",
]

@final
class AsyncCommandHandle:
    """
    A running command, for asyncio. Its output is read and kept from its start on.
    """

    def __repr__(self, /) -> str: ...
    async def close_stdin(self, /) -> None:
        """
        Closes the command's input, so that it reads end of file.
        """

    async def disconnect(self, /) -> None:
        """
        Stops following the command, which goes on. `commands.connect` follows it again.
        """

    @property
    def error(self, /) -> str | None:
        """
        How the command ended, in words, when its exit code is not 0.
        """

    @property
    def exit_code(self, /) -> int | None:
        """
        The exit code, or `None` while the command runs.
        """

    async def kill(self, /) -> bool:
        """
        Kills the command with SIGKILL.

        Returns:
            False when it had ended.
        """

    @property
    def pid(self, /) -> int:
        """
        The process id in the sandbox.
        """

    async def send_stdin(self, /, data: str | bytes) -> None:
        """
        Writes to the command's input. It must have been started with `stdin=True`.
        """

    @property
    def stderr(self, /) -> str:
        """
        The standard error so far.
        """

    @property
    def stdout(self, /) -> str:
        """
        The standard output so far.
        """

    async def wait(self, /) -> CommandResult:
        """
        Waits for the command's end, and for the callbacks that it was started with.

        Raises:
            CommandExitException: The exit code is not 0.
            CommandTimeoutException: It ran for longer than its `timeout`.
        """

@final
class AsyncCommands:
    """
    The commands in a sandbox, for asyncio.
    """

    async def close_stdin(
        self, /, pid: int, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Closes a command's input, so that it reads end of file.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such process.
        """

    async def connect(
        self,
        /,
        pid: int,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> AsyncCommandHandle:
        """
        Follows a command that runs already.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.
            on_stdout: Called with each piece of standard output.
            on_stderr: Called with each piece of standard error.

        Raises:
            NotFoundException: There is no such process.
        """

    async def kill(self, /, pid: int, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills a process with SIGKILL.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when there was none.
        """

    async def list(self, /, request_timeout: float | timedelta | None = None) -> list[ProcessInfo]:
        """
        Lists the processes that run: commands and pseudo-terminals.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    @overload
    async def run(
        self,
        /,
        cmd: str,
        background: Literal[False] | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
        stdin: bool | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Runs a command with `/bin/bash -l -c`.

        Args:
            cmd: The command.
            background: Return a handle as soon as the command runs, instead of its result.
            envs: Environment variables beside those of the sandbox.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            on_stdout: Called with each piece of standard output.
            on_stderr: Called with each piece of standard error.
            stdin: Whether it has an input to write to with `send_stdin`. Default: no.
            timeout: Seconds that it may run. Default: 60; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            CommandExitException: The exit code is not 0.
            CommandTimeoutException: It ran for longer than `timeout`.
        """

    @overload
    async def run(
        self,
        /,
        cmd: str,
        background: Literal[True],
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
        stdin: bool | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> AsyncCommandHandle: ...
    async def send_stdin(
        self, /, pid: int, data: str | bytes, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Writes to a command's input. It must have been started with `stdin=True`.

        Args:
            pid: Its process id in the sandbox.
            data: Text, sent as UTF-8, or bytes.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such process.
        """

@final
class AsyncKeepAlive:
    """
    Keeps a sandbox alive, and from being idle, between `start` and `stop`, or with `async with`.

    Nothing is done before that. It ends as well when this object is gone.
    """

    async def __aenter__(self, /) -> Self:
        """
        Starts.
        """

    async def __aexit__(self, /, *_exception: "object") -> None:
        """
        Stops.
        """

    def __repr__(self, /) -> str: ...
    @property
    def failure(self, /) -> Exception | None:
        """
        Why it had to give up, if it had to.
        """

    @property
    def is_running(self, /) -> bool:
        """
        Whether it extends the sandbox's life: it was started, not stopped, and did not have to give
        up.
        """

    @property
    def limited_until(self, /) -> datetime | None:
        """
        When the sandbox ends all the same, once the service extends its life no further. In UTC.
        """

    async def start(self, /) -> None:
        """
        Extends the sandbox's life at once, and goes on with that. Does nothing while it runs.

        Raises:
            InvalidArgumentException: `extend_by` is out of range.
            SandboxNotFoundException: The sandbox ended already, or is paused.
        """

    async def stop(self, /) -> None:
        """
        Stops. The sandbox lives on for as long as its life was last extended. Does nothing when it
        does not run.
        """

@disjoint_base
class AsyncSandbox:
    """
    A sandbox, for asyncio.
    """

    async def __aenter__(self, /) -> Self: ...
    async def __aexit__(self, /, *_exception: "object") -> None:
        """
        Kills the sandbox.
        """

    def __new__(cls, /, sandbox: AsyncSandbox) -> AsyncSandbox:
        """
        Another object for the same sandbox. `create` and `connect` make the first.
        """

    def __repr__(self, /) -> str: ...
    async def _connect(
        self,
        /,
        timeout: float | timedelta | None = None,
        *,
        request_timeout: float | timedelta | None = None,
    ) -> Self:
        """
        Connects to it again, and resumes it when it is paused.

        Args:
            timeout: Seconds that it should live from now on, at least. Default: 300.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone.
        """

    @classmethod
    async def _connect_by_id(
        cls,
        /,
        sandbox_id: str,
        timeout: float | timedelta | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> Self:
        """
        Connects to a sandbox, and resumes it when it is paused.

        Args:
            sandbox_id: Its id.
            timeout: Seconds that it should live from now on, at least. Default: 300.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    async def _get_info(
        self, /, *, request_timeout: float | timedelta | None = None
    ) -> SandboxInfo:
        """
        Gives what is known of it.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _get_info_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> SandboxInfo:
        """
        Gives what is known of a sandbox.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    async def _get_lifetime(
        self, /, *, request_timeout: float | timedelta | None = None
    ) -> SandboxLifetime:
        """
        Tells what ends it, and when. `str` of the answer is one line for people.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _get_lifetime_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> SandboxLifetime:
        """
        Tells what ends a sandbox, and when.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    async def _kill(self, /, *, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills it.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it was gone already.
        """

    @classmethod
    async def _kill_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> bool:
        """
        Kills a sandbox.

        Returns:
            False when there was none.
        """

    async def _pause(
        self,
        /,
        keep_memory: bool | None = None,
        *,
        mode: SnapshotMode | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Pauses it. `connect` resumes it.

        Args:
            keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
            mode: What is kept: `full` keeps processes and memory beside the files. After
                `filesystem` it starts afresh from its files. Default: the provider's, which is
                `full`.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it was paused already.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _pause_by_id(
        cls,
        /,
        sandbox_id: str,
        keep_memory: bool | None = None,
        *,
        mode: SnapshotMode | None = None,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> bool:
        """
        Pauses a sandbox. `connect` resumes it.

        Args:
            sandbox_id: Its id.
            keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
            mode: What is kept: `full` keeps processes and memory beside the files. After
                `filesystem` it starts afresh from its files. Default: the provider's, which is
                `full`.

        Returns:
            False when it was paused already.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    async def _set_timeout(
        self, /, timeout: float | timedelta, *, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Sets when it ends, sooner or later than before.

        Args:
            timeout: Seconds from now; 0 ends it now.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _set_timeout_by_id(
        cls,
        /,
        sandbox_id: str,
        timeout: float | timedelta,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> None:
        """
        Sets when a sandbox ends, sooner or later than before.

        Args:
            sandbox_id: Its id.
            timeout: Seconds from now; 0 ends it now.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    async def _wait_until_ended(
        self, /, *, request_timeout: float | timedelta | None = None
    ) -> EndReason:
        """
        Waits until it ends or is paused. This does not count as a use of it.

        Args:
            request_timeout: Seconds that one request may take; the waiting has no limit. Default:
                the connection's.

        Returns:
            Why it ended.

        Raises:
            SandboxNotFoundException: It is gone already, and nothing is known of its end.
        """

    @classmethod
    async def _wait_until_ended_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> EndReason:
        """
        Waits until a sandbox ends or is paused. This does not count as a use of it.

        Returns:
            Why it ended.

        Raises:
            SandboxNotFoundException: There is no such sandbox, and nothing is known of its end.
        """

    @property
    def commands(self, /) -> AsyncCommands:
        """
        The commands in it.
        """

    @classmethod
    async def create(
        cls,
        /,
        template: str | None = None,
        timeout: float | timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
        envs: Mapping[str, str] | None = None,
        secure: bool | None = None,
        allow_internet_access: bool | None = None,
        *,
        idle_timeout: float | timedelta | None = None,
        idle_counts_processes: bool | None = None,
        lifecycle: SandboxLifecycle | None = None,
        auto_pause: bool | None = None,
        idempotency_key: str | None = None,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> Self:
        """
        Creates a sandbox. It ends by itself when its timeout has passed.

        Args:
            template: The name of the template. Default: `base`.
            timeout: Seconds to live. Default: 300.
            metadata: Names and values to find it by.
            envs: Environment variables of every process in it.
            secure: Whether its agent asks for a token. Default: yes.
            allow_internet_access: Whether it may reach the internet. Default: the provider's.
            idle_timeout: Seconds that it may be idle: nothing is connected to it, and no request is
                under way. It counts from 30 on, and never for longer than `timeout`. Default:
                without limit, which 0 says too.
            idle_counts_processes: Whether a process that nobody is attached to keeps it from being
                idle. Only the local runtime can do this. Default: no.
            lifecycle: What happens when its time is over, and on traffic after it. Default: the
                provider's, which is to kill it.
            auto_pause: Another name for an `on_timeout` of `pause` (true) or `kill` (false) in
                `lifecycle`.
            idempotency_key: Makes the creation safe to repeat. Default: a random one.

        Raises:
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            TemplateException: There is no such template.
            UnsupportedException: The provider cannot do what was asked for.
        """

    def get_host(self, /, port: int) -> str:
        """
        The host name that reaches a port of it from outside.
        """

    async def is_running(self, /, request_timeout: float | timedelta | None = None) -> bool:
        """
        Whether it runs.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    def keep_alive(self, /, extend_by: float | timedelta | None = None) -> AsyncKeepAlive:
        """
        Keeps it alive, and from being idle, while work is going on: in a `with` block (for asyncio,
        `async with`), or between `start` and `stop` of the answer. Its end is extended again and
        again, never shortened, and not beyond what the service allows.

        Args:
            extend_by: Seconds that it lives at least after the last extension: 15 to 3600. It is
                extended each time half of them have passed. Default: 60.
        """

    @classmethod
    def list(
        cls,
        /,
        query: SandboxQuery | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> AsyncSandboxPaginator:
        """
        Lists sandboxes, page by page. No request is made before `next_items()`.

        Args:
            query: Which sandboxes. Default: all.
            limit: How many to a page, at most. Default: 100.
            next_token: Where to start, as an earlier paginator said.
            order: `asc` or `desc` by start time. Default: `desc`.
        """

    def on_end(self, /, callback: Callable[[EndReason], object]) -> EndWatch:
        """
        Calls a function once, when the sandbox has ended or was paused.

        It is called on the event loop that runs, and what it returns is awaited if it can be. What
        it raises goes to the loop's exception handler, and so does why the end could not be learnt.

        Args:
            callback: Called with why it ended.
        """

    @property
    def sandbox_domain(self, /) -> str | None:
        """
        The domain of its hosts, where the provider steers clients to one.
        """

    @property
    def sandbox_id(self, /) -> str:
        """
        The id.
        """

    @property
    def traffic_access_token(self, /) -> str | None:
        """
        The token that traffic to its ports must carry, if any.
        """

@final
class AsyncSandboxPaginator:
    """
    The pages of a list of sandboxes, for asyncio.

    No request is made before `next_items()`.
    """

    @property
    def has_next(self, /) -> bool:
        """
        Whether there is a further page.
        """

    async def next_items(self, /) -> list[SandboxInfo]:
        """
        Fetches the next page.

        Raises:
            SandboxException: There is no further page, or the request failed.
        """

    @property
    def next_token(self, /) -> str | None:
        """
        Where the next page starts: give it to `list` to go on from there.
        """

@final
class CommandHandle:
    """
    A running command. Its output is read and kept from its start on.

    Iterating gives the pieces of output as they arrive, as `(stdout, stderr, pty)` where two of the
    three are `None`.
    """

    def __iter__(self, /) -> CommandHandle: ...
    def __next__(self, /) -> tuple[str | None, str | None, bytes | None]: ...
    def __repr__(self, /) -> str: ...
    def close_stdin(self, /) -> None:
        """
        Closes the command's input, so that it reads end of file.
        """

    def disconnect(self, /) -> None:
        """
        Stops following the command, which goes on. `commands.connect` follows it again.
        """

    @property
    def error(self, /) -> str | None:
        """
        How the command ended, in words, when its exit code is not 0.
        """

    @property
    def exit_code(self, /) -> int | None:
        """
        The exit code, or `None` while the command runs.
        """

    def kill(self, /) -> bool:
        """
        Kills the command with SIGKILL.

        Returns:
            False when it had ended.
        """

    @property
    def pid(self, /) -> int:
        """
        The process id in the sandbox.
        """

    def send_stdin(self, /, data: str | bytes) -> None:
        """
        Writes to the command's input. It must have been started with `stdin=True`.
        """

    @property
    def stderr(self, /) -> str:
        """
        The standard error so far.
        """

    @property
    def stdout(self, /) -> str:
        """
        The standard output so far.
        """

    def wait(
        self,
        /,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> CommandResult:
        """
        Waits for the command's end.

        Args:
            on_stdout: Called with each piece of standard output that was not taken yet.
            on_stderr: The same for standard error.

        Raises:
            CommandExitException: The exit code is not 0.
            CommandTimeoutException: It ran for longer than its `timeout`.
        """

@final
class Commands:
    """
    The commands in a sandbox.
    """

    def close_stdin(self, /, pid: int, request_timeout: float | timedelta | None = None) -> None:
        """
        Closes a command's input, so that it reads end of file.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such process.
        """

    def connect(
        self,
        /,
        pid: int,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandHandle:
        """
        Follows a command that runs already.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such process.
        """

    def kill(self, /, pid: int, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills a process with SIGKILL.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when there was none.
        """

    def list(self, /, request_timeout: float | timedelta | None = None) -> list[ProcessInfo]:
        """
        Lists the processes that run: commands and pseudo-terminals.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    @overload
    def run(
        self,
        /,
        cmd: str,
        background: Literal[False] | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
        stdin: bool | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Runs a command with `/bin/bash -l -c`.

        Args:
            cmd: The command.
            background: Return a handle as soon as the command runs, instead of its result.
            envs: Environment variables beside those of the sandbox.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            on_stdout: Called with each piece of standard output.
            on_stderr: Called with each piece of standard error.
            stdin: Whether it has an input to write to with `send_stdin`. Default: no.
            timeout: Seconds that it may run. Default: 60; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            CommandExitException: The exit code is not 0.
            CommandTimeoutException: It ran for longer than `timeout`.
        """

    @overload
    def run(
        self,
        /,
        cmd: str,
        background: Literal[True],
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        on_stdout: None = None,
        on_stderr: None = None,
        stdin: bool | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandHandle: ...
    def send_stdin(
        self, /, pid: int, data: str | bytes, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Writes to a command's input. It must have been started with `stdin=True`.

        Args:
            pid: Its process id in the sandbox.
            data: Text, sent as UTF-8, or bytes.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such process.
        """

@final
class EndWatch:
    """
    A callback that waits for the end of a sandbox. It does so whether or not this object is kept.
    """

    def cancel(self, /) -> None:
        """
        Forgets the callback. One that runs already runs on in a blocking program, and is cancelled
        in asyncio.
        """

@final
class KeepAlive:
    """
    Keeps a sandbox alive, and from being idle, between `start` and `stop`, or as a context manager.

    Nothing is done before that. It ends as well when this object is gone.
    """

    def __enter__(self, /) -> Self:
        """
        Starts.
        """

    def __exit__(self, /, *_exception: "object") -> None:
        """
        Stops.
        """

    def __repr__(self, /) -> str: ...
    @property
    def failure(self, /) -> Exception | None:
        """
        Why it had to give up, if it had to.
        """

    @property
    def is_running(self, /) -> bool:
        """
        Whether it extends the sandbox's life: it was started, not stopped, and did not have to give
        up.
        """

    @property
    def limited_until(self, /) -> datetime | None:
        """
        When the sandbox ends all the same, once the service extends its life no further. In UTC.
        """

    def start(self, /) -> None:
        """
        Extends the sandbox's life at once, and goes on with that. Does nothing while it runs.

        Raises:
            InvalidArgumentException: `extend_by` is out of range.
            SandboxNotFoundException: The sandbox ended already, or is paused.
        """

    def stop(self, /) -> None:
        """
        Stops. The sandbox lives on for as long as its life was last extended. Does nothing when it
        does not run.
        """

@disjoint_base
class Sandbox:
    """
    A sandbox.
    """

    def __enter__(self, /) -> Self: ...
    def __exit__(self, /, *_exception: "object") -> None:
        """
        Kills the sandbox.
        """

    def __new__(cls, /, sandbox: Sandbox) -> Sandbox:
        """
        Another object for the same sandbox. `create` and `connect` make the first.
        """

    def __repr__(self, /) -> str: ...
    def _connect(
        self,
        /,
        timeout: float | timedelta | None = None,
        *,
        request_timeout: float | timedelta | None = None,
    ) -> Self:
        """
        Connects to it again, and resumes it when it is paused.

        Args:
            timeout: Seconds that it should live from now on, at least. Default: 300.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone.
        """

    @classmethod
    def _connect_by_id(
        cls,
        /,
        sandbox_id: str,
        timeout: float | timedelta | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> Self:
        """
        Connects to a sandbox, and resumes it when it is paused.

        Args:
            sandbox_id: Its id.
            timeout: Seconds that it should live from now on, at least. Default: 300.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    def _get_info(self, /, *, request_timeout: float | timedelta | None = None) -> SandboxInfo:
        """
        Gives what is known of it.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _get_info_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> SandboxInfo:
        """
        Gives what is known of a sandbox.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    def _get_lifetime(
        self, /, *, request_timeout: float | timedelta | None = None
    ) -> SandboxLifetime:
        """
        Tells what ends it, and when. `str` of the answer is one line for people.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _get_lifetime_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> SandboxLifetime:
        """
        Tells what ends a sandbox, and when.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    def _kill(self, /, *, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills it.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it was gone already.
        """

    @classmethod
    def _kill_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> bool:
        """
        Kills a sandbox.

        Returns:
            False when there was none.
        """

    def _pause(
        self,
        /,
        keep_memory: bool | None = None,
        *,
        mode: SnapshotMode | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Pauses it. `connect` resumes it.

        Args:
            keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
            mode: What is kept: `full` keeps processes and memory beside the files. After
                `filesystem` it starts afresh from its files. Default: the provider's, which is
                `full`.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it was paused already.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _pause_by_id(
        cls,
        /,
        sandbox_id: str,
        keep_memory: bool | None = None,
        *,
        mode: SnapshotMode | None = None,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> bool:
        """
        Pauses a sandbox. `connect` resumes it.

        Args:
            sandbox_id: Its id.
            keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
            mode: What is kept: `full` keeps processes and memory beside the files. After
                `filesystem` it starts afresh from its files. Default: the provider's, which is
                `full`.

        Returns:
            False when it was paused already.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    def _set_timeout(
        self, /, timeout: float | timedelta, *, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Sets when it ends, sooner or later than before.

        Args:
            timeout: Seconds from now; 0 ends it now.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _set_timeout_by_id(
        cls,
        /,
        sandbox_id: str,
        timeout: float | timedelta,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> None:
        """
        Sets when a sandbox ends, sooner or later than before.

        Args:
            sandbox_id: Its id.
            timeout: Seconds from now; 0 ends it now.

        Raises:
            SandboxNotFoundException: There is no such sandbox.
        """

    def _wait_until_ended(
        self, /, *, request_timeout: float | timedelta | None = None
    ) -> EndReason:
        """
        Waits until it ends or is paused. This does not count as a use of it.

        Args:
            request_timeout: Seconds that one request may take; the waiting has no limit. Default:
                the connection's.

        Returns:
            Why it ended.

        Raises:
            SandboxNotFoundException: It is gone already, and nothing is known of its end.
        """

    @classmethod
    def _wait_until_ended_by_id(
        cls,
        /,
        sandbox_id: str,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> EndReason:
        """
        Waits until a sandbox ends or is paused. This does not count as a use of it.

        Returns:
            Why it ended.

        Raises:
            SandboxNotFoundException: There is no such sandbox, and nothing is known of its end.
        """

    @property
    def commands(self, /) -> Commands:
        """
        The commands in it.
        """

    @classmethod
    def create(
        cls,
        /,
        template: str | None = None,
        timeout: float | timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
        envs: Mapping[str, str] | None = None,
        secure: bool | None = None,
        allow_internet_access: bool | None = None,
        *,
        idle_timeout: float | timedelta | None = None,
        idle_counts_processes: bool | None = None,
        lifecycle: SandboxLifecycle | None = None,
        auto_pause: bool | None = None,
        idempotency_key: str | None = None,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> Self:
        """
        Creates a sandbox. It ends by itself when its timeout has passed.

        Args:
            template: The name of the template. Default: `base`.
            timeout: Seconds to live. Default: 300.
            metadata: Names and values to find it by.
            envs: Environment variables of every process in it.
            secure: Whether its agent asks for a token. Default: yes.
            allow_internet_access: Whether it may reach the internet. Default: the provider's.
            idle_timeout: Seconds that it may be idle: nothing is connected to it, and no request is
                under way. It counts from 30 on, and never for longer than `timeout`. Default:
                without limit, which 0 says too.
            idle_counts_processes: Whether a process that nobody is attached to keeps it from being
                idle. Only the local runtime can do this. Default: no.
            lifecycle: What happens when its time is over, and on traffic after it. Default: the
                provider's, which is to kill it.
            auto_pause: Another name for an `on_timeout` of `pause` (true) or `kill` (false) in
                `lifecycle`.
            idempotency_key: Makes the creation safe to repeat. Default: a random one.

        Raises:
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            TemplateException: There is no such template.
            UnsupportedException: The provider cannot do what was asked for.
        """

    def get_host(self, /, port: int) -> str:
        """
        The host name that reaches a port of it from outside.
        """

    def is_running(self, /, request_timeout: float | timedelta | None = None) -> bool:
        """
        Whether it runs.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    def keep_alive(self, /, extend_by: float | timedelta | None = None) -> KeepAlive:
        """
        Keeps it alive, and from being idle, while work is going on: in a `with` block (for asyncio,
        `async with`), or between `start` and `stop` of the answer. Its end is extended again and
        again, never shortened, and not beyond what the service allows.

        Args:
            extend_by: Seconds that it lives at least after the last extension: 15 to 3600. It is
                extended each time half of them have passed. Default: 60.
        """

    @classmethod
    def list(
        cls,
        /,
        query: SandboxQuery | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> SandboxPaginator:
        """
        Lists sandboxes, page by page. No request is made before `next_items()`.

        Args:
            query: Which sandboxes. Default: all.
            limit: How many to a page, at most. Default: 100.
            next_token: Where to start, as an earlier paginator said.
            order: `asc` or `desc` by start time. Default: `desc`.
        """

    def on_end(self, /, callback: Callable[[EndReason], object]) -> EndWatch:
        """
        Calls a function once, when the sandbox has ended or was paused.

        It is called on a thread of the package's. A program that ends does not wait for that, and
        waits for a call that has begun. What the function raises goes to `sys.unraisablehook`, and
        so does why the end could not be learnt.

        Args:
            callback: Called with why it ended.
        """

    @property
    def sandbox_domain(self, /) -> str | None:
        """
        The domain of its hosts, where the provider steers clients to one.
        """

    @property
    def sandbox_id(self, /) -> str:
        """
        The id.
        """

    @property
    def traffic_access_token(self, /) -> str | None:
        """
        The token that traffic to its ports must carry, if any.
        """

@final
class SandboxPaginator:
    """
    The pages of a list of sandboxes.

    No request is made before `next_items()`.
    """

    @property
    def has_next(self, /) -> bool:
        """
        Whether there is a further page.
        """

    def next_items(self, /) -> list[SandboxInfo]:
        """
        Fetches the next page.

        Raises:
            SandboxException: There is no further page, or the request failed.
        """

    @property
    def next_token(self, /) -> str | None:
        """
        Where the next page starts: give it to `list` to go on from there.
        """

def describe_lifetime(lifetime: "SandboxLifetime") -> str:
    """
    Tells what ends a sandbox and when, in one line: what `str` gives for a `SandboxLifetime`.
    """

def list_error_codes() -> list[str]:
    """
    The stable names of all kinds of errors: one exception class has each of them as its `code`.
    """

def set_bundled_program(path: str | PathLike[str]) -> None:
    """
    Tells where the package keeps the `sandspan` program that comes with it.
    """
