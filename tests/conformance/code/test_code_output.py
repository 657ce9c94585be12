"""What code prints and displays, with the published clients for Python, unmodified."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from interpreters import printed

HARD = "€é😀\u2028\u2029\x85ß"
"""Characters of two, three and four bytes, among them some that count as ends of lines."""

MIME = {
    "html": ("text/html", "<b>bold</b>"),
    "markdown": ("text/markdown", "**bold**"),
    "svg": ("image/svg+xml", "<svg/>"),
    "jpeg": ("image/jpeg", "anBlZw=="),
    "pdf": ("application/pdf", "cGRm"),
    "latex": ("text/latex", "$x^2$"),
    "javascript": ("application/javascript", "1 + 1"),
    "json": ("application/json", {"a": [1, None, "b"]}),
}
"""By what results call them, forms and something in each."""


def test_both_streams(shared: Any) -> None:
    out: list[Any] = []
    err: list[Any] = []
    execution = shared.run_code(
        "import sys, os\nprint('out')\nprint('err', file=sys.stderr)\n",
        on_stdout=out.append,
        on_stderr=err.append,
    )
    assert execution.logs.stdout == ["out\n"]
    assert execution.logs.stderr == ["err\n"]
    assert [(it.line, it.error) for it in out + err] == [("out\n", False), ("err\n", True)]
    assert all(it.timestamp for it in out + err)


def test_what_processes_print(shared: Any) -> None:
    code = "import subprocess\nprint(subprocess.run(['echo', 'out'], capture_output=True).stdout)"
    assert printed(shared.run_code(code)) == "b'out\\n'\n"
    assert "out" in printed(shared.run_code("!echo out"))


def test_output_comes_while_it_runs(shared: Any) -> None:
    code = (
        "import os, time\nprint('ready', flush=True)\nend = time.time() + 20\n"
        "while not os.path.exists('go') and time.time() < end: time.sleep(0.01)\n"
        "print(os.path.exists('go'))"
    )
    is_ready = Event()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(shared.run_code, code, on_stdout=lambda _: is_ready.set())
        assert is_ready.wait(20)
        shared.files.write("go", "")
        assert printed(run.result()) == "ready\nTrue\n"
    shared.files.remove("go")


def test_characters_of_many_bytes(shared: Any) -> None:
    execution = shared.run_code(f"print({HARD!r} * 50_000)\n{HARD!r}")
    assert printed(execution) == 50_000 * HARD + "\n"
    assert execution.text == shared.run_code(f"print(repr({HARD!r})[1:-1])").logs.stdout[0][:-1]


def test_much_output(shared: Any) -> None:
    execution = shared.run_code("for n in range(20_000): print(n, 100 * 'x')")
    assert printed(execution).count("\n") == 20_000


def test_results_and_what_is_displayed(shared: Any) -> None:
    heard: list[Any] = []
    execution = shared.run_code("display('shown')\n'result'", on_result=heard.append)
    assert [it.is_main_result for it in execution.results] == [False, True]
    assert [it.text for it in execution.results] == ["shown", "result"]
    assert execution.text == "result"
    assert heard == execution.results
    assert shared.run_code("x = 1").text is None
    assert shared.run_code("None").results == []


@pytest.mark.parametrize("form", MIME)
def test_forms_of_results(shared: Any, form: str) -> None:
    mime, content = MIME[form]
    execution = shared.run_code(f"display({{{mime!r}: {content!r}}}, raw=True)")
    (result,) = execution.results
    assert getattr(result, form) == result[form] == content
    assert result.formats() == [form]
    assert not result.extra


def test_other_forms_are_extra(shared: Any) -> None:
    code = "display({'application/x-own': 'content', 'text/plain': 'text'}, raw=True)"
    (result,) = shared.run_code(code).results
    assert result.text == "text"
    assert result.extra == {"application/x-own": "content"}
    assert result.formats() == ["text", "application/x-own"]


def test_objects_that_show_themselves(shared: Any) -> None:
    code = """
class Shown:
    def __repr__(self): return 'as text'
    def _repr_html_(self): return '<i>as html</i>'
    def _repr_latex_(self): return '$as latex$'
Shown()
"""
    (result,) = shared.run_code(code).results
    assert (result.text, result.html, result.latex) == ("as text", "<i>as html</i>", "$as latex$")
    assert repr(result) == "Result(as text)"


def test_what_is_written_as_json(shared: Any) -> None:
    written = json.loads(shared.run_code("print('out'); 6 * 7").to_json())
    assert written["results"] == [{"text": "42"}]
    assert json.loads(written["logs"]) == {"stdout": ["out\n"], "stderr": []}
    assert written["error"] is None


def test_a_data_frame(shared: Any) -> None:
    code = "import pandas\npandas.DataFrame({'name': ['a', 'b'], 'size': [1, 2.5]})"
    (result,) = shared.run_code(code).results
    assert "<table" in result.html
    assert "name" in result.text
    assert result.data == {"name": ["a", "b"], "size": [1, 2.5]}
    assert "data" in result.formats()


def test_a_figure(shared: Any) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('A plot')\nplt.show()"
    (result,) = shared.run_code(code).results
    assert base64.b64decode(result.png).startswith(b"\x89PNG\r\n")
    assert result.text.startswith("<Figure size")
    assert not result.extra
    assert result.chart.title == "A plot"


def test_a_figure_without_show(shared: Any) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nprint('done')"
    execution = shared.run_code(code)
    assert printed(execution) == "done\n"
    assert [result.png is not None for result in execution.results] == [True]


@pytest.mark.parametrize("how", ["image", "image.show()", "image.save('image.png')"])
def test_an_image(shared: Any, how: str) -> None:
    code = f"from PIL import Image\nimage = Image.new('RGB', (8, 8), 'red')\n{how}"
    (result,) = shared.run_code(code).results
    assert base64.b64decode(result.png).startswith(b"\x89PNG\r\n")
