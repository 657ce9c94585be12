"""How a template is made where something goes wrong, with packages that have nothing in them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import wheels
from servers import API_KEY, Server
from template_commands import NAME, command, done, states

import sandspan

HAS_DENO = Path("/usr/bin/deno").exists()
"""Whether the machine has one of its own, which kernels then run on."""


@pytest.fixture
def maker(tmp_path: Path) -> Server:
    """A server that is not started, with templates and packages of the test's own."""
    return with_wheels(Server(tmp_path))


def with_wheels(server: Server) -> Server:
    """Gives a server templates and packages of the test's own."""
    server.templates = server.folder / "templates"
    trace = server.folder / "trace"
    wheels.write_all(server.folder / "wheels", f"open({str(trace)!r}, 'w')")
    return server


def build(server: Server, **variables: str) -> tuple[int, str]:
    """Makes the template, without any index unless the variables name one."""
    chosen = {"PIP_FIND_LINKS": str(server.folder / "wheels"), "PIP_NO_INDEX": "1"}
    return done(command(server, "build", **chosen | variables))


def made(server: Server) -> Path:
    """The directory of the template, which is made."""
    code, output = build(server)
    assert code == 0, output
    assert states(server) == ["ready"]
    (directory,) = [path for path in server.templates.iterdir() if path.is_dir()]
    return directory


def remove_deno(server: Server) -> None:
    """Leaves no wheel of Deno, as for a machine that it is not built for."""
    (wheel,) = server.folder.glob("wheels/deno-*")
    wheel.unlink()


def test_no_code_of_a_package_runs_outside_of_sandboxes(maker: Server) -> None:
    code, output = build(maker)
    assert code == 0, output
    assert not (maker.folder / "trace").exists()
    assert "It cannot run javascript" not in output


@pytest.mark.parametrize("name", ["short", "with spaces", "long" * 40])
def test_scripts_run_where_sandboxes_see_them(maker: Server, name: str) -> None:
    maker.templates = maker.folder / name
    scripts = [path for path in made(maker).glob("opt/*/bin/*") if not path.is_symlink()]
    assert len(scripts) > 40
    for script in scripts:
        text = script.read_text()
        assert "/opt/code-interpreter/bin/python" in text
        assert name not in text


def test_languages_that_the_machine_has_nothing_for(maker: Server) -> None:
    remove_deno(maker)
    code, output = build(maker)
    assert code == 0, output
    assert not (maker.folder / "trace").exists()
    for language in ("javascript", "typescript"):
        line = f"It cannot run {language}: install Deno as /usr/bin/deno"
        assert (line in output) != HAS_DENO, output


def test_a_language_that_is_out_of_reach_for_now(maker: Server, closed_port: int) -> None:
    remove_deno(maker)
    index = f"http://127.0.0.1:{closed_port}/simple"
    code, output = build(maker, PIP_NO_INDEX="0", PIP_INDEX_URL=index, PIP_RETRIES="1")
    assert code == 1
    assert "the package index cannot be reached" in output
    assert "deno" in output
    assert states(maker) == ["missing"]


def test_what_the_machine_did_not_get_to_write_is_made_anew(maker: Server) -> None:
    directory = made(maker)
    (directory / "template.json").write_text("")
    assert states(maker) == ["unfinished"]
    (directory / "new").touch()
    assert made(maker) == directory
    assert not (directory / "new").exists()


def test_others_are_kept_out_of_the_directory(maker: Server) -> None:
    maker.templates.mkdir()
    maker.templates.chmod(0o777)
    (maker.templates / "other").touch()
    code, output = build(maker)
    assert code == 1
    assert "open to other users and holds more than templates" in output
    (maker.templates / "other").unlink()
    made(maker)
    assert maker.templates.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody else can give a directory away")
def test_a_directory_of_somebody_else_is_refused(maker: Server) -> None:
    maker.templates.mkdir()
    maker.templates.chmod(0o777)
    os.chown(maker.templates, 61235, 61235)
    code, output = build(maker)
    assert code == 1
    assert "belongs to user 61235" in output
    assert "SANDSPAN_TEMPLATES_DIR" in output


def test_downloads_are_kept_until_the_template_is_made(maker: Server, closed_port: int) -> None:
    remove_deno(maker)
    downloads = maker.templates / "downloads"
    downloads.mkdir(parents=True)
    index = f"http://127.0.0.1:{closed_port}/simple"
    code, _ = build(maker, PIP_NO_INDEX="0", PIP_INDEX_URL=index, PIP_RETRIES="1")
    assert (code, downloads.exists()) == (1, True)
    made(maker)
    assert not downloads.exists()


def test_sandboxes_that_start_again_at_once_find_what_they_are_made_of(
    idle_server: Server,
) -> None:
    server = with_wheels(idle_server)
    made(server)
    server.start()
    sandboxes = [server.create(template=NAME) for _ in range(4)]
    for sandbox in sandboxes:
        sandbox.pause(keep_memory=False)
    code, output = done(command(server, "remove", NAME))
    assert code == 0, output
    with pytest.raises(sandspan.SandboxException, match="has been removed"):
        again(server, sandboxes[0])
    made(server)
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda sandbox: again(server, sandbox), sandboxes))
    assert found == ["bin\n"] * 4


def again(server: Server, sandbox: sandspan.Sandbox) -> str:
    """Starts a paused sandbox and looks whether its environment is there."""
    options = {"api_url": server.url, "api_key": API_KEY}
    sandbox = sandspan.Sandbox.connect(sandbox.sandbox_id, **options)
    return sandbox.commands.run("cd /opt/code-interpreter && ls -d bin").stdout
