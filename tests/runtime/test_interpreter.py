"""The code interpreter as its server answers, below what clients make of it."""

from __future__ import annotations

import ast
import http.client
import json
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from servers import Server, wait_until

PORT = 49999

NAME = "code-interpreter-v1"

Events = list[dict[str, Any]]


class Interpreter:
    """The port of a sandbox."""

    def __init__(self, server: Server) -> None:
        new = {"templateID": NAME, "secure": True, "timeout": 3600}
        status, sandbox = server.request("POST", "/sandboxes", new)
        assert status == 201, sandbox
        self.sandbox_id, self.token = sandbox["sandboxID"], sandbox["envdAccessToken"]
        self.address = urllib.parse.urlsplit(server.url).netloc

    def host(self) -> str:
        """The name that the port has."""
        return f"{PORT}-{self.sandbox_id}.localhost"

    def ask(
        self, method: str, path: str, body: dict[str, Any] | bytes | None = None
    ) -> http.client.HTTPResponse:
        """Sends a request; the answer may still go on."""
        connection = http.client.HTTPConnection(self.address, timeout=120)
        # Without "close" the connection would stay open when the answer has been read.
        headers = {"Host": self.host(), "X-Access-Token": self.token, "Connection": "close"}
        data = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, path, data, headers)
        return connection.getresponse()

    def run(self, code: str, **options: object) -> Events:
        """Runs code to its end."""
        return finish(self.start(code, **options))

    def start(self, code: str, **options: object) -> http.client.HTTPResponse:
        """Has code accepted, which runs when it is its turn."""
        return self.ask("POST", "/execute", {"code": code, **options})

    def context(self, **options: object) -> str:
        """Makes a context."""
        context = json.loads(self.ask("POST", "/contexts", options).read())
        return str(context["id"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("interpreter")).start()
    yield server
    server.kill_all()
    server.end()


@pytest.fixture(scope="module")
def interpreter(server: Server) -> Interpreter:
    return Interpreter(server)


def finish(response: http.client.HTTPResponse) -> Events:
    """Gives all that comes of code."""
    events = [json.loads(line) for line in response.read().splitlines()]
    assert events.pop() == {"type": "end_of_execution"}
    return events


def texts(events: Events, kind: str = "stdout") -> str:
    return "".join(event["text"] for event in events if event["type"] == kind)


def error(events: Events) -> tuple[str, str]:
    (found,) = [event for event in events if event["type"] == "error"]
    return found["name"], found["value"]


def test_health(interpreter: Interpreter) -> None:
    response = interpreter.ask("GET", "/health")
    assert (response.status, response.read()) == (200, b'"OK"')


def test_code_is_told_of_line_by_line(interpreter: Interpreter) -> None:
    response = interpreter.ask("POST", "/execute", {"code": "print('é\\u2028')\n1+1"})
    assert response.getheader("content-type") is None
    lines = response.read().decode("ascii").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds == ["number_of_executions", "stdout", "result", "end_of_execution"]
    stdout, result = (json.loads(line) for line in lines[1:3])
    assert stdout["text"] == "é\u2028\n"
    assert "T" in stdout["timestamp"]
    assert (result["text"], result["is_main_result"], result["extra"]) == ("2", True, {})


def test_contexts_come_and_go(interpreter: Interpreter) -> None:
    before = json.loads(interpreter.ask("GET", "/contexts").read())
    assert before[0]["language"] == "python"
    assert before[0]["cwd"] == "/home/user"
    context = interpreter.context(cwd="/tmp", language="Python")
    assert texts(interpreter.run("import os; os.getcwd()", context_id=context), "result") == "/tmp"
    interpreter.run("kept = 1", context_id=context)
    assert error(interpreter.run("kept"))[0] == "NameError"
    restarted = interpreter.ask("POST", f"/contexts/{context}/restart")
    assert (restarted.status, restarted.read()) == (200, b"null")
    assert error(interpreter.run("kept", context_id=context))[0] == "NameError"
    removed = interpreter.ask("DELETE", f"/contexts/{context}")
    assert (removed.status, removed.read()) == (200, b"null")
    for method, path in [("DELETE", ""), ("POST", "/restart")]:
        missing = interpreter.ask(method, f"/contexts/{context}{path}")
        assert (missing.status, missing.read().decode()) == (404, f"Context {context} not found")
    assert json.loads(interpreter.ask("GET", "/contexts").read()) == before


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 422, "detail"),
        (b"{}", 422, "code"),
        ({"code": "1", "context_id": "a", "language": "b"}, 400, "Only one of"),
        ({"code": "1", "context_id": "a"}, 404, "Context a not found"),
        ({"code": "1", "language": "cobol"}, 400, "there are: python"),
        ({"code": "a\0b"}, 400, "NUL"),
        ({"code": "1", "env_vars": {"A=B": ""}}, 400, "A=B"),
        ({"code": "#" * 30_000_000}, 413, "at most 24 MiB"),
    ],
    ids=["no JSON", "no code", "both", "context", "language", "NUL", "variable", "length"],
)
def test_bad_requests_are_refused(
    interpreter: Interpreter, body: dict[str, Any] | bytes, status: int, told: str
) -> None:
    response = interpreter.ask("POST", "/execute", body)
    assert response.status == status
    assert told in response.read().decode()


