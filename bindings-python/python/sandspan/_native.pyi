# Written by generate_stubs.py.
"""
The native part of the package `sandspan`.
"""

import builtins
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from os import PathLike
from sandspan.code_interpreter.models import (
    Context,
    Execution,
    ExecutionError,
    OutputMessage,
    Result,
)
from sandspan.files import AsyncWriteEntry, EntryInfo, FilesystemEvent, SyncWriteEntry, WriteInfo
from sandspan.git import GitBranches, GitStatus
from sandspan.lifecycle import SandboxLifecycle, SnapshotMode
from sandspan.models import (
    CommandResult,
    EndReason,
    ProcessInfo,
    PtySize,
    SandboxInfo,
    SandboxLifetime,
    SandboxMetrics,
    SandboxQuery,
)
from sandspan.network import SandboxNetworkOpts, SandboxNetworkUpdate
from typing import Any, Final, IO, Literal, final, overload
from typing_extensions import Self, disjoint_base

__all__ = [
    "INTERPRETER_TEMPLATE",
    "AsyncCommandHandle",
    "AsyncCommandInputHandle",
    "AsyncCommands",
    "AsyncFileStreamReader",
    "AsyncFiles",
    "AsyncGit",
    "AsyncKeepAlive",
    "AsyncPty",
    "AsyncSandbox",
    "AsyncSandboxPaginator",
    "AsyncWatchHandle",
    "CommandHandle",
    "Commands",
    "EndWatch",
    "FileStreamReader",
    "Files",
    "Git",
    "KeepAlive",
    "Pty",
    "Sandbox",
    "SandboxPaginator",
    "WatchHandle",
    "describe_lifetime",
    "list_error_codes",
    "set_bundled_program",
]
INTERPRETER_TEMPLATE: Final[str]
"\nThe name of the template whose sandboxes run code in kernels.\n"

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
class AsyncCommandInputHandle:
    """
    An open way into a command or a terminal, by which input arrives in the order in which it was
    sent.

    Leaving an `async with` block closes it.
    """

    async def __aenter__(self, /) -> Self: ...
    async def __aexit__(self, /, *_exception: "object") -> None:
        """
        Ends the stream.
        """

    async def close(self, /) -> None:
        """
        Ends the stream, and waits until all of it has arrived. What it leads to stays open: a
        command reads end of file after its `close_stdin`. Doing so again changes nothing.

        Raises:
            NotFoundException: There is no such process.
            CommandTimeoutException: The time of the stream is over.
        """

    async def send(self, /, data: str | bytes) -> None:
        """
        Sends input, and waits only while much that was sent before is still on its way.

        Args:
            data: Text, sent as UTF-8, or bytes.

        Raises:
            NotFoundException: There is no such process.
            CommandTimeoutException: The time of the stream is over.
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
        *,
        retain_output: bool | None = None,
    ) -> AsyncCommandHandle:
        """
        Follows a command that runs already.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.
            on_stdout: Called with each piece of standard output.
            on_stderr: Called with each piece of standard error.
            retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
                texts of the result are `None`.

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

    async def list(
        self, /, request_timeout: float | timedelta | None = None
    ) -> builtins.list[ProcessInfo]:
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
        *,
        retain_output: bool | None = None,
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
            retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
                texts of the result are `None`.

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
        *,
        retain_output: bool | None = None,
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

    def stream_input(
        self, /, pid: int, *, timeout: float | timedelta | None = None
    ) -> AsyncCommandInputHandle:
        """
        Opens a way into a command, by which input arrives in the order in which it was sent. It must
        have been started with `stdin=True`.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds that it stays open. Default: 60; 0 means without limit.
        """

@final
class AsyncFileStreamReader:
    """
    The content of a file, piece by piece, each as it arrives, for asyncio.

    Leaving an `async with` block ends the transfer, as `aclose` does.
    """

    async def __aenter__(self, /) -> Self: ...
    async def __aexit__(self, /, *_exception: "object") -> None:
        """
        Ends the transfer.
        """

    def __aiter__(self, /) -> AsyncFileStreamReader: ...
    def __anext__(self, /) -> Awaitable[bytes]:
        """
        PyO3 has no coroutines with this name, so it is another method's.
        """

    async def _next(self, /) -> bytes: ...
    async def aclose(self, /) -> None:
        """
        Ends the transfer. Doing so again changes nothing.
        """

