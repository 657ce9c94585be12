"""What the package returns looks and behaves as people who come from the hosted services expect."""

from __future__ import annotations

import dataclasses
import pickle
from datetime import datetime, timezone

import pytest

from sandspan import CommandResult, SandboxInfo, SandboxQuery, SandboxState
from sandspan.models import SandboxOnTimeout

RESULT = CommandResult(stderr="", stdout="hello\n", exit_code=0, error=None)


def info() -> SandboxInfo:
    return SandboxInfo(
        sandbox_id="isb1",
        sandbox_domain=None,
        template_id="base",
        name="base",
        metadata={"a": "b"},
        started_at=datetime(2026, 1, 1, 0, 0, 0, 123000, tzinfo=timezone.utc),
        end_at=datetime(2026, 1, 1, 0, 5, tzinfo=timezone.utc),
        state=SandboxState.RUNNING,
        cpu_count=2,
        memory_mb=512,
        envd_version="0.6.7",
        allow_internet_access=None,
        network={"allow_public_traffic": True},
        lifecycle={"on_timeout": SandboxOnTimeout.KILL, "auto_resume": False},
        volume_mounts=[],
    )


def test_repr_of_a_result() -> None:
    text = "CommandResult(stderr='', stdout='hello\\n', exit_code=0, error=None)"
    assert repr(RESULT) == text


def test_repr_of_an_info() -> None:
    assert repr(info()) == (
        "SandboxInfo(sandbox_id='isb1', sandbox_domain=None, template_id='base', name='base', "
        "metadata={'a': 'b'}, started_at=datetime.datetime(2026, 1, 1, 0, 0, 0, 123000, "
        "tzinfo=datetime.timezone.utc), end_at=datetime.datetime(2026, 1, 1, 0, 5, "
        "tzinfo=datetime.timezone.utc), state=<SandboxState.RUNNING: 'running'>, cpu_count=2, "
        "memory_mb=512, envd_version='0.6.7', allow_internet_access=None, "
        "network={'allow_public_traffic': True}, lifecycle={'on_timeout': "
        "<SandboxOnTimeout.KILL: 'kill'>, 'auto_resume': False}, volume_mounts=[], "
        "envd_unresponsive_at_pause=None)"
    )


def test_values_are_positional_and_compared() -> None:
    assert CommandResult("", "hello\n", 0, None) == RESULT
    assert CommandResult("", "hello\n", 1, None) != RESULT


def test_a_missing_or_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="missing 3 required positional arguments"):
        CommandResult("")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'unknown'"):
        SandboxQuery(unknown=1)  # type: ignore[call-arg]


def test_they_match_patterns() -> None:
    match RESULT:
        case CommandResult(_, stdout, 0):
            assert stdout == "hello\n"
        case _:
            pytest.fail("the pattern does not match")


def test_the_tools_of_dataclasses_work() -> None:
    assert dataclasses.is_dataclass(SandboxQuery)
    assert dataclasses.asdict(RESULT) == {
        "stderr": "",
        "stdout": "hello\n",
        "exit_code": 0,
        "error": None,
    }
    assert dataclasses.replace(RESULT, exit_code=3).exit_code == 3
    assert [field.name for field in dataclasses.fields(info())][:2] == [
        "sandbox_id",
        "sandbox_domain",
    ]


def test_a_dataclass_can_extend_one() -> None:
    @dataclasses.dataclass
    class Timed(CommandResult):
        seconds: float = 0.0

    assert repr(Timed("", "", 0, None, 1.5)).endswith(
        "Timed(stderr='', stdout='', exit_code=0, error=None, seconds=1.5)"
    )


def test_they_are_pickled() -> None:
    assert pickle.loads(pickle.dumps(info())) == info()


def test_states_are_text() -> None:
    assert list(SandboxState) == ["paused", "running"]
    assert SandboxState("running") is SandboxState.RUNNING


def test_an_unknown_state_is_kept() -> None:
    state = SandboxState("snapshotting")
    assert state == "snapshotting"
    assert repr(state) == "<SandboxState.SNAPSHOTTING: 'snapshotting'>"
    with pytest.raises(ValueError, match="is not a valid SandboxState"):
        SandboxState(1)
