"""smolagents, whose agents write Python and have it run in a sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from smolagents import AgentLogger, CodeAgent, LogLevel, Model, tool
from smolagents.models import ChatMessage, MessageRole
from smolagents.remote_executors import E2BExecutor
from smolagents.utils import AgentError

from sandspan.code_interpreter import Sandbox


@pytest.fixture(scope="module")
def executor() -> Iterator[E2BExecutor]:
    """The framework's own executor, on a sandbox of ours."""
    executor = E2BExecutor([], AgentLogger(LogLevel.OFF), timeout=60)
    yield executor
    executor.cleanup()


def test_it_runs_on_ours(executor: E2BExecutor) -> None:
    assert type(executor.sandbox) is Sandbox
    assert executor.sandbox.get_info().template_id == "code-interpreter-v1"


def test_variables_are_kept(executor: E2BExecutor) -> None:
    executor.send_variables({"numbers": [1, 2, 3], "name": "Ünal"})
    output = executor("total = sum(numbers)\nprint(name)\ntotal")
    assert (output.output, output.logs, output.is_final_answer) == ("6", "Ünal\n", False)
    assert executor("total * 2").output == "12"


def test_an_exception(executor: E2BExecutor) -> None:
    with pytest.raises(AgentError) as failure:
        executor("print('before')\n{}['missing']")
    for part in ("before", "KeyError", "'missing'", "Traceback"):
        assert part in str(failure.value)


def test_an_image(executor: E2BExecutor) -> None:
    image = executor("from PIL import Image\nImage.new('RGB', (30, 20), 'red')").output
    assert image.size == (30, 20)
    red, green, blue = image.convert("RGB").getpixel((5, 5))
    # It takes the JPEG, where there is one.
    assert red > 250
    assert green < 5
    assert blue < 5


def test_a_data_frame(executor: E2BExecutor) -> None:
    output = executor("import pandas\npandas.DataFrame({'size': [1, 2]})").output
    assert output == {"size": [1, 2]}


@tool
def doubled(number: int) -> int:
    """Doubles a number.

    Args:
        number: What to double.

    """
    return 2 * number


class Script(Model):
    """Says what a model said, one answer at a time, and keeps what it was told."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers = iter(answers)
        self.told: list[str] = []

    def generate(self, messages: list[Any], *_: Any, **__: Any) -> ChatMessage:
        self.told.append(str(messages[-1].content))
        code = next(self.answers)
        return ChatMessage(MessageRole.ASSISTANT, f"Thought: next.\n<code>\n{code}\n</code>")


def test_an_agent() -> None:
    """Each step finds what the one before left; the tool runs in the sandbox, and so the end."""
    script = Script(
        "first = doubled(number=21)\nprint('first', first)",
        "first / 0",
        "final_answer({'answer': first, 'of': ('a', 'tuple')})",
    )
    with CodeAgent([doubled], script, executor_type="e2b", verbosity_level=LogLevel.OFF) as agent:
        sandbox = agent.python_executor.sandbox
        assert type(sandbox) is Sandbox
        answer = agent.run("Double 21.")
        assert answer == {"answer": 42, "of": ("a", "tuple")}
        assert "first 42" in script.told[1]
        assert "ZeroDivisionError" in script.told[2]
    assert not sandbox.is_running()
