"""Contexts of code and what lives in them, with the published clients for Python, unmodified."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from interpreters import (
    DERIVED,
    Interpreter,
    error_of,
    needs_deno,
    only_newest,
    printed,
)


def test_state_between_runs(shared: Any) -> None:
    assert shared.run_code("kept = 1; kept").text == "1"
    execution = shared.run_code("kept += 1\nkept")
    assert execution.text == "2"
    assert execution.execution_count == shared.run_code("").execution_count - 1


def test_contexts_are_apart(shared: Any) -> None:
    first, second = shared.create_code_context(), shared.create_code_context()
    assert first.id != second.id
    assert (first.language, first.cwd) == ("python", "/home/user")
    shared.run_code("only_here = 'first'", context=first)
    assert shared.run_code("only_here", context=first).text == "first"
    for execution in (shared.run_code("only_here", context=second), shared.run_code("only_here")):
        assert error_of(execution) == ("NameError", "name 'only_here' is not defined")
    ids = {context.id for context in shared.list_code_contexts()}
    assert {first.id, second.id} < ids
    for context in (first, second):
        shared.remove_code_context(context)
    assert ids - {context.id for context in shared.list_code_contexts()} == {first.id, second.id}


def test_a_default_context_is_listed(shared: Any) -> None:
    assert "python" in [context.language for context in shared.list_code_contexts()]


def test_a_restart(shared: Any) -> None:
    context = shared.create_code_context(cwd="/tmp")
    shared.run_code("gone = 1", context=context)
    shared.restart_code_context(context)
    assert error_of(shared.run_code("gone", context=context))[0] == "NameError"
    assert printed(shared.run_code("import os; print(os.getcwd())", context=context)) == "/tmp\n"
    shared.remove_code_context(context.id)


def test_where_it_runs(shared: Any) -> None:
    where = "import os; print(os.getcwd())"
    assert printed(shared.run_code(where)) == "/home/user\n"
    shared.files.make_dir("project")
    context = shared.create_code_context(cwd="/home/user/project")
    assert context.cwd == "/home/user/project"
    assert printed(shared.run_code(where, context=context)) == "/home/user/project\n"
    shared.run_code("open('note', 'w').write('hello')", context=context)
    assert shared.files.read("project/note") == "hello"
    shared.remove_code_context(context)


def test_a_context_that_is_not_there(client: Interpreter, shared: Any) -> None:
    context = shared.create_code_context()
    shared.remove_code_context(context)
    calls = [
        lambda: shared.run_code("1", context=context),
        lambda: shared.restart_code_context(context),
        lambda: shared.remove_code_context(context),
    ]
    for call in calls:
        with pytest.raises(client.NotFoundException, match=f"Context {context.id} not found"):
            call()


def test_a_language_that_is_not_there(client: Interpreter, shared: Any) -> None:
    with pytest.raises(client.SandboxException, match="klingon"):
        shared.run_code("nuqneH", language="klingon")
    with pytest.raises(client.SandboxException, match="klingon"):
        shared.create_code_context(language="klingon")


def test_both_language_and_context(client: Interpreter, shared: Any) -> None:
    (context, *_) = shared.list_code_contexts()
    with pytest.raises(client.InvalidArgumentException, match="context or language"):
        shared.run_code("1", context=context, language="python")


def test_variables_of_the_environment(client: Interpreter) -> None:
    show = "import os; print(os.getenv('OF_SANDBOX'), os.getenv('OF_RUN'))"
    sandbox = client.create(timeout=60, envs={"OF_SANDBOX": "sandbox"})
    try:
        assert printed(sandbox.run_code(show)) == "sandbox None\n"
        envs = {"OF_SANDBOX": "run", "OF_RUN": "ünd 'so' \"weiter\""}
        assert printed(sandbox.run_code(show, envs=envs)) == "run ünd 'so' \"weiter\"\n"
        assert printed(sandbox.run_code(show)) == "sandbox None\n"
        assert error_of(sandbox.run_code("1 / 0", envs=envs))[0] == "ZeroDivisionError"
        assert printed(sandbox.run_code(show)) == "sandbox None\n"
    finally:
        sandbox.kill()


def test_one_after_the_other_in_a_context(shared: Any) -> None:
    code = "import time; began = time.time(); time.sleep(0.2); print(began, time.time())"
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(shared.run_code, code) for _ in range(3)]
        spans = sorted(printed(run.result()).split() for run in runs)
    for (_, end), (begin, _) in pairwise(spans):
        assert float(end) <= float(begin)


def test_many_contexts_at_once(client: Interpreter, shared: Any) -> None:
    # As a kernel takes a while to start, not every client makes the most that is promised.
    how_many = 20 if client.is_asyncio and client.package not in DERIVED else 3
    with ThreadPoolExecutor(how_many) as pool:
        made = [pool.submit(shared.create_code_context) for _ in range(how_many)]
        contexts = [context.result() for context in made]
        for code in ("number = {}", "print(number)"):
            runs = [
                pool.submit(shared.run_code, code.format(number), context=context)
                for number, context in enumerate(contexts)
            ]
            texts = [printed(run.result()) for run in runs]
        assert texts == [f"{number}\n" for number in range(how_many)]
        for removal in [pool.submit(shared.remove_code_context, it) for it in contexts]:
            removal.result()


@needs_deno
def test_javascript(shared: Any) -> None:
    execution = shared.run_code("console.log('out'); console.error('err')", language="js")
    assert printed(execution) == "out\n"
    assert "".join(execution.logs.stderr) == "err\n"
    shared.run_code("const kept = [1, 2].map((it) => it * 2)", language="javascript")
    assert shared.run_code("kept[1]", language="javascript").text == "4"
    failed = shared.run_code("throw new TypeError('wrong')", language="javascript")
    assert "wrong" in error_of(failed)[1]
    envs = {"OF_RUN": "run"}
    show = "process.env.OF_RUN ?? 'unset'"
    assert shared.run_code(show, language="javascript", envs=envs).text == "run"
    assert shared.run_code(show, language="javascript").text == "unset"
    context = shared.create_code_context(language="js", cwd="/tmp")
    assert context.language == "javascript"
    assert error_of(shared.run_code("kept", context=context))[0] == "ReferenceError"
    shared.remove_code_context(context)


def test_bash(shared: Any) -> None:
    assert printed(shared.run_code("kept=1; cd /tmp; echo $kept", language="bash")) == "1\n"
    assert printed(shared.run_code("echo $((kept + 1)) $PWD", language="bash")) == "2 /tmp\n"
    envs = {"OF_RUN": "run"}
    show = 'echo "${OF_RUN:-unset}"'
    assert printed(shared.run_code(show, language="bash", envs=envs)) == "run\n"
    assert printed(shared.run_code(show, language="bash")) == "unset\n"
    assert shared.run_code("no-such-command", language="bash").error is not None


def test_a_pause_keeps_contexts(client: Interpreter) -> None:
    sandbox = client.create(timeout=60)
    try:
        context = sandbox.create_code_context(cwd="/tmp")
        sandbox.run_code("kept = 'in the context'", context=context)
        sandbox.run_code("kept = 'by default'")
        sandbox.pause()
        client.module.Sandbox.connect(sandbox.sandbox_id, timeout=60, **client.options)
        assert sandbox.run_code("kept", context=context).text == "in the context"
        assert sandbox.run_code("kept").text == "by default"
    finally:
        sandbox.kill()


@only_newest
def test_a_sandbox_that_is_killed_meanwhile(client: Interpreter) -> None:
    sandbox = client.create(timeout=60)
    heard: list[float] = []
    with ThreadPoolExecutor() as pool:
        run = pool.submit(
            sandbox.run_code,
            "import time; print('ready', flush=True); time.sleep(60)",
            on_stdout=lambda _: heard.append(time.monotonic()),
        )
        while not heard and not run.done():
            time.sleep(0.01)
        sandbox.kill()
        with pytest.raises(client.TimeoutException, match="was killed"):
            run.result()
