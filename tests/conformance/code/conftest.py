"""The clients of this folder: those that run code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gateway import Gateway
from interpreters import INTERPRETERS, Interpreter


@pytest.fixture(scope="module", params=INTERPRETERS, ids=str)
def client(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Interpreter]:
    """Each class of each package."""
    with request.param.through(gateway) as client:
        yield client
