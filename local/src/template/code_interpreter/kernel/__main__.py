"""Starts a kernel of Python: `python -m sandspan_kernel -f CONNECTION_FILE`."""

import sys

# The current directory is no place for the kernel's own imports; the shell puts it back.
sys.path.remove(sys.path[0])

from sandspan_kernel import imports

with imports.only_what_kernels_use():
    from ipykernel import debugger, ipkernel  # noqa: F401
    from sandspan_kernel.application import KernelApp

from traitlets.config import Config

SETTINGS = Config(
    # Results are data for programs: no escape sequences in tracebacks, and nothing kept on disk.
    InteractiveShell={"colors": "NoColor"},
    HistoryManager={"enabled": False},
    KernelApp={"extensions": ["sandspan_kernel.display"]},
)

KernelApp.launch_instance(config=SETTINGS)
