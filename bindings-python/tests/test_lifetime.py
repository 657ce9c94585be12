"""What ends a sandbox and when: as an object, and as a line."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from datetime import datetime, timedelta, timezone

import pytest

from sandspan import (
    EndReason,
    Sandbox,
    SandboxActivity,
    SandboxLifetime,
    SandboxNotFoundException,
    SandboxState,
)

NOON = datetime(2126, 1, 1, 12, tzinfo=timezone.utc)
LIFETIME = SandboxLifetime(
    sandbox_id="isb1",
    state=SandboxState.RUNNING,
    ends_at=NOON,
    deadline=NOON + timedelta(minutes=5),
    latest_deadline=None,
    cap=3600.0,
    idle_timeout=60.0,
    idle_deadline=NOON,
    idle_counts_processes=False,
    last_activity=SandboxActivity(NOON - timedelta(minutes=1), "request", 8000),
    on_timeout="kill",
    auto_resume=False,
    enforced_by="server",
    rule="The rule.",
)


def test_its_representation_has_every_field() -> None:
    assert repr(LIFETIME) == (
        "SandboxLifetime(sandbox_id='isb1', state=<SandboxState.RUNNING: 'running'>, "
        "ends_at=datetime.datetime(2126, 1, 1, 12, 0, tzinfo=datetime.timezone.utc), "
        "deadline=datetime.datetime(2126, 1, 1, 12, 5, tzinfo=datetime.timezone.utc), "
        "latest_deadline=None, cap=3600.0, idle_timeout=60.0, "
        "idle_deadline=datetime.datetime(2126, 1, 1, 12, 0, tzinfo=datetime.timezone.utc), "
        "idle_counts_processes=False, last_activity=SandboxActivity("
        "at=datetime.datetime(2126, 1, 1, 11, 59, tzinfo=datetime.timezone.utc), kind='request', "
        "port=8000), on_timeout='kill', auto_resume=False, enforced_by='server', rule='The rule.')"
    )


def test_it_is_a_line_for_people() -> None:
    assert re.fullmatch(
        r"isb1 is running; it is killed at 2126-01-01 12:05:00 UTC, in \d+ d( \d+ h)?, or in \d+ d"
        r"( \d+ h)? if it stays idle \(idle timeout 1 min, last used .*: request on port 8000\); "
        r"enforced by the server",
        str(LIFETIME),
    )
    leased = dataclasses.replace(LIFETIME, enforced_by="lease", on_timeout="pause")
    assert " paused at " in f"{leased}"
    assert f"{leased}".endswith("enforced by a lease of its client")


def test_a_line_that_cannot_be_is_an_error() -> None:
    wrong = copy.copy(LIFETIME)
    wrong.enforced_by = "nobody"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="nobody"):
        str(wrong)


def test_it_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(LIFETIME)) == LIFETIME


def test_it_is_told_of_a_sandbox(sandbox: Sandbox) -> None:
    lifetime = sandbox.get_lifetime()
    assert lifetime.sandbox_id == sandbox.sandbox_id
    assert lifetime.state is SandboxState.RUNNING
    assert lifetime.deadline is not None
    assert lifetime.ends_at == lifetime.deadline
    assert lifetime.deadline.tzinfo is timezone.utc
    assert isinstance(lifetime.cap, float)
    assert lifetime.idle_timeout is None
    assert isinstance(lifetime.last_activity, SandboxActivity)
    assert lifetime.enforced_by == "server"
    assert str(lifetime).startswith(f"{sandbox.sandbox_id} is running; it is killed at ")
    by_id = Sandbox.get_lifetime(sandbox.sandbox_id)
    assert by_id.deadline == lifetime.deadline


def test_an_idle_timeout_is_told_in_seconds() -> None:
    with Sandbox.create(timeout=300, idle_timeout=timedelta(minutes=1)) as sandbox:
        lifetime = sandbox.get_lifetime()
        assert lifetime.idle_timeout == 60.0
        assert lifetime.ends_at == lifetime.idle_deadline


def test_what_is_not_there_has_no_lifetime() -> None:
    with pytest.raises(SandboxNotFoundException):
        Sandbox.get_lifetime("isb1")


def test_reasons_are_text() -> None:
    assert list(EndReason) == ["killed", "expired", "idle", "paused", "lost"]
    assert EndReason("idle") is EndReason.IDLE
