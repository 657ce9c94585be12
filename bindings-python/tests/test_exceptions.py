"""The exceptions: their names, what is under what, and that there is one for each kind of error."""

from __future__ import annotations

import pickle

import pytest

import sandspan
from sandspan import exceptions
from sandspan._native import list_error_codes

CLASSES: list[type[Exception]] = [
    value
    for value in vars(exceptions).values()
    if isinstance(value, type) and issubclass(value, Exception)
]


@pytest.mark.parametrize("code", list_error_codes())
def test_each_kind_of_error_has_one_class(code: str) -> None:
    assert len([cls for cls in CLASSES if vars(cls).get("code") == code]) == 1


def test_each_code_is_that_of_a_kind() -> None:
    codes = {vars(cls)["code"] for cls in CLASSES if "code" in vars(cls)}
    assert codes == set(list_error_codes())


def test_all_are_exported() -> None:
    assert {cls.__name__ for cls in CLASSES} <= set(sandspan.__all__)


@pytest.mark.parametrize(
    ("cls", "base"),
    [
        (sandspan.TimeoutException, sandspan.SandboxException),
        (sandspan.SandboxNotRunningException, sandspan.TimeoutException),
        (sandspan.SandboxExpiredException, sandspan.SandboxNotRunningException),
        (sandspan.SandboxKilledException, sandspan.SandboxNotRunningException),
        (sandspan.SandboxPausedException, sandspan.SandboxNotRunningException),
        (sandspan.SandboxUnreachableException, sandspan.TimeoutException),
        (sandspan.PortClosedException, sandspan.SandboxUnreachableException),
        (sandspan.InvalidArgumentException, sandspan.SandboxException),
        (sandspan.NotEnoughSpaceException, sandspan.SandboxException),
        (sandspan.NotFoundException, sandspan.SandboxException),
        (sandspan.FileNotFoundException, sandspan.NotFoundException),
        (sandspan.SandboxNotFoundException, sandspan.NotFoundException),
        (sandspan.TemplateException, sandspan.SandboxException),
        (sandspan.RateLimitException, sandspan.SandboxException),
        (sandspan.CommandExitException, sandspan.SandboxException),
        (sandspan.UnsupportedException, sandspan.SandboxException),
        (sandspan.LocalRuntimeException, sandspan.SandboxException),
        (sandspan.AuthenticationException, Exception),
        (sandspan.ServiceBusyException, Exception),
    ],
)
def test_what_is_under_what(cls: type[Exception], base: type[Exception]) -> None:
    assert cls.__bases__[0] is base


def test_statuses_that_are_part_of_a_class() -> None:
    assert sandspan.SandboxException().status_code is None
    assert sandspan.SandboxException("text", status_code=404).status_code == 404
    assert sandspan.RateLimitException("text").status_code == 429
    assert sandspan.ServiceBusyException("text").status_code == 503


def test_a_failed_command_is_its_own_result() -> None:
    error = sandspan.CommandExitException(
        stderr="boom", stdout="o", exit_code=3, error="exit status 3"
    )
    assert repr(error) == (
        "CommandExitException(stderr='boom', stdout='o', exit_code=3, error='exit status 3')"
    )
    assert str(error) == "Command exited with code 3 and error:\nboom"
    assert error.args == ()
    assert isinstance(error, sandspan.CommandResult)
    assert repr(pickle.loads(pickle.dumps(error))) == repr(error)
