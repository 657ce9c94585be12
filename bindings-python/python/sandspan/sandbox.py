"""Sandboxes: the native classes, with methods that work on a class and on an instance."""

from __future__ import annotations

from sandspan import _native
from sandspan._class_or_instance import AsyncConnect, ClassOrInstance, Connect


class Sandbox(_native.Sandbox):
    """A sandbox whose methods block. As a context manager, it is killed on exit."""

    connect = Connect(_native.Sandbox._connect_by_id, _native.Sandbox._connect)
    kill = ClassOrInstance(_native.Sandbox._kill_by_id, _native.Sandbox._kill)
    set_timeout = ClassOrInstance(_native.Sandbox._set_timeout_by_id, _native.Sandbox._set_timeout)
    get_info = ClassOrInstance(_native.Sandbox._get_info_by_id, _native.Sandbox._get_info)


class AsyncSandbox(_native.AsyncSandbox):
    """A sandbox whose methods are coroutines. As an `async with`, it is killed on exit."""

    connect = AsyncConnect(_native.AsyncSandbox._connect_by_id, _native.AsyncSandbox._connect)
    kill = ClassOrInstance(_native.AsyncSandbox._kill_by_id, _native.AsyncSandbox._kill)
    set_timeout = ClassOrInstance(
        _native.AsyncSandbox._set_timeout_by_id, _native.AsyncSandbox._set_timeout
    )
    get_info = ClassOrInstance(_native.AsyncSandbox._get_info_by_id, _native.AsyncSandbox._get_info)
