"""A local runtime for frameworks, and our package in the place of the one that they ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from sandspan import code_interpreter


@pytest.fixture(scope="module", autouse=True)
def in_place_of_e2b(local_runtime: object) -> Iterator[None]:  # noqa: ARG001
    """What asks for `e2b_code_interpreter` gets ours, until one can be installed by that name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "e2b_code_interpreter", code_interpreter)
        yield
