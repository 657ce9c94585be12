"""What a sandbox may reach, and what may reach it, as dictionaries.

The package loads this when it is first looked for: importing `typing` takes as long as all the
rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import isawaitable, iscoroutine
from typing import Any, TypedDict

from sandspan._dataclass import dataclass
from sandspan.exceptions import InvalidArgumentException

ALL_TRAFFIC = "0.0.0.0/0"
"""All addresses."""


@dataclass
class SandboxNetworkSelectorContext:
    """What a function has to choose from that gives addresses."""

    all_traffic: str
    """All addresses: `0.0.0.0/0`."""
    rules: Mapping[str, Sequence[SandboxNetworkRule]]
    """The rules that stand beside the function, by host."""


SandboxNetworkSelector = Sequence[str] | Callable[[SandboxNetworkSelectorContext], Sequence[str]]
"""Addresses, ranges and host names, or a function that gives them."""


class SandboxNetworkTransform(TypedDict, total=False):
    """What is changed in the requests to a host."""

    headers: Mapping[str, str]
    """Headers that they get, in place of those of the same name."""


class _Tokens(dict[str, str]):
    """What stands for each token. The names are known to the service alone."""

    def __missing__(self, name: str) -> str:
        return f"${{e2b.identity.tokens.{name}}}"


@dataclass
class SandboxNetworkTransformIam:
    """What stands for the tokens of a sandbox's identity."""

    tokens: Mapping[str, str]
    """By the name of a token, what the service replaces by it in each request."""


@dataclass
class SandboxNetworkTransformContext:
    """What a function may use that gives a transform."""

    iam: SandboxNetworkTransformIam
    """What stands for the tokens of the sandbox's identity."""


class SandboxNetworkRule(TypedDict, total=False):
    """A rule for the requests to a host."""

    transform: (
        SandboxNetworkTransform
        | Callable[[SandboxNetworkTransformContext], SandboxNetworkTransform]
    )
    """What is changed in them, or a function that gives that."""


class SandboxEgressProxyTLSOpts(TypedDict, total=False):
    """How the connection to a proxy is encrypted."""

    server_name: str
    """The name that its certificate must have. Default: the host of its address."""
    ca_cert: str
    """The certificates to trust, as PEM. Default: those that everybody trusts."""


class _Address(TypedDict):
    address: str
    """Where it is, such as `proxy.example.com:1080`."""


class SandboxEgressProxyOpts(_Address, total=False):
    """A SOCKS5 proxy that all connections from a sandbox go through."""

    username: str | None
    """The name that goes with `password`."""
    password: str | None
    """The password that it asks for."""
    tls: bool | SandboxEgressProxyTLSOpts | None
    """Whether, and how, the connection to it is encrypted. Default: no."""


class _Egress(TypedDict, total=False):
    allow_out: SandboxNetworkSelector | None
    """What may be reached in spite of `deny_out`."""
    deny_out: SandboxNetworkSelector | None
    """What may not be reached."""
    rules: Mapping[str, Sequence[SandboxNetworkRule]] | None
    """Rules by host. Only some services have them."""
    egress_proxy: SandboxEgressProxyOpts | None
    """The proxy that connections go through. Only some services have it."""
    dns_servers: Sequence[str] | None
    """The servers that host names are looked up with. Only some services have the choice."""


class SandboxNetworkOpts(_Egress, total=False):
    """What a new sandbox may reach, and what may reach it."""

    allow_public_traffic: bool | None
    """Whether its ports answer without its `traffic_access_token`. Default: yes."""
    mask_request_host: str | None
    """The host name that its servers see, whichever they were asked by. `${PORT}` in it stands for
    the port."""
    https_ports: Sequence[int] | None
    """The ports on which its servers speak HTTPS. Only some services have them."""


class SandboxNetworkUpdate(_Egress, total=False):
    """What a sandbox may reach from now on. What is absent is as if it had never been."""

    allow_internet_access: bool | None
    """Whether it may reach the internet."""


def _transformed(rules: object) -> dict[str, list[dict[str, Any]]]:
    """Puts what their functions give in place of these."""
    if not isinstance(rules, Mapping):
        message = f"network rules must be a dict of lists, got {type(rules).__name__}"
        raise InvalidArgumentException(message)
    context = SandboxNetworkTransformContext(SandboxNetworkTransformIam(_Tokens()))
    return {
        host: [
            {**rule, "transform": _transform(host, rule["transform"], context)}
            if rule.get("transform") is not None
            else dict(rule)
            for rule in host_rules
        ]
        for host, host_rules in rules.items()
    }


def _transform(host: str, transform: object, context: SandboxNetworkTransformContext) -> object:
    if not callable(transform):
        return transform
    given = transform(context)
    if isawaitable(given):
        if iscoroutine(given):
            given.close()
        message = (
            f"Network transform callable for {host!r} must be synchronous, it returned an "
            "awaitable. Resolve the value before creating the sandbox."
        )
        raise InvalidArgumentException(message)
    if not isinstance(given, Mapping):
        message = (
            f"Network transform callable for {host!r} must return a transform dict, got "
            f"{type(given).__name__}."
        )
        raise InvalidArgumentException(message)
    return given