@final
class AsyncFiles:
    """
    The files in a sandbox, for asyncio. Relative paths, and those that begin with `~`, start at the
    user's home.
    """

    async def exists(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Whether there is anything at a path.

        Args:
            path: The path.
            user: The user to look as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    async def get_info(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> EntryInfo:
        """
        Describes a file or a directory.

        Args:
            path: Its path.
            user: The user to look as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is nothing at the path.
        """

    async def list(
        self,
        /,
        path: str,
        depth: int | None = None,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> builtins.list[EntryInfo]:
        """
        Lists a directory.

        Args:
            path: Its path.
            depth: How many levels of directories to go down, at least 1. Default: 1, which is the
                directory alone.
            user: The user to list it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is no such directory.
        """

    async def make_dir(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Makes a directory, and those above it.

        Args:
            path: Its path.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it existed.
        """

    @overload
    async def read(
        self,
        /,
        path: str,
        format: Literal["text"] | None = None,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> str:
        """
        Reads a file.

        Args:
            path: Its path.
            format: `text` for a `str`, what is not UTF-8 in it as U+FFFD; `bytes` for a
                `bytearray`; `stream` for an iterator of `bytes` that reads while they arrive.
            user: The user to read it as. Default: the sandbox's default user.
            request_timeout: Seconds that it may take, of a stream until its contents begin to come.
                Default: the connection's.
            gzip: Whether it travels compressed. Default: no.
            stream_idle_timeout: Seconds that nothing may come of a stream. Default: 60; 0 means
                without limit.

        Raises:
            FileNotFoundException: There is no such file.
            InvalidArgumentException: It is a directory.
        """

    @overload
    async def read(
        self,
        /,
        path: str,
        format: Literal["bytes"],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> bytearray: ...
    @overload
    async def read(
        self,
        /,
        path: str,
        format: Literal["stream"],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> AsyncFileStreamReader: ...
    async def remove(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> None:
        """
        Removes a file, or a directory with all that is in it. It may be gone already.

        Args:
            path: Its path.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    async def rename(
        self,
        /,
        old_path: str,
        new_path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> EntryInfo:
        """
        Moves a file or a directory, and makes the directories above its new path.

        Args:
            old_path: Where it is.
            new_path: Where it is to be. A file that is there is replaced.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is nothing at the old path.
        """

    async def watch_dir(
        self,
        /,
        path: str,
        on_event: Callable[[FilesystemEvent], object],
        on_exit: Callable[[Exception | None], object] | None = None,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
        recursive: bool | None = None,
        include_entry: bool | None = None,
        allow_network_mounts: bool | None = None,
    ) -> AsyncWatchHandle:
        """
        Watches a directory, and calls a function with each thing that happens in it.

        Args:
            path: Its path.
            on_event: Called with each event. What it returns is awaited if it can be, and the next
                event waits for that.
            on_exit: Called once at the end of the watch, with what ended it, be it the service or
                `on_event`; with `None` after `stop`. Without it, that goes to the event loop's
                exception handler.
            user: The user to watch it as. Default: the sandbox's default user.
            request_timeout: Seconds that its start may take. Default: the connection's.
            timeout: Seconds to watch it for. Default: 60; 0 means without limit.
            recursive: Whether the directories in it are watched too. Default: no.
            include_entry: Whether events describe what they are about. Default: no.
            allow_network_mounts: Whether it may lie on a network mount, where events may be
                missing. Default: no.

        Raises:
            FileNotFoundException: There is no such directory.
            TemplateException: The sandbox's agent is too old for an option.
        """

    async def write(
        self,
        /,
        path: str,
        data: str | bytes | IO[Any] | Iterable[bytes] | AsyncIterable[bytes],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        use_octet_stream: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> WriteInfo:
        """
        Writes a file, and makes the directories above it. It is replaced as a whole, or not at all.

        Args:
            path: Its path.
            data: Text, written as UTF-8, or bytes; or a file or an iterable of bytes, which is read
                while it is sent. What that raises is raised, and nothing is written.
            user: The user to write it as, who owns it then. Default: the sandbox's default user.
            request_timeout: Seconds that it may take. Default: the connection's; for what is read
                while it is sent, without limit.
            gzip: Whether it travels compressed. Default: no.
            use_octet_stream: Whether it travels as it is, and not as a form. Default: where the
                sandbox's agent knows that.
            metadata: Names and values to store with it.

        Raises:
            NotEnoughSpaceException: There is no space left in the sandbox.
        """

    async def write_files(
        self,
        /,
        files: Iterable[AsyncWriteEntry],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        use_octet_stream: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> builtins.list[WriteInfo]:
        """
        Writes files, and makes the directories above them. Each is replaced as a whole, or not at
        all.

        Args:
            files: A dictionary with `path` and `data` for each of them, as `write` takes them.
            user: The user to write them as, who owns them then. Default: the sandbox's default user.
            request_timeout: Seconds that it may take. Default: the connection's; for what is read
                while it is sent, without limit.
            gzip: Whether they travel compressed. Default: no.
            use_octet_stream: Whether they travel as they are, and not as a form. Default: where the
                sandbox's agent knows that.
            metadata: Names and values to store with each of them.

        Raises:
            NotEnoughSpaceException: There is no space left in the sandbox.
        """

@final
class AsyncGit:
    """
    The git repositories in a sandbox, for asyncio. All is done by the program `git` in it.
    """

    async def add(
        self,
        /,
        path: str,
        files: Iterable[str] | None = None,
        all: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Stages changes.

        Args:
            path: Where the repository is.
            files: The files whose changes are staged. Default: as `all` says.
            all: Whether all changes are staged where no files are named, or else those below
                `path`. Default: yes.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def branches(
        self,
        /,
        path: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> GitBranches:
        """
        Lists the branches.

        Args:
            path: Where the repository is.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def checkout_branch(
        self,
        /,
        path: str,
        branch: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Checks a branch out.

        Args:
            path: Where the repository is.
            branch: The branch.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def clone(
        self,
        /,
        url: str,
        path: str | None = None,
        branch: str | None = None,
        depth: int | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
        dangerously_store_credentials: bool | None = None,
    ) -> CommandResult:
        """
        Clones a repository.

        Args:
            url: Where it is.
            path: Where to put it. Default: its name, in `cwd`.
            branch: The branch to check out. Default: the one that the repository names.
            depth: How many commits to clone. Default: all.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept in the clone.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
            dangerously_store_credentials: Whether the clone keeps the credentials, where all who
                can read it can read them. Default: no.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
        """

    async def commit(
        self,
        /,
        path: str,
        message: str,
        author_name: str | None = None,
        author_email: str | None = None,
        allow_empty: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Commits what is staged.

        Args:
            path: Where the repository is.
            message: What the commit says.
            author_name: Who made it. Default: as git is set up.
            author_email: The address of who made it. Default: as git is set up.
            allow_empty: Whether it may change nothing. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def configure_user(
        self,
        /,
        name: str,
        email: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Says who makes commits.

        Args:
            name: The name.
            email: The address.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def create_branch(
        self,
        /,
        path: str,
        branch: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Makes a branch and checks it out.

        Args:
            path: Where the repository is.
            branch: The branch.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def dangerously_authenticate(
        self,
        /,
        username: str,
        password: str,
        host: str | None = None,
        protocol: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Keeps credentials in the sandbox for git to use, where all that runs there can read them.

        Args:
            username: The name that goes with `password`.
            password: A password or a token.
            host: The host that they are for. Default: `github.com`.
            protocol: The protocol that they are for. Default: `https`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def delete_branch(
        self,
        /,
        path: str,
        branch: str,
        force: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Deletes a branch.

        Args:
            path: Where the repository is.
            branch: The branch.
            force: Whether to delete one that was not merged, too. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def get_config(
        self,
        /,
        key: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> str | None:
        """
        Reads a setting of git.

        Args:
            key: Its name, such as `pull.rebase`.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            Its value; `None` where it is not set.
        """

    async def init(
        self,
        /,
        path: str,
        bare: bool | None = None,
        initial_branch: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Makes a repository.

        Args:
            path: Where.
            bare: Whether it has no files of its own. Default: no.
            initial_branch: The name of its first branch. Default: as git is set up.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def pull(
        self,
        /,
        path: str,
        remote: str | None = None,
        branch: str | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Pulls commits.

        Args:
            path: Where the repository is.
            remote: Where from. Default: the upstream of the branch.
            branch: The branch. Default: the upstream of the one that is checked out.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
            GitUpstreamException: The branch has no upstream, and none was named.
        """

    async def push(
        self,
        /,
        path: str,
        remote: str | None = None,
        branch: str | None = None,
        set_upstream: bool | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Pushes commits.

        Args:
            path: Where the repository is.
            remote: Where to. Default: the only remote.
            branch: The branch. Default: the one that is checked out.
            set_upstream: Whether the branch remembers where it was pushed. Default: yes.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
            GitUpstreamException: The branch has no upstream, and none was named.
        """

    async def remote_add(
        self,
        /,
        path: str,
        name: str,
        url: str,
        fetch: bool | None = None,
        overwrite: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Adds a remote.

        Args:
            path: Where the repository is.
            name: The name of the remote.
            url: Where it is.
            fetch: Whether to fetch from it at once. Default: no.
            overwrite: Whether to replace one of the same name. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def remote_get(
        self,
        /,
        path: str,
        name: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> str | None:
        """
        Tells where a remote is.

        Args:
            path: Where the repository is.
            name: The name of the remote.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            Its URL; `None` where there is no such remote.
        """

    async def reset(
        self,
        /,
        path: str,
        mode: str | None = None,
        target: str | None = None,
        paths: Iterable[str] | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Resets a repository, or some of its files, to a commit.

        Args:
            path: Where the repository is.
            mode: What it touches: `soft`, `mixed`, `hard`, `merge` or `keep`. Default: `mixed`.
            target: The commit. Default: the last.
            paths: The files to reset. Default: all.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def restore(
        self,
        /,
        path: str,
        paths: Iterable[str],
        staged: bool | None = None,
        worktree: bool | None = None,
        source: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Restores files.

        Args:
            path: Where the repository is.
            paths: The files.
            staged: Whether what is staged is restored. Default: no.
            worktree: Whether the files themselves are restored. Default: yes, unless `staged` is
                given.
            source: The commit to restore them from. Default: what is staged, or the last commit for
                what is staged itself.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def set_config(
        self,
        /,
        key: str,
        value: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Changes a setting of git.

        Args:
            key: Its name, such as `pull.rebase`.
            value: Its value.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def status(
        self,
        /,
        path: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> GitStatus:
        """
        Tells what was changed.

        Args:
            path: Where the repository is.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
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

@final
class AsyncPty:
    """
    The terminals in a sandbox, for asyncio.
    """

    async def connect(
        self,
        /,
        pid: int,
        on_data: Callable[[bytes], object],
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> AsyncCommandHandle:
        """
        Follows a terminal that is open already, from now on.

        Args:
            pid: Its process id in the sandbox.
            on_data: Called with each piece of its output, as `create` does.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    async def create(
        self,
        /,
        size: PtySize,
        on_data: Callable[[bytes], object],
        user: str | None = None,
        cwd: str | None = None,
        envs: Mapping[str, str] | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> AsyncCommandHandle:
        """
        Starts a login shell in a terminal of its own.

        Args:
            size: The size of the terminal.
            on_data: Called with each piece of its output. What it returns is awaited if it can be,
                and the next piece waits for that.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            envs: Environment variables beside those of the sandbox. Default for `TERM`:
                `xterm-256color`; for `LANG` and `LC_ALL`: `C.UTF-8`.
            timeout: Seconds that it may be open. Default: 60; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    async def kill(self, /, pid: int, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills a terminal with SIGKILL.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when there was none.
        """

    async def resize(
        self, /, pid: int, size: PtySize, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Changes the size of a terminal.

        Args:
            pid: Its process id in the sandbox.
            size: Its new size.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    async def send_stdin(
        self, /, pid: int, data: str | bytes, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Writes to a terminal, as if it were typed.

        Args:
            pid: Its process id in the sandbox.
            data: Text, sent as UTF-8, or bytes.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    def stream_input(
        self, /, pid: int, *, timeout: float | timedelta | None = None
    ) -> AsyncCommandInputHandle:
        """
        Opens a way into a terminal, by which input arrives in the order in which it was sent.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds that it stays open. Default: 60; 0 means without limit.
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

    async def _create_code_context(
        self,
        /,
        cwd: str | None = None,
        language: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> Context:
        """
        Creates a context: another kernel, whose code sees nothing of the others'.

        Args:
            cwd: Where it starts. Default: the user's home.
            language: Its language. Default: `python`.
            request_timeout: Seconds that it may take. Default: the connection's.

        Raises:
            InvalidArgumentException: There is no such directory, or no kernel for the language.
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

    async def _get_metrics(
        self,
        /,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        request_timeout: float | timedelta | None = None,
    ) -> builtins.list[SandboxMetrics]:
        """
        Gives what it used over time, the earliest first.

        Args:
            start: When the figures begin. Default: when it was created.
            end: When they end. Default: now.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _get_metrics_by_id(
        cls,
        /,
        sandbox_id: str,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> builtins.list[SandboxMetrics]:
        """
        Gives what a sandbox used over time, the earliest first.

        Args:
            sandbox_id: Its id.
            start: When the figures begin. Default: when it was created.
            end: When they end. Default: now.

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

    async def _list_code_contexts(
        self, /, request_timeout: float | timedelta | None = None
    ) -> builtins.list[Context]:
        """
        Lists the contexts, with the default ones.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
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

    async def _remove_code_context(
        self, /, context: Context | str, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Removes a context, and ends what runs in it.

        Args:
            context: The context, or its id.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such context.
        """

    async def _restart_code_context(
        self, /, context: Context | str, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Starts a context anew: what code left in it is gone, and what runs in it ends.

        Args:
            context: The context, or its id.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such context.
        """

    async def _run_code(
        self,
        /,
        code: str,
        language: str | None = None,
        context: Context | str | None = None,
        on_stdout: Callable[[OutputMessage], object] | None = None,
        on_stderr: Callable[[OutputMessage], object] | None = None,
        on_result: Callable[[Result], object] | None = None,
        on_error: Callable[[ExecutionError], object] | None = None,
        envs: Mapping[str, str] | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> Execution:
        """
        Runs code in a kernel, which keeps what it leaves there.

        An exception in the code is not raised: it is the `error` of what is returned. If the call
        ends before the code does, the code is interrupted, and its context can be used again.

        Args:
            code: The code.
            language: Its language, such as `python`, `javascript` or `bash`, in whose default
                context it runs. Default: `python`. Not together with `context`.
            context: The context to run it in, or the id of one. Default: that of the language.
            on_stdout: Called with each piece of standard output. While a callback runs, nothing more
                is taken; one that takes 30 s or longer may end the call with an error.
            on_stderr: Called with each piece of standard error.
            on_result: Called with each thing that the code displays, and with what it comes to.
            on_error: Called with the exception that the code ends with.
            envs: Environment variables of this run, beside those of the sandbox.
            timeout: Seconds that it may run. Default: 300; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            What the code wrote, displayed and came to.

        Raises:
            CommandTimeoutException: It ran for longer than `timeout`.
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            NotFoundException: There is no such context.
            PortClosedException: The sandbox was made from a template without kernels.
            SandboxUnreachableException: What the code does could not be followed to its end.
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

    async def _update_network(
        self, /, network: SandboxNetworkUpdate, *, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Sets anew what it may reach. What is not given is as if it had never been.

        Args:
            network: The new rules.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    async def _update_network_by_id(
        cls,
        /,
        sandbox_id: str,
        network: SandboxNetworkUpdate,
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
        Sets anew what a sandbox may reach. What is not given is as if it had never been.

        Args:
            sandbox_id: Its id.
            network: The new rules.

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
        network: SandboxNetworkOpts | None = None,
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
            template: The name of the template. Default: the `default_template` of the class, or
                where that is `None`, `base`.
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
            network: What it may reach, and what may reach it. Default: the provider's.

        Raises:
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            TemplateException: There is no such template.
            UnsupportedException: The provider cannot do what was asked for.
        """

    def download_url(
        self,
        /,
        path: str,
        user: str | None = None,
        use_signature_expiration: float | timedelta | None = None,
    ) -> str:
        """
        The URL to download a file from, by a GET.

        Args:
            path: Where the file is.
            user: The user to read it as. Default: the sandbox's default user.
            use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.

        Raises:
            InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
        """

    @property
    def files(self, /) -> AsyncFiles:
        """
        The files in it.
        """

    def get_host(self, /, port: int) -> str:
        """
        The host name that reaches a port of it from outside.
        """

    @property
    def git(self, /) -> AsyncGit:
        """
        The git repositories in it.
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
    def pty(self, /) -> AsyncPty:
        """
        The terminals in it.
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

    def upload_url(
        self,
        /,
        path: str | None = None,
        user: str | None = None,
        use_signature_expiration: float | timedelta | None = None,
    ) -> str:
        """
        The URL to upload a file to, by a POST of a form with the file in its field `file`.

        Args:
            path: Where the file is to be. Default: the file name that the form gives.
            user: The user to write it as. Default: the sandbox's default user.
            use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.

        Raises:
            InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
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
class AsyncWatchHandle:
    """
    A directory that is watched, for asyncio, until `stop`.
    """

    async def stop(self, /) -> None:
        """
        Ends the watch. When this returns, `on_exit` was called, unless it is a callback of the
        watch that stops it: then it is called after that.
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
        on_pty: Callable[[bytes], object] | None = None,
    ) -> CommandResult:
        """
        Waits for the command's end.

        Args:
            on_stdout: Called with each piece of standard output that was not taken yet.
            on_stderr: The same for standard error.
            on_pty: The same for the output of a terminal.

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
        *,
        retain_output: bool | None = None,
    ) -> CommandHandle:
        """
        Follows a command that runs already.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.
            retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
                texts of the result are `None`.

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

    def list(
        self, /, request_timeout: float | timedelta | None = None
    ) -> builtins.list[ProcessInfo]:
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
        *,
        retain_output: bool | None = None,
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
            retain_output: Whether its output is kept for its result. Default: yes. Otherwise both
                texts of the result are `None`.

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
        *,
        retain_output: bool | None = None,
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

    def stream_input(
        self, /, pid: int, data: Iterable[str | bytes], *, timeout: float | timedelta | None = None
    ) -> None:
        """
        Sends input to a command, each piece as the iterable yields it, and returns when all has
        arrived. It must have been started with `stdin=True`.

        Args:
            pid: Its process id in the sandbox.
            data: The pieces: text, sent as UTF-8, or bytes.
            timeout: Seconds that it may take. Default: 60; 0 means without limit.

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
class FileStreamReader:
    """
    The content of a file, piece by piece, each as it arrives.

    Leaving a `with` block ends the transfer, as `close` does.
    """

    def __enter__(self, /) -> Self: ...
    def __exit__(self, /, *_exception: "object") -> None:
        """
        Ends the transfer.
        """

    def __iter__(self, /) -> FileStreamReader: ...
    def __next__(self, /) -> bytes: ...
    def close(self, /) -> None:
        """
        Ends the transfer. Doing so again changes nothing.
        """

@final
class Files:
    """
    The files in a sandbox. Relative paths, and those that begin with `~`, start at the user's home.
    """

    def exists(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Whether there is anything at a path.

        Args:
            path: The path.
            user: The user to look as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    def get_info(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> EntryInfo:
        """
        Describes a file or a directory.

        Args:
            path: Its path.
            user: The user to look as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is nothing at the path.
        """

    def list(
        self,
        /,
        path: str,
        depth: int | None = None,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> builtins.list[EntryInfo]:
        """
        Lists a directory.

        Args:
            path: Its path.
            depth: How many levels of directories to go down, at least 1. Default: 1, which is the
                directory alone.
            user: The user to list it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is no such directory.
        """

    def make_dir(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> bool:
        """
        Makes a directory, and those above it.

        Args:
            path: Its path.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when it existed.
        """

    @overload
    def read(
        self,
        /,
        path: str,
        format: Literal["text"] | None = None,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> str:
        """
        Reads a file.

        Args:
            path: Its path.
            format: `text` for a `str`, what is not UTF-8 in it as U+FFFD; `bytes` for a
                `bytearray`; `stream` for an iterator of `bytes` that reads while they arrive.
            user: The user to read it as. Default: the sandbox's default user.
            request_timeout: Seconds that it may take, of a stream until its contents begin to come.
                Default: the connection's.
            gzip: Whether it travels compressed. Default: no.
            stream_idle_timeout: Seconds that nothing may come of a stream. Default: 60; 0 means
                without limit.

        Raises:
            FileNotFoundException: There is no such file.
            InvalidArgumentException: It is a directory.
        """

    @overload
    def read(
        self,
        /,
        path: str,
        format: Literal["bytes"],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> bytearray: ...
    @overload
    def read(
        self,
        /,
        path: str,
        format: Literal["stream"],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        stream_idle_timeout: float | timedelta | None = None,
    ) -> FileStreamReader: ...
    def remove(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> None:
        """
        Removes a file, or a directory with all that is in it. It may be gone already.

        Args:
            path: Its path.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

    def rename(
        self,
        /,
        old_path: str,
        new_path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> EntryInfo:
        """
        Moves a file or a directory, and makes the directories above its new path.

        Args:
            old_path: Where it is.
            new_path: Where it is to be. A file that is there is replaced.
            user: The user to do it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            FileNotFoundException: There is nothing at the old path.
        """

    def watch_dir(
        self,
        /,
        path: str,
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        recursive: bool | None = None,
        include_entry: bool | None = None,
        allow_network_mounts: bool | None = None,
    ) -> WatchHandle:
        """
        Watches a directory. What happens in it is kept until it is asked for.

        Args:
            path: Its path.
            user: The user to watch it as. Default: the sandbox's default user.
            request_timeout: Seconds that the request may take. Default: the connection's.
            recursive: Whether the directories in it are watched too. Default: no.
            include_entry: Whether events describe what they are about. Default: no.
            allow_network_mounts: Whether it may lie on a network mount, where events may be
                missing. Default: no.

        Raises:
            FileNotFoundException: There is no such directory.
            TemplateException: The sandbox's agent is too old for an option.
        """

    def write(
        self,
        /,
        path: str,
        data: str | bytes | IO[Any] | Iterable[bytes],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        use_octet_stream: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> WriteInfo:
        """
        Writes a file, and makes the directories above it. It is replaced as a whole, or not at all.

        Args:
            path: Its path.
            data: Text, written as UTF-8, or bytes; or a file or an iterable of bytes, which is read
                while it is sent. What that raises is raised, and nothing is written.
            user: The user to write it as, who owns it then. Default: the sandbox's default user.
            request_timeout: Seconds that it may take. Default: the connection's; for what is read
                while it is sent, without limit.
            gzip: Whether it travels compressed. Default: no.
            use_octet_stream: Whether it travels as it is, and not as a form. Default: where the
                sandbox's agent knows that.
            metadata: Names and values to store with it.

        Raises:
            NotEnoughSpaceException: There is no space left in the sandbox.
        """

    def write_files(
        self,
        /,
        files: Iterable[SyncWriteEntry],
        user: str | None = None,
        request_timeout: float | timedelta | None = None,
        gzip: bool | None = None,
        use_octet_stream: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> builtins.list[WriteInfo]:
        """
        Writes files, and makes the directories above them. Each is replaced as a whole, or not at
        all.

        Args:
            files: A dictionary with `path` and `data` for each of them, as `write` takes them.
            user: The user to write them as, who owns them then. Default: the sandbox's default user.
            request_timeout: Seconds that it may take. Default: the connection's; for what is read
                while it is sent, without limit.
            gzip: Whether they travel compressed. Default: no.
            use_octet_stream: Whether they travel as they are, and not as a form. Default: where the
                sandbox's agent knows that.
            metadata: Names and values to store with each of them.

        Raises:
            NotEnoughSpaceException: There is no space left in the sandbox.
        """

@final
class Git:
    """
    The git repositories in a sandbox. All is done by the program `git` in it.
    """

    def add(
        self,
        /,
        path: str,
        files: Iterable[str] | None = None,
        all: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Stages changes.

        Args:
            path: Where the repository is.
            files: The files whose changes are staged. Default: as `all` says.
            all: Whether all changes are staged where no files are named, or else those below
                `path`. Default: yes.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def branches(
        self,
        /,
        path: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> GitBranches:
        """
        Lists the branches.

        Args:
            path: Where the repository is.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def checkout_branch(
        self,
        /,
        path: str,
        branch: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Checks a branch out.

        Args:
            path: Where the repository is.
            branch: The branch.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def clone(
        self,
        /,
        url: str,
        path: str | None = None,
        branch: str | None = None,
        depth: int | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
        dangerously_store_credentials: bool | None = None,
    ) -> CommandResult:
        """
        Clones a repository.

        Args:
            url: Where it is.
            path: Where to put it. Default: its name, in `cwd`.
            branch: The branch to check out. Default: the one that the repository names.
            depth: How many commits to clone. Default: all.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept in the clone.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
            dangerously_store_credentials: Whether the clone keeps the credentials, where all who
                can read it can read them. Default: no.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
        """

    def commit(
        self,
        /,
        path: str,
        message: str,
        author_name: str | None = None,
        author_email: str | None = None,
        allow_empty: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Commits what is staged.

        Args:
            path: Where the repository is.
            message: What the commit says.
            author_name: Who made it. Default: as git is set up.
            author_email: The address of who made it. Default: as git is set up.
            allow_empty: Whether it may change nothing. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def configure_user(
        self,
        /,
        name: str,
        email: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Says who makes commits.

        Args:
            name: The name.
            email: The address.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def create_branch(
        self,
        /,
        path: str,
        branch: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Makes a branch and checks it out.

        Args:
            path: Where the repository is.
            branch: The branch.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def dangerously_authenticate(
        self,
        /,
        username: str,
        password: str,
        host: str | None = None,
        protocol: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Keeps credentials in the sandbox for git to use, where all that runs there can read them.

        Args:
            username: The name that goes with `password`.
            password: A password or a token.
            host: The host that they are for. Default: `github.com`.
            protocol: The protocol that they are for. Default: `https`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def delete_branch(
        self,
        /,
        path: str,
        branch: str,
        force: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Deletes a branch.

        Args:
            path: Where the repository is.
            branch: The branch.
            force: Whether to delete one that was not merged, too. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def get_config(
        self,
        /,
        key: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> str | None:
        """
        Reads a setting of git.

        Args:
            key: Its name, such as `pull.rebase`.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            Its value; `None` where it is not set.
        """

    def init(
        self,
        /,
        path: str,
        bare: bool | None = None,
        initial_branch: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Makes a repository.

        Args:
            path: Where.
            bare: Whether it has no files of its own. Default: no.
            initial_branch: The name of its first branch. Default: as git is set up.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def pull(
        self,
        /,
        path: str,
        remote: str | None = None,
        branch: str | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Pulls commits.

        Args:
            path: Where the repository is.
            remote: Where from. Default: the upstream of the branch.
            branch: The branch. Default: the upstream of the one that is checked out.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
            GitUpstreamException: The branch has no upstream, and none was named.
        """

    def push(
        self,
        /,
        path: str,
        remote: str | None = None,
        branch: str | None = None,
        set_upstream: bool | None = None,
        username: str | None = None,
        password: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Pushes commits.

        Args:
            path: Where the repository is.
            remote: Where to. Default: the only remote.
            branch: The branch. Default: the one that is checked out.
            set_upstream: Whether the branch remembers where it was pushed. Default: yes.
            username: The name that goes with `password`.
            password: A password or a token. It is not kept.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Raises:
            GitAuthException: The remote refuses the credentials, or wants some.
            GitUpstreamException: The branch has no upstream, and none was named.
        """

    def remote_add(
        self,
        /,
        path: str,
        name: str,
        url: str,
        fetch: bool | None = None,
        overwrite: bool | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Adds a remote.

        Args:
            path: Where the repository is.
            name: The name of the remote.
            url: Where it is.
            fetch: Whether to fetch from it at once. Default: no.
            overwrite: Whether to replace one of the same name. Default: no.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def remote_get(
        self,
        /,
        path: str,
        name: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> str | None:
        """
        Tells where a remote is.

        Args:
            path: Where the repository is.
            name: The name of the remote.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            Its URL; `None` where there is no such remote.
        """

    def reset(
        self,
        /,
        path: str,
        mode: str | None = None,
        target: str | None = None,
        paths: Iterable[str] | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Resets a repository, or some of its files, to a commit.

        Args:
            path: Where the repository is.
            mode: What it touches: `soft`, `mixed`, `hard`, `merge` or `keep`. Default: `mixed`.
            target: The commit. Default: the last.
            paths: The files to reset. Default: all.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def restore(
        self,
        /,
        path: str,
        paths: Iterable[str],
        staged: bool | None = None,
        worktree: bool | None = None,
        source: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Restores files.

        Args:
            path: Where the repository is.
            paths: The files.
            staged: Whether what is staged is restored. Default: no.
            worktree: Whether the files themselves are restored. Default: yes, unless `staged` is
                given.
            source: The commit to restore them from. Default: what is staged, or the last commit for
                what is staged itself.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def set_config(
        self,
        /,
        key: str,
        value: str,
        scope: str | None = None,
        path: str | None = None,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandResult:
        """
        Changes a setting of git.

        Args:
            key: Its name, such as `pull.rebase`.
            value: Its value.
            scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
            path: Where the repository is, for the scope `local`.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def status(
        self,
        /,
        path: str,
        envs: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> GitStatus:
        """
        Tells what was changed.

        Args:
            path: Where the repository is.
            envs: Environment variables for git.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            timeout: Seconds that it may run. Default: without limit, which 0 says too.
            request_timeout: Seconds that its start may take. Default: the connection's.
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

@final
class Pty:
    """
    The terminals in a sandbox.
    """

    def connect(
        self,
        /,
        pid: int,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandHandle:
        """
        Follows a terminal that is open already, from now on.

        Args:
            pid: Its process id in the sandbox.
            timeout: Seconds to follow it for. Default: 60; 0 means without limit.
            request_timeout: Seconds that the connecting may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    def create(
        self,
        /,
        size: PtySize,
        user: str | None = None,
        cwd: str | None = None,
        envs: Mapping[str, str] | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> CommandHandle:
        """
        Starts a login shell in a terminal of its own.

        Args:
            size: The size of the terminal.
            user: The user to run it as. Default: the sandbox's default user.
            cwd: Where to run it. Default: the user's home.
            envs: Environment variables beside those of the sandbox. Default for `TERM`:
                `xterm-256color`; for `LANG` and `LC_ALL`: `C.UTF-8`.
            timeout: Seconds that it may be open. Default: 60; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.
        """

    def kill(self, /, pid: int, request_timeout: float | timedelta | None = None) -> bool:
        """
        Kills a terminal with SIGKILL.

        Args:
            pid: Its process id in the sandbox.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Returns:
            False when there was none.
        """

    def resize(
        self, /, pid: int, size: PtySize, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Changes the size of a terminal.

        Args:
            pid: Its process id in the sandbox.
            size: Its new size.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    def send_stdin(
        self, /, pid: int, data: str | bytes, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Writes to a terminal, as if it were typed.

        Args:
            pid: Its process id in the sandbox.
            data: Text, sent as UTF-8, or bytes.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such terminal.
        """

    def stream_input(
        self, /, pid: int, data: Iterable[str | bytes], *, timeout: float | timedelta | None = None
    ) -> None:
        """
        Sends input to a terminal, each piece as the iterable yields it, and returns when all has
        arrived.

        Args:
            pid: Its process id in the sandbox.
            data: The pieces: text, sent as UTF-8, or bytes.
            timeout: Seconds that it may take. Default: 60; 0 means without limit.

        Raises:
            NotFoundException: There is no such terminal.
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

    def _create_code_context(
        self,
        /,
        cwd: str | None = None,
        language: str | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> Context:
        """
        Creates a context: another kernel, whose code sees nothing of the others'.

        Args:
            cwd: Where it starts. Default: the user's home.
            language: Its language. Default: `python`.
            request_timeout: Seconds that it may take. Default: the connection's.

        Raises:
            InvalidArgumentException: There is no such directory, or no kernel for the language.
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

    def _get_metrics(
        self,
        /,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        request_timeout: float | timedelta | None = None,
    ) -> builtins.list[SandboxMetrics]:
        """
        Gives what it used over time, the earliest first.

        Args:
            start: When the figures begin. Default: when it was created.
            end: When they end. Default: now.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _get_metrics_by_id(
        cls,
        /,
        sandbox_id: str,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        api_key: str | None = None,
        domain: str | None = None,
        api_url: str | None = None,
        sandbox_url: str | None = None,
        request_timeout: float | timedelta | None = None,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        provider: str | None = None,
    ) -> builtins.list[SandboxMetrics]:
        """
        Gives what a sandbox used over time, the earliest first.

        Args:
            sandbox_id: Its id.
            start: When the figures begin. Default: when it was created.
            end: When they end. Default: now.

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

    def _list_code_contexts(
        self, /, request_timeout: float | timedelta | None = None
    ) -> builtins.list[Context]:
        """
        Lists the contexts, with the default ones.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
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

    def _remove_code_context(
        self, /, context: Context | str, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Removes a context, and ends what runs in it.

        Args:
            context: The context, or its id.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such context.
        """

    def _restart_code_context(
        self, /, context: Context | str, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Starts a context anew: what code left in it is gone, and what runs in it ends.

        Args:
            context: The context, or its id.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            NotFoundException: There is no such context.
        """

    def _run_code(
        self,
        /,
        code: str,
        language: str | None = None,
        context: Context | str | None = None,
        on_stdout: Callable[[OutputMessage], object] | None = None,
        on_stderr: Callable[[OutputMessage], object] | None = None,
        on_result: Callable[[Result], object] | None = None,
        on_error: Callable[[ExecutionError], object] | None = None,
        envs: Mapping[str, str] | None = None,
        timeout: float | timedelta | None = None,
        request_timeout: float | timedelta | None = None,
    ) -> Execution:
        """
        Runs code in a kernel, which keeps what it leaves there.

        An exception in the code is not raised: it is the `error` of what is returned. If the call
        ends before the code does, the code is interrupted, and its context can be used again.

        Args:
            code: The code.
            language: Its language, such as `python`, `javascript` or `bash`, in whose default
                context it runs. Default: `python`. Not together with `context`.
            context: The context to run it in, or the id of one. Default: that of the language.
            on_stdout: Called with each piece of standard output. While a callback runs, nothing more
                is taken; one that takes 30 s or longer may end the call with an error.
            on_stderr: Called with each piece of standard error.
            on_result: Called with each thing that the code displays, and with what it comes to.
            on_error: Called with the exception that the code ends with.
            envs: Environment variables of this run, beside those of the sandbox.
            timeout: Seconds that it may run. Default: 300; 0 means without limit.
            request_timeout: Seconds that its start may take. Default: the connection's.

        Returns:
            What the code wrote, displayed and came to.

        Raises:
            CommandTimeoutException: It ran for longer than `timeout`.
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            NotFoundException: There is no such context.
            PortClosedException: The sandbox was made from a template without kernels.
            SandboxUnreachableException: What the code does could not be followed to its end.
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

    def _update_network(
        self, /, network: SandboxNetworkUpdate, *, request_timeout: float | timedelta | None = None
    ) -> None:
        """
        Sets anew what it may reach. What is not given is as if it had never been.

        Args:
            network: The new rules.
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxNotFoundException: It is gone already.
        """

    @classmethod
    def _update_network_by_id(
        cls,
        /,
        sandbox_id: str,
        network: SandboxNetworkUpdate,
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
        Sets anew what a sandbox may reach. What is not given is as if it had never been.

        Args:
            sandbox_id: Its id.
            network: The new rules.

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
        network: SandboxNetworkOpts | None = None,
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
            template: The name of the template. Default: the `default_template` of the class, or
                where that is `None`, `base`.
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
            network: What it may reach, and what may reach it. Default: the provider's.

        Raises:
            InvalidArgumentException: An argument is wrong, or does not fit to another one.
            TemplateException: There is no such template.
            UnsupportedException: The provider cannot do what was asked for.
        """

    def download_url(
        self,
        /,
        path: str,
        user: str | None = None,
        use_signature_expiration: float | timedelta | None = None,
    ) -> str:
        """
        The URL to download a file from, by a GET.

        Args:
            path: Where the file is.
            user: The user to read it as. Default: the sandbox's default user.
            use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.

        Raises:
            InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
        """

    @property
    def files(self, /) -> Files:
        """
        The files in it.
        """

    def get_host(self, /, port: int) -> str:
        """
        The host name that reaches a port of it from outside.
        """

    @property
    def git(self, /) -> Git:
        """
        The git repositories in it.
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
    def pty(self, /) -> Pty:
        """
        The terminals in it.
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

    def upload_url(
        self,
        /,
        path: str | None = None,
        user: str | None = None,
        use_signature_expiration: float | timedelta | None = None,
    ) -> str:
        """
        The URL to upload a file to, by a POST of a form with the file in its field `file`.

        Args:
            path: Where the file is to be. Default: the file name that the form gives.
            user: The user to write it as. Default: the sandbox's default user.
            use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.

        Raises:
            InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
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

@final
class WatchHandle:
    """
    A directory that is watched until `stop`.
    """

    def get_new_events(
        self, /, request_timeout: float | timedelta | None = None
    ) -> list[FilesystemEvent]:
        """
        Gives what happened since the last call, or since the beginning of the watch.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.

        Raises:
            SandboxException: It was stopped.
        """

    def stop(self, /, request_timeout: float | timedelta | None = None) -> None:
        """
        Ends the watch.

        Args:
            request_timeout: Seconds that the request may take. Default: the connection's.
        """

def describe_lifetime(lifetime: "SandboxLifetime") -> str:
    """
    Tells what ends a sandbox and when, in one line: what `str` gives for a `SandboxLifetime`.
    """

def list_error_codes() -> list[str]:
    """
    The stable names of all kinds of errors: one exception class has each of them as its `code`.

    Where a source of the caller's fails, its own exception is raised.
    """

def set_bundled_program(path: str | PathLike[str]) -> None:
    """
    Tells where the package keeps the `sandspan` program that comes with it.
    """
