"""Sandboxes: the native classes, with methods that work on a class and on an instance."""

from __future__ import annotations

from sandspan import _native
from sandspan._class_or_instance import (
    AsyncConnect,
    AsyncCreate,
    ClassOrInstance,
    Connect,
    Create,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


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

    `beta_create` and `beta_pause` are the older names of `create` and `pause`.
    """

    default_template: ClassVar[str | None] = None
    """The template of sandboxes that are created without one. `None`: the provider's default."""

    beta_create = Create(_native.Sandbox.create)
    connect = Connect(_native.Sandbox._connect_by_id, _native.Sandbox._connect)
    kill = ClassOrInstance(_native.Sandbox._kill_by_id, _native.Sandbox._kill)
    set_timeout = ClassOrInstance(_native.Sandbox._set_timeout_by_id, _native.Sandbox._set_timeout)
    get_info = ClassOrInstance(_native.Sandbox._get_info_by_id, _native.Sandbox._get_info)
    pause = ClassOrInstance(_native.Sandbox._pause_by_id, _native.Sandbox._pause)
    beta_pause = ClassOrInstance(_native.Sandbox._pause_by_id, _native.Sandbox._pause)
    get_lifetime = ClassOrInstance(
        _native.Sandbox._get_lifetime_by_id, _native.Sandbox._get_lifetime
    )
    wait_until_ended = ClassOrInstance(
        _native.Sandbox._wait_until_ended_by_id, _native.Sandbox._wait_until_ended
    )
    get_metrics = ClassOrInstance(_native.Sandbox._get_metrics_by_id, _native.Sandbox._get_metrics)
    update_network = ClassOrInstance(
        _native.Sandbox._update_network_by_id, _native.Sandbox._update_network
    )


class AsyncSandbox(_native.AsyncSandbox):
    """A sandbox whose methods are coroutines. With `async with`, it is killed on exit.

    Methods of the class take the same keywords as those of `Sandbox`.
    """

    default_template: ClassVar[str | None] = None
    """As in `Sandbox`."""

    beta_create = AsyncCreate(_native.AsyncSandbox.create)
    connect = AsyncConnect(_native.AsyncSandbox._connect_by_id, _native.AsyncSandbox._connect)
    kill = ClassOrInstance(_native.AsyncSandbox._kill_by_id, _native.AsyncSandbox._kill)
    set_timeout = ClassOrInstance(
        _native.AsyncSandbox._set_timeout_by_id, _native.AsyncSandbox._set_timeout
    )
    get_info = ClassOrInstance(_native.AsyncSandbox._get_info_by_id, _native.AsyncSandbox._get_info)
    pause = ClassOrInstance(_native.AsyncSandbox._pause_by_id, _native.AsyncSandbox._pause)
    beta_pause = ClassOrInstance(_native.AsyncSandbox._pause_by_id, _native.AsyncSandbox._pause)
    get_lifetime = ClassOrInstance(
        _native.AsyncSandbox._get_lifetime_by_id, _native.AsyncSandbox._get_lifetime
    )
    wait_until_ended = ClassOrInstance(
        _native.AsyncSandbox._wait_until_ended_by_id, _native.AsyncSandbox._wait_until_ended
    )
    get_metrics = ClassOrInstance(
        _native.AsyncSandbox._get_metrics_by_id, _native.AsyncSandbox._get_metrics
    )
    update_network = ClassOrInstance(
        _native.AsyncSandbox._update_network_by_id, _native.AsyncSandbox._update_network
    )
