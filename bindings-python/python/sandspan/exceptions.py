"""What this package raises: one class for each thing that a caller handles differently.

The names, and which class is under which, are those that code for the hosted services already
catches. `code` is the stable name of an error, the same in every language.
"""

from __future__ import annotations

from sandspan._dataclass import dataclass
from sandspan.models import CommandResult


class SandboxException(Exception):
    """Something went wrong with a sandbox, or in one."""

    code: str = "UNEXPECTED"
    """The stable name of the error."""
    status_code: int | None = None
    """The HTTP status of the answer, if there was one."""

    def __init__(self, *args: object, status_code: int | None = None) -> None:
        super().__init__(*args)
        if status_code is not None:
            self.status_code = status_code


class InvalidArgumentException(SandboxException):
    """An argument is wrong."""

    code = "INVALID_ARGUMENT"


class NotEnoughSpaceException(SandboxException):
    """There is no space left in the sandbox."""

    code = "NOT_ENOUGH_SPACE"


class TemplateException(SandboxException):
    """There is no such template, or it does not fit."""

    code = "TEMPLATE"


class RateLimitException(SandboxException):
    """There were too many requests or sandboxes."""

    code = "RATE_LIMITED"
    status_code = 429


class UnsupportedException(SandboxException):
    """The provider cannot do this. The message says what to use instead."""

    code = "UNSUPPORTED"


class LocalRuntimeException(SandboxException):
    """The local runtime cannot start or cannot isolate on this machine. The message says why."""

    code = "LOCAL_RUNTIME"


class NotFoundException(SandboxException):
    """There is no such thing in the sandbox, such as a process."""

    code = "NOT_FOUND"


class FileNotFoundException(NotFoundException):
    """There is no such file or directory in the sandbox."""

    code = "FILE_NOT_FOUND"


class SandboxNotFoundException(NotFoundException):
    """There is no such sandbox."""

    code = "SANDBOX_NOT_FOUND"


class TimeoutException(SandboxException):
    """Something took too long, or the sandbox is not there to answer."""


class RequestTimeoutException(TimeoutException):
    """A request took longer than `request_timeout`."""

    code = "REQUEST_TIMEOUT"


class CommandTimeoutException(TimeoutException):
    """A command ran for longer than its `timeout`."""

    code = "COMMAND_TIMEOUT"


class SandboxNotRunningException(TimeoutException):
    """The sandbox does not run any more. Where it is known why, one of the subclasses is raised."""

    code = "NOT_RUNNING"


class SandboxExpiredException(SandboxNotRunningException):
    """The sandbox reached its end of life."""

    code = "EXPIRED"


class SandboxKilledException(SandboxNotRunningException):
    """The sandbox was killed."""

    code = "KILLED"


class SandboxPausedException(SandboxNotRunningException):
    """The sandbox is paused: `connect` resumes it."""

    code = "PAUSED"


class SandboxUnreachableException(TimeoutException):
    """The service or the sandbox could not be reached, or the connection to it broke."""

    code = "UNREACHABLE"


class PortClosedException(SandboxUnreachableException):
    """The sandbox runs, and nothing in it listens on the port."""

    code = "PORT_CLOSED"


class GitUpstreamException(SandboxException):
    """A branch has no upstream to push to or to pull from, and none was named."""

    code = "GIT_UPSTREAM"


@dataclass
class CommandExitException(SandboxException, CommandResult):
    """A command ended with another exit code than 0. The exception is its result, too."""

    code = "COMMAND_EXIT"

    def __str__(self) -> str:
        return f"Command exited with code {self.exit_code} and error:\n{self.stderr}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.stderr, self.stdout, self.exit_code, self.error)


class AuthenticationException(Exception):
    """The key or a token is missing or wrong."""

    code: str = "UNAUTHENTICATED"
    """The stable name of the error."""
    status_code: int | None = None
    """The HTTP status of the answer, if there was one."""


class GitAuthException(AuthenticationException):
    """A git remote refuses the credentials, or wants some."""

    code = "GIT_AUTH"


class ServiceBusyException(Exception):
    """The service is too busy at the moment and changed nothing: the call can be repeated."""

    code: str = "BUSY"
    """The stable name of the error."""
    status_code: int | None = 503
    """The HTTP status of the answer."""
