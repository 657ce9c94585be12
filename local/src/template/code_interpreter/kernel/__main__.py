"""Starts a kernel of Python: `python -m sandspan_kernel -f CONNECTION_FILE`."""

import sys

# The current directory is no place for the kernel's own imports; the shell puts it back.
sys.path.remove(sys.path[0])

from sandspan_kernel import imports

with imports.only_what_kernels_use():
    from ipykernel import debugger, ipkernel  # noqa: F401
    from ipykernel.kernelapp import IPKernelApp

from traitlets import Type
from traitlets.config import Config

SETTINGS = Config(
    # Results are data for programs: no escape sequences in tracebacks, and nothing kept on disk.
    InteractiveShell={"colors": "NoColor"},
    HistoryManager={"enabled": False},
    IPKernelApp={"extensions": ["sandspan_kernel.display"]},
)


class KernelApp(IPKernelApp):
    """The kernel, which is nobody's client."""

    name = "sandspan-kernel"
    # Its default is a class, whose module would be imported with all of its package.
    blocking_class = Type(object)


KernelApp.launch_instance(config=SETTINGS)