def test_code_needs_the_token(interpreter: Interpreter, server: Server) -> None:
    stranger = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc)
    headers = {"Host": interpreter.host(), "Connection": "close"}
    stranger.request("POST", "/execute", '{"code": "1"}', headers)
    response = stranger.getresponse()
    assert (response.status, b"unauthorized" in response.read()) == (401, True)


def test_variables_are_those_of_one_execution(interpreter: Interpreter) -> None:
    value = 'it\'s "é"\\\n'
    seen = interpreter.run("import os; print(os.environ['GIVEN'])", env_vars={"GIVEN": value})
    assert texts(seen) == value + "\n"
    assert texts(interpreter.run("print(os.environ.get('GIVEN'))")) == "None\n"


def test_variables_that_the_kernel_was_started_with_come_back(interpreter: Interpreter) -> None:
    look = "import os; [os.environ.get(name) for name in ('PATH', 'HOME', 'VIRTUAL_ENV')]"
    before = texts(interpreter.run(look), "result")
    assert "None" not in before
    given = {"PATH": "/", "HOME": "/", "VIRTUAL_ENV": "/"}
    assert texts(interpreter.run(look, env_vars=given), "result") == "['/', '/', '/']"
    assert texts(interpreter.run(look), "result") == before


def test_one_execution_at_a_time_in_order(interpreter: Interpreter) -> None:
    interpreter.run("import time; order = []")
    runs = []
    for number in range(4):
        code = f"order.append({number}); time.sleep(0.3); order.append({number})"
        runs.append(interpreter.start(code))
    for run in runs:
        finish(run)
    assert texts(interpreter.run("order"), "result") == "[0, 0, 1, 1, 2, 2, 3, 3]"


@pytest.mark.parametrize("code", ["while True: pass", "time.sleep(1000)"])
def test_code_whose_client_goes_is_interrupted(interpreter: Interpreter, code: str) -> None:
    interpreter.run("import time; here = 1")
    response = interpreter.ask("POST", "/execute", {"code": code})
    response.readline()
    response.close()
    begun = time.monotonic()
    assert texts(interpreter.run("here"), "result") == "1"
    assert time.monotonic() - begun < 5


STUBBORN = """
caught = 0
while caught < 2:
    try:
        while True:
            print("x", flush=True)
            time.sleep(0.01)
    except KeyboardInterrupt:
        caught += 1
"""


def test_code_that_prints_and_catches_is_interrupted_again(interpreter: Interpreter) -> None:
    interpreter.run("import time")
    response = interpreter.start(STUBBORN)
    # The first is told before the code begins.
    while json.loads(response.readline())["type"] != "stdout":
        pass
    response.close()
    assert texts(interpreter.run("caught"), "result") == "2"


def test_a_context_that_nobody_waits_for_is_gone(interpreter: Interpreter) -> None:
    before = json.loads(interpreter.ask("GET", "/contexts").read())
    connection = http.client.HTTPConnection(interpreter.address)
    connection.request("POST", "/contexts", "{}", {"Host": interpreter.host()})
    there = lambda: json.loads(interpreter.ask("GET", "/contexts").read())  # noqa: E731
    wait_until(lambda: there() != before)
    connection.close()
    wait_until(lambda: there() == before)


