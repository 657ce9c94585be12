"""What type checkers make of `sandspan.code_interpreter`. `mypy` reads this file; it is not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandspan.code_interpreter import (
    AsyncSandbox,
    Context,
    Execution,
    ExecutionError,
    FileType,
    OutputMessage,
    Result,
    Sandbox,
    charts,
)

if TYPE_CHECKING:
    from typing_extensions import assert_type

    from sandspan.code_interpreter import OutputHandler, RunCodeLanguage


class Mine(Sandbox):
    default_template = "mine"


def blocking(mine: Mine, context: Context, language: RunCodeLanguage) -> None:
    assert_type(Mine.create(timeout=5), Mine)
    assert_type(mine.connect(), Mine)
    assert_type(mine.run_code("1"), Execution)
    assert_type(mine.run_code("1", language, on_stdout=print, timeout=0), Execution)
    assert_type(mine.run_code("1", context=context, envs={"A": "b"}), Execution)
    assert_type(mine.create_code_context("/", "bash", request_timeout=5), Context)
    assert_type(mine.list_code_contexts(), list[Context])
    mine.remove_code_context(context)
    mine.restart_code_context(context.id)


async def asynchronous(sandbox: AsyncSandbox, context: Context) -> None:
    async def on_result(result: Result) -> None: ...

    assert_type(await AsyncSandbox.create(), AsyncSandbox)
    assert_type(await sandbox.run_code("1", on_result=on_result), Execution)
    assert_type(await sandbox.create_code_context(), Context)
    assert_type(await sandbox.list_code_contexts(), list[Context])
    await sandbox.remove_code_context(context.id)
    await sandbox.restart_code_context(context)


def values(execution: Execution, message: OutputMessage, handler: OutputHandler[Result]) -> None:
    assert_type(execution.text, str | None)
    assert_type(execution.error, ExecutionError | None)
    assert_type(execution.logs.stdout, list[str])
    assert_type(execution.results[0].chart, charts.Chart | None)
    if isinstance(chart := execution.results[0].chart, charts.LineChart):
        assert_type(chart.elements[0].points, list[tuple[str | float, str | float]])
        assert_type(chart.x_scale, charts.ScaleType)
    assert_type(message.error, bool)
    handler(execution.results[0])
    assert_type(FileType("file"), FileType)


def mistakes(sandbox: Sandbox) -> None:
    sandbox.run_code(b"1")  # type: ignore[arg-type]
    sandbox.run_code("1", on_result=lambda: None)  # type: ignore[arg-type,misc]
    sandbox.run_code("1", contexts=None)  # type: ignore[call-arg]
    sandbox.remove_code_context()  # type: ignore[call-arg]
