"""Sandboxes: the native classes, with methods that work on a class and on an instance."""

from __future__ import annotations

from sandspan import _native
from sandspan._class_or_instance import AsyncConnect, ClassOrInstance, Connect


class Sandbox(_native.Sandbox):
    """A sandbox whose methods block. As a context manager, it is killed on exit.

    Methods of the class take, as keywords, where to connect to and as whom. What is not given comes
    from the environment, and then from the provider's defaults:

    * `provider`: The service: `local` or `e2b`.
    * `api_key`: The key for it.
    * `domain`, `api_url`, `sandbox_url`: Where it is, if not where it usually is.
    * `request_timeout`: Seconds that one request may take. Default: 60; 0 means without limit.
    * `headers`: Headers of every request to the service.
    * `proxy`: The URL of a proxy.
    """

    connect = Connect(_native.Sandbox._connect_by_id, _native.Sandbox._connect)
    kill = ClassOrInstance(_native.Sandbox._kill_by_id, _native.Sandbox._kill)
    set_timeout = ClassOrInstance(_native.Sandbox._set_timeout_by_id, _native.Sandbox._set_timeout)
    get_info = ClassOrInstance(_native.Sandbox._get_info_by_id, _native.Sandbox._get_info)


class AsyncSandbox(_native.AsyncSandbox):
    """A sandbox whose methods are coroutines. With `async with`, it is killed on exit.

    Methods of the class take the same keywords as those of `Sandbox`.
    """

    connect = AsyncConnect(_native.AsyncSandbox._connect_by_id, _native.AsyncSandbox._connect)
    kill = ClassOrInstance(_native.AsyncSandbox._kill_by_id, _native.AsyncSandbox._kill)
    set_timeout = ClassOrInstance(
        _native.AsyncSandbox._set_timeout_by_id, _native.AsyncSandbox._set_timeout
    )
    get_info = ClassOrInstance(_native.AsyncSandbox._get_info_by_id, _native.AsyncSandbox._get_info)