def test_a_silent_execution_gives_signs_of_life(interpreter: Interpreter) -> None:
    events = interpreter.run("import time; time.sleep(6)")
    assert [event["type"] for event in events] == ["number_of_executions", "keepalive"]


@pytest.mark.parametrize("death", ["os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_a_kernel_that_dies_is_told_and_the_context_starts_anew(
    interpreter: Interpreter, death: str
) -> None:
    name, value = error(interpreter.run(f"import os; held = 1; {death}"))
    assert name == "ContextRestarting"
    assert "died (" in value
    assert error(interpreter.run("held"))[0] == "NameError"


def test_a_restart_is_told_to_what_runs_and_waits(interpreter: Interpreter) -> None:
    context = interpreter.context()
    running = interpreter.start("1\nwhile True: pass", context_id=context)
    running.readline()
    waiting = interpreter.start("1", context_id=context)
    interpreter.ask("POST", f"/contexts/{context}/restart").read()
    for told in (running, waiting):
        assert error(finish(told)) == ("ContextRestarting", "Context was restarted")
    assert texts(interpreter.run("2", context_id=context), "result") == "2"
    interpreter.ask("DELETE", f"/contexts/{context}").read()


def test_what_is_no_text_is_told_nevertheless(interpreter: Interpreter) -> None:
    events = interpreter.run("import os; print('a'); print(os.fsdecode(b'<\\xff>')); print('b')")
    lines = texts(events).splitlines()
    assert (lines[0], lines[-1]) == ("a", "b")
    assert lines[1].startswith("<")
    name, value = error(interpreter.run("raise ValueError(os.fsdecode(b'<\\xff>'))"))
    assert (name, value[0]) == ("ValueError", "<")


def test_large_data_does_not_hide_the_rest(interpreter: Interpreter) -> None:
    (result,) = [
        event
        for event in interpreter.run("import pandas; pandas.DataFrame({'n': range(2_000_000)})")
        if event["type"] == "result"
    ]
    assert "2000000 rows" in result["text"]
    assert "<table" in result["html"]
    assert "data" not in result
    assert texts(interpreter.run("list(range(2_000_000))"), "result").startswith("[0,")


def test_large_output_arrives_whole(interpreter: Interpreter) -> None:
    events = interpreter.run("print('é\"' * 10_000_000)")
    assert texts(events) == 'é"' * 10_000_000 + "\n"


def test_a_slow_client_misses_nothing(interpreter: Interpreter) -> None:
    code = (
        "for number in range(10_000): display({'text/plain': f'{number} ' + 'x' * 2000}, raw=True)"
    )
    response = interpreter.ask("POST", "/execute", {"code": code})
    time.sleep(3)
    results = [json.loads(line) for line in response.read().splitlines()]
    numbers = [int(result["text"].split()[0]) for result in results if result["type"] == "result"]
    assert numbers == list(range(10_000))


def test_a_result_that_is_too_large_is_left_out_and_told(interpreter: Interpreter) -> None:
    for size in (20_000_000, 100_000_000):
        events = interpreter.run(f"'x' * {size}")
        assert "left out" in texts(events, "stderr")
        assert "left out" in texts(events, "result")
    assert texts(interpreter.run("len('x' * 10)"), "result") == "10"


def test_contexts_survive_a_pause(server: Server) -> None:
    interpreter = Interpreter(server)
    interpreter.run("kept = 7")
    path = f"/sandboxes/{interpreter.sandbox_id}"
    assert server.request("POST", f"{path}/pause")[0] == 204
    assert server.request("POST", f"{path}/connect", {"timeout": 60})[0] in {200, 201}
    assert texts(interpreter.run("kept"), "result") == "7"


def test_nothing_is_left_of_kernels(interpreter: Interpreter) -> None:
    context = interpreter.context()
    code = "import subprocess; subprocess.Popen(['setsid', 'sleep', '3210'])"
    interpreter.run(code, context_id=context)
    look = "import os; len(os.listdir('/dev/shm')), os.popen('pgrep -f [s]leep.3210').read()"
    places, sleeper = ast.literal_eval(texts(interpreter.run(look), "result"))
    assert sleeper
    interpreter.ask("DELETE", f"/contexts/{context}").read()
    wait_until(lambda: ast.literal_eval(texts(interpreter.run(look), "result")) == (places - 1, ""))
