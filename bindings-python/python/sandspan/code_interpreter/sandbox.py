"""Sandboxes that run code."""

from __future__ import annotations

import sandspan
from sandspan import _native


class Sandbox(sandspan.Sandbox):
    """A sandbox that runs code in kernels, with methods that block.

    It is made from a template that has them. Kernels keep what code leaves in them: `run_code` uses
    the default one of a language, and each context is another one.
    """

    default_template = _native.INTERPRETER_TEMPLATE
    run_code = _native.Sandbox._run_code
    create_code_context = _native.Sandbox._create_code_context
    remove_code_context = _native.Sandbox._remove_code_context
    list_code_contexts = _native.Sandbox._list_code_contexts
    restart_code_context = _native.Sandbox._restart_code_context


class AsyncSandbox(sandspan.AsyncSandbox):
    """A sandbox that runs code in kernels, with methods that are coroutines.

    Otherwise it is as `Sandbox` is.
    """

    default_template = _native.INTERPRETER_TEMPLATE
    run_code = _native.AsyncSandbox._run_code
    create_code_context = _native.AsyncSandbox._create_code_context
    remove_code_context = _native.AsyncSandbox._remove_code_context
    list_code_contexts = _native.AsyncSandbox._list_code_contexts
    restart_code_context = _native.AsyncSandbox._restart_code_context
