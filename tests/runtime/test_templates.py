"""The template of code interpreters: how it is made, shared and removed, and what is in it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from servers import API_KEY, Server, wait_until
from template_commands import NAME, command, done, states

import sandspan

CHARTS = """
import json
import matplotlib
matplotlib.use("agg")
from matplotlib import pyplot
from sandspan_kernel.chart import of_figure

figure, axes = pyplot.subplots()
CODE
print(json.dumps(of_figure(figure)))
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose template is made already, or is made once for all tests."""
    server = Server(tmp_path_factory.mktemp("ready")).start()
    yield server
    server.kill_all()
    server.end()


@pytest.fixture(scope="module")
def sandbox(ready: Server) -> sandspan.Sandbox:
    """A sandbox that only looks."""
    return ready.create(template=NAME)


@pytest.mark.timeout(400)
def test_it_is_made_again_after_an_interruption_and_by_one_maker(idle_server: Server) -> None:
    server = idle_server
    server.templates = server.folder / "templates"
    assert states(server) == ["missing"]
    first = command(server, "build")
    assert first.stderr is not None
    for line in first.stderr:
        if "fetching" in line:
            break
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert states(server) == ["unfinished"]
    makers = [command(server, "build", NAME) for _ in range(2)]
    for code, output in map(done, makers):
        assert code == 0, output
        # The one that waits is told how far the other is.
        assert "installing packages" in output
        assert f"The template {NAME} is ready." in output
    assert [path.suffix for path in server.templates.iterdir() if path.is_dir()] == [""]
    assert states(server) == ["ready"]
    remove_while_it_is_used(server)


def remove_while_it_is_used(server: Server) -> None:
    """A template that sandboxes are made of stays, and goes when they have gone."""
    sandbox = server.start().create(template=NAME)
    assert sandbox.commands.run("python -c 'import pandas; print(1)'").stdout == "1\n"
    code, output = done(command(server, "remove", NAME))
    assert code == 1
    assert "in use by" in output
    assert sandbox.commands.run("command -v python").stdout == "/opt/code-interpreter/bin/python\n"
    process = server.first_process(sandbox.sandbox_id)
    sandbox.kill()
    wait_until(lambda: not Path(f"/proc/{process}").exists())
    code, output = done(command(server, "remove", NAME))
    assert code == 0, output
    assert "MB free" in output
    assert states(server) == ["missing"]
    assert not [path for path in server.templates.iterdir() if path.is_dir()]


@pytest.mark.parametrize("reason", ["closed port", "no index"])
def test_without_an_index(idle_server: Server, closed_port: int, reason: str) -> None:
    idle_server.templates = idle_server.folder / "templates"
    variables = {
        "PIP_CACHE_DIR": str(idle_server.folder / "cache"),
        "PIP_INDEX_URL": f"http://secret:word@127.0.0.1:{closed_port}/simple",
        "PIP_RETRIES": "1",
    }
    if reason == "no index":
        variables["PIP_NO_INDEX"] = "1"
    code, output = done(command(idle_server, "build", **variables))
    assert code == 1
    # Deno may be missing for good, and then the next package is the first that is missed.
    assert ("deno==" if reason == "closed port" else "asttokens==") in output
    assert f"`sandspan template build {NAME}`" in output
    assert "secret" not in output
    expected = "the package index cannot be reached" if reason == "closed port" else "pip cannot"
    assert expected in output
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        server = idle_server.start()
    status, answer = server.request("POST", "/sandboxes", {"templateID": NAME})
    assert status == 500
    assert expected in answer["message"]
    status, answer = server.request("POST", f"/runtime/templates/{NAME}")
    last = json.loads(str(answer).strip().splitlines()[-1]) if isinstance(answer, str) else answer
    assert last["state"] == "failed"
    assert expected in last["message"]


def test_a_creation_says_why_it_cannot_be_made(
    tmp_path: Path, closed_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    server = Server(tmp_path)
    server.templates = tmp_path / "templates"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{closed_port}/simple")
        environment.setenv("PIP_CACHE_DIR", str(tmp_path / "cache"))
        environment.setenv("PIP_RETRIES", "1")
        server.start()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in runtime_of(server).items():
            environment.setenv(name, value)
        with pytest.raises(sandspan.TemplateException, match="index cannot be reached"):
            sandspan.Sandbox.create(NAME)
    server.end()
    assert capfd.readouterr().err.count("making the template code-interpreter-v1") == 1


def runtime_of(server: Server) -> dict[str, str]:
    """What lets clients find a server as their local runtime."""
    return {
        "SANDSPAN_PROVIDER": "local",
        "SANDSPAN_RUNTIME_DIR": str(server.folder / "run"),
        "SANDSPAN_STATE_DIR": str(server.folder / "state"),
    }


def test_progress_ends_with_ready(ready: Server, sandbox: sandspan.Sandbox) -> None:
    assert sandbox.is_running()
    for name in ("base", NAME):
        answer = ready.request("POST", f"/runtime/templates/{name}")
        assert answer == (200, {"state": "ready"})


def test_unknown_templates(ready: Server) -> None:
    status, answer = ready.request("POST", "/runtime/templates/unknown")
    assert (status, answer["message"]) == (404, "template 'unknown' not found")
    assert ready.request("POST", f"/runtime/templates/{NAME}", headers={"X-API-Key": "x"})[0] == 401
    for arguments in (["build", "unknown"], ["remove", "unknown"]):
        code, output = done(command(ready, *arguments))
        assert code == 1
        assert "there is no template" in output


def test_the_environment_is_the_users(idle_server: Server) -> None:
    server = idle_server.share_templates().start()
    with server.create(template=NAME) as sandbox:
        found = sandbox.commands.run("command -v python pip ipython").stdout.split()
        assert [Path(path).parent for path in found] == [Path("/opt/code-interpreter/bin")] * 3
        sandbox.commands.run("pip uninstall --yes wcwidth")
        sandbox.commands.run("touch /opt/code-interpreter/lib/new")
        missing = sandbox.commands.run("python -c 'import wcwidth' 2>&1 || true").stdout
        assert "ModuleNotFoundError" in missing
    with server.create(template=NAME) as sandbox:
        assert sandbox.commands.run("pip check").exit_code == 0
        sandbox.commands.run("python -c 'import wcwidth'")
        (version,) = sandbox.commands.run("ls /opt/code-interpreter/lib").stdout.split()
        assert version.startswith("python3.")
    with server.create() as sandbox:
        assert sandbox.commands.run("ls /opt").stdout == ""


def test_a_paused_sandbox_keeps_its_environment(idle_server: Server) -> None:
    server = idle_server.share_templates().start()
    sandbox = server.create(template=NAME)
    sandbox.commands.run("touch /opt/code-interpreter/kept")
    sandbox.pause(keep_memory=False)
    server.end()
    server.start()
    again = sandspan.Sandbox.connect(sandbox.sandbox_id, api_url=server.url, api_key=API_KEY)
    assert again.commands.run("ls /opt/code-interpreter/kept; python -c 'import numpy'").stdout
    again.kill()


def chart(sandbox: sandspan.Sandbox, code: str) -> Any:
    """What the figure is said to show that some code draws."""
    sandbox.files.write("chart.py", CHARTS.replace("CODE", code))
    return json.loads(sandbox.commands.run("python -W error chart.py").stdout)


def test_lines_and_points(sandbox: sandspan.Sandbox) -> None:
    line = chart(sandbox, "axes.plot([1, 2], [3, 4], label='a'); axes.set_xlabel('time (s)')")
    assert (line["type"], line["x_label"], line["x_unit"]) == ("line", "time (s)", "s")
    assert line["elements"] == [{"label": "a", "points": [[1, 3], [2, 4]]}]
    assert line["x_scale"] == "linear"
    assert len(line["x_ticks"]) == len(line["x_tick_labels"]) > 1
    reference = chart(sandbox, "axes.plot([1, 2], [3, 3]); axes.axhline(1); axes.set_yscale('log')")
    assert reference["elements"] == [{"label": "Line 0", "points": [[1, 3], [2, 3]]}]
    assert reference["y_scale"] == "log"
    dates = chart(
        sandbox, "import datetime; axes.plot([datetime.date(2026, 1, 2)], [float('nan')])"
    )
    assert dates["elements"][0]["points"] == [["2026-01-02", None]]
    assert dates["x_scale"] == "datetime"
    scatter = chart(sandbox, "axes.scatter([1, 2], [3, 4], label='a')")
    assert scatter["type"] == "scatter"
    assert scatter["elements"] == [{"label": "a", "points": [[1.0, 3.0], [2.0, 4.0]]}]


@pytest.mark.parametrize("draw", ["bar", "barh"])
def test_bars_and_slices(sandbox: sandspan.Sandbox, draw: str) -> None:
    label = {"bar": "ylabel", "barh": "xlabel"}[draw]
    bars = chart(sandbox, f"axes.{draw}(['a', 'b'], [2, 2]); axes.set_{label}('mass [kg]')")
    assert bars["type"] == "bar"
    assert (bars["y_label"], bars["y_unit"], bars["x_label"]) == ("mass [kg]", "kg", None)
    assert bars["elements"] == [
        {"label": label, "group": "Group 0", "value": 2.0} for label in ("a", "b")
    ]
    pie = chart(sandbox, "axes.pie([1, 3], labels=['a', 'b'])")
    assert pie["type"] == "pie"
    assert pie["elements"][1] == {"label": "b", "angle": 270.0, "radius": 1.0}


@pytest.mark.parametrize("options", ["", ", patch_artist=True", ", orientation='horizontal'"])
def test_boxes(sandbox: sandspan.Sandbox, options: str) -> None:
    box = chart(sandbox, f"axes.boxplot([[1, 2, 3, 4, 20]]{options})")
    assert box["type"] == "box_and_whisker"
    (element,) = box["elements"]
    assert element == {
        "label": "1",
        "min": 1.0,
        "first_quartile": 2.0,
        "median": 3.0,
        "third_quartile": 4.0,
        "max": 4.0,
        "outliers": [20.0],
    }


def test_several_and_unknown_and_none(sandbox: sandspan.Sandbox) -> None:
    both = chart(sandbox, "figure.add_subplot(); axes.plot([1]); figure.suptitle('both')")
    assert (both["type"], both["title"], len(both["elements"])) == ("superchart", "both", 2)
    assert chart(sandbox, "axes.imshow([[1]]); axes.set_title('t')") == {
        "type": "unknown",
        "title": "t",
        "elements": [],
    }
    assert chart(sandbox, "") is None
