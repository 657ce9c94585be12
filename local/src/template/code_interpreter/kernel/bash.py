"""Starts a kernel of bash: `python -m sandspan_kernel.bash -f CONNECTION_FILE`."""

import sys

# The current directory is no place for the kernel's own imports.
sys.path.remove(sys.path[0])

from sandspan_kernel import imports

with imports.only_what_kernels_use():
    from bash_kernel.kernel import BashKernel
    from sandspan_kernel.application import KernelApp

import pexpect


class Spawn(pexpect.spawn):
    """A program that is written to at once.

    Otherwise each line waits for 50 ms, in case a program is still about to switch its echo off;
    the start of bash takes 43 lines. The kernel's bash has no echo from the beginning.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.delaybeforesend = None


pexpect.spawn = Spawn
KernelApp.launch_instance(kernel_class=BashKernel)
