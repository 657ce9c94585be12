"""The providers that are recorded, each in the ways in which it is spoken to."""

from __future__ import annotations

from dataclasses import dataclass

from packages import Package, javascript, python
from service import Service

E2B = [
    *python("e2b python 2.63.0", "e2b-python-2.63", "e2b", "e2b_code_interpreter"),
    javascript("e2b javascript 2.51.0", "e2b-javascript-2.51", "e2b", "@e2b/code-interpreter"),
    *python("e2b python 2.45.1", "e2b-python-2.45", "e2b", "e2b_code_interpreter"),
    javascript("e2b javascript 2.45.0", "e2b-javascript-2.45", "e2b", "@e2b/code-interpreter"),
]
NOVITA = [
    *python(
        "novita python 2.1.1",
        "novita-python-2.1",
        "novita_sandbox.core",
        "novita_sandbox.code_interpreter",
    ),
    javascript(
        "novita javascript 2.1.1",
        "novita-javascript-2.1",
        "novita-sandbox",
        "novita-sandbox/code-interpreter",
    ),
]
PPIO = python(
    "ppio python 2.1.0",
    "ppio-python-2.1",
    "ppio_sandbox.core",
    "ppio_sandbox.code_interpreter",
)


@dataclass(frozen=True)
class Profile:
    """A provider, in one of the ways in which it is spoken to."""

    name: str
    packages: list[Package]
    environment: dict[str, str]
    """What its users set, beside the key."""
    key_variable: str
    api_url: str
    domain: str
    """What the hosts of sandboxes end in."""
    service: Service


def profile(
    name: str, packages: list[Package], prefix: str, domain: str, *, is_legacy: bool = False
) -> Profile:
    """A provider whose API is at a host of its domain, which is what its users set."""
    service = Service(
        api_host=f"api.{domain}",
        domain=None,
        suffixes_ids=is_legacy,
        speaks_e2b=prefix == "E2B",
        secures=not is_legacy,
    )
    environment = {} if domain in DEFAULTS else {f"{prefix}_DOMAIN": domain}
    url = f"https://api.{domain}"
    return Profile(name, packages, environment, f"{prefix}_API_KEY", url, domain, service)


DEFAULTS = {"e2b.app", "us-phx-1.sandbox.novita.ai", "sandbox.ppio.cn"}
"""The domains that packages know by themselves."""
QINIU_HOST = "cn-yangzhou-1-sandbox.qiniuapi.com"
QINIU_DOMAIN = "sandboxes.example.com"
"""The service tells the domain of a sandbox; which one it is, no document says."""

PROFILES = [
    profile("e2b", E2B, "E2B", "e2b.app"),
    profile("novita", NOVITA, "NOVITA", "us-phx-1.sandbox.novita.ai"),
    profile("novita-legacy", NOVITA, "NOVITA", "sandbox.novita.ai", is_legacy=True),
    profile("ppio", PPIO, "PPIO", "sandbox.ppio.cn", is_legacy=True),
    profile("ppio-modern", PPIO, "PPIO", "cn-beijing-1.sandbox.ppio.com"),
    Profile(
        "qiniu",
        E2B,
        {"E2B_API_URL": f"https://{QINIU_HOST}"},
        "E2B_API_KEY",
        f"https://{QINIU_HOST}",
        QINIU_DOMAIN,
        Service(
            api_host=QINIU_HOST,
            domain=QINIU_DOMAIN,
            suffixes_ids=False,
            speaks_e2b=True,
            secures=True,
        ),
    ),
]
