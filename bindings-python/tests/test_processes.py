"""Forked children and threads use the same sandboxes."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandspan import Sandbox

# Python warns of every fork in a process with threads. That it works here is what is tested.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def say_hello(sandbox: Sandbox) -> str:
    return sandbox.commands.run("echo hello").stdout


def exit_with(sandbox: Sandbox) -> None:
    assert say_hello(sandbox) == "hello\n"
    assert Sandbox.get_info(sandbox.sandbox_id).sandbox_id == sandbox.sandbox_id


def test_a_forked_child_works(sandbox: Sandbox) -> None:
    say_hello(sandbox)
    child = os.fork()
    if child == 0:
        os._exit(0 if say_hello(sandbox) == "hello\n" else 1)
    assert os.waitpid(child, 0) == (child, 0)
    assert say_hello(sandbox) == "hello\n"


def test_a_forked_worker_works(sandbox: Sandbox) -> None:
    say_hello(sandbox)
    worker = multiprocessing.get_context("fork").Process(target=exit_with, args=(sandbox,))
    worker.start()
    worker.join()
    assert worker.exitcode == 0


def test_threads_do_not_wait_for_each_other(sandbox: Sandbox) -> None:
    def run(number: int) -> str:
        return sandbox.commands.run(f"sleep 0.5; echo {number}").stdout

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(run, range(8))) == [f"{number}\n" for number in range(8)]
