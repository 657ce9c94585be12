"""What is to happen when a sandbox's time is over is checked before a server is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from sandspan import AsyncSandbox, InvalidArgumentException, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandspan import SandboxOnTimeout

FILESYSTEM_RESUMES = (
    "auto_resume: True is not a valid value with mode: 'filesystem' - a filesystem-only snapshot "
    "cannot be auto-resumed by traffic and must be resumed explicitly using Sandbox.connect()."
)
RESUMES_WITHOUT_PAUSE = "auto_resume can only be True when on_timeout action is 'pause'."
ONLY_WHEN_PAUSED = "mode is only allowed when on_timeout action is 'pause'."
TWO_MODES = 'Pass either on_timeout["mode"] or the deprecated keep_memory, not both.'


def pause(**options: object) -> dict[str, object]:
    return {"on_timeout": {"action": "pause", **options}}


WRONG_LIFECYCLES: list[tuple[object, str]] = [
    ({"on_timeout": "stop"}, "on_timeout must be one of: pause, kill (got 'stop')."),
    ({"on_timeout": ""}, "on_timeout must be one of: pause, kill (got '')."),
    ({"on_timeout": 5}, "on_timeout must be one of: pause, kill (got 5)."),
    (
        {"on_timeout": {"action": "stop"}},
        "on_timeout[\"action\"] must be one of: pause, kill (got 'stop').",
    ),
    ({"on_timeout": {}}, 'on_timeout["action"] must be one of: pause, kill (got None).'),
    ({"on_timeout": {"action": "kill", "mode": "full"}}, ONLY_WHEN_PAUSED),
    ({"on_timeout": {"action": "kill", "keep_memory": None}}, ONLY_WHEN_PAUSED),
    (
        pause(mode="memory"),
        "on_timeout[\"mode\"] must be one of: full, filesystem (got 'memory').",
    ),
    (pause(mode="full", keep_memory=True), TWO_MODES),
    (pause(keep_memory="no"), "keep_memory must be True or False, got str"),
    ({"on_timeout": "pause", "auto_resume": "no"}, "auto_resume must be True or False, got str"),
    ({"auto_resume": True}, RESUMES_WITHOUT_PAUSE),
    ({"on_timeout": "kill", "auto_resume": True}, RESUMES_WITHOUT_PAUSE),
    ({**pause(mode="filesystem"), "auto_resume": True}, FILESYSTEM_RESUMES),
    ({**pause(keep_memory=False), "auto_resume": True}, FILESYSTEM_RESUMES),
    (
        {"onTimeout": "pause"},
        "lifecycle has the unknown key 'onTimeout': it takes on_timeout, auto_resume",
    ),
    (
        pause(keepMemory=True),
        "on_timeout has the unknown key 'keepMemory': it takes action, mode, keep_memory",
    ),
    ("pause", "lifecycle must be a dictionary, got str"),
    ([], "lifecycle must be a dictionary, got list"),
]


@pytest.mark.parametrize(("lifecycle", "text"), WRONG_LIFECYCLES)
def test_a_wrong_lifecycle_is_refused(lifecycle: object, text: str) -> None:
    arguments: dict[str, Any] = {"lifecycle": lifecycle}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == text
    with pytest.raises(InvalidArgumentException) as raised:
        asyncio.run(AsyncSandbox.create(**arguments))
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"idle_timeout": "abc"}, "idle_timeout must be a number of seconds, got 'abc'"),
        ({"idle_timeout": True}, "idle_timeout must be a number of seconds, got True"),
        ({"idle_timeout": -1}, "Invalid idle_timeout=-1 (seconds): it is negative"),
        ({"idle_counts_processes": 1}, "idle_counts_processes must be True or False, got int"),
        ({"auto_pause": "no"}, "auto_pause must be True or False, got str"),
        (
            {"auto_pause": True, "lifecycle": {"on_timeout": "kill"}},
            "auto_pause=True and an on_timeout of 'kill' contradict each other: give one of them",
        ),
        (
            {"idle_timeout": 45, "metadata": {"idle_timeout": "60"}},
            (
                'idle_timeout is 45 s and metadata idle_timeout is "60": give one of them, or the '
                "same in both"
            ),
        ),
    ],
)
def test_wrong_options_are_refused(arguments: dict[str, Any], text: str) -> None:
    for create in (Sandbox.create, Sandbox.beta_create):
        with pytest.raises(InvalidArgumentException) as raised:
            create(**arguments)
        assert str(raised.value) == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"mode": "memory"}, "mode must be one of: full, filesystem (got 'memory')."),
        ({"mode": 5}, "mode must be one of: full, filesystem (got 5)."),
        (
            {"mode": "full", "keep_memory": True},
            "Pass either mode or the deprecated keep_memory, not both.",
        ),
        ({"keep_memory": "no"}, "keep_memory must be True or False, got str"),
    ],
)
def test_how_to_pause_is_said_once(sandbox: Sandbox, arguments: dict[str, Any], text: str) -> None:
    calls: list[Callable[[], bool]] = [
        lambda: sandbox.pause(**arguments),
        lambda: sandbox.beta_pause(**arguments),
        lambda: Sandbox.pause("isb1", **arguments),
        lambda: asyncio.run(AsyncSandbox.pause("isb1", **arguments)),
    ]
    for refused in calls:
        with pytest.raises(InvalidArgumentException) as raised:
            refused()
        assert str(raised.value) == text


def test_what_makes_sense_is_taken() -> None:
    class Mine(Sandbox):
        pass

    with Mine.beta_create(auto_pause=True, lifecycle={"auto_resume": True}) as mine:
        assert type(mine) is Mine
        lifetime = mine.get_lifetime()
        assert (lifetime.on_timeout, lifetime.auto_resume) == ("pause", True)
    pauses: SandboxOnTimeout = {"action": "pause", "mode": "filesystem"}
    with Sandbox.create(lifecycle={"on_timeout": pauses, "auto_resume": None}) as sandbox:
        assert sandbox.get_lifetime().on_timeout == "pause"
