"""Where the kernel does not allow isolation, there is no sandbox, and the reason is told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from servers import Server

from sandspan.exceptions import SandboxException


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs util-linux")
def test_without_user_namespaces_nothing_runs(tmp_path: Path) -> None:
    wrapper = tmp_path / "sandspan"
    program = os.environ["SANDSPAN_PROGRAM"]
    # A user namespace in which there may be no others.
    limit = "echo 0 > /proc/sys/user/max_user_namespaces"
    inner = f'{limit}; exec {program} "$@"'
    wrapper.write_text(f"#!/bin/sh\nexec unshare -U -r sh -c '{inner}' sh \"$@\"\n")
    wrapper.chmod(0o755)
    server = Server(tmp_path)
    server.program = wrapper
    server.start()
    try:
        with pytest.raises(SandboxException, match="too many user namespaces: raise `sysctl"):
            server.create()
        assert server.remains() == []
        assert subprocess.run(["pgrep", "-f", f"{tmp_path}.*jail"], check=False).returncode == 1
    finally:
        server.end()
