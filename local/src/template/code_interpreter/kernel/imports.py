"""Spares the start of a kernel what only clients and debuggers of kernels need."""

import contextlib
import importlib
import importlib.machinery
import sys
import types
from collections.abc import Iterator

CLIENT = "jupyter_client"
"""A package whose modules kernels use, and whose clients they do not."""

DEBUGGER = "debugpy"
"""It takes a quarter of the time to start, and nobody can debug over this interpreter."""


@contextlib.contextmanager
def only_what_kernels_use() -> Iterator[None]:
    """Within it, the packages are imported without what kernels do without."""
    sys.modules[CLIENT] = Thin(CLIENT)
    sys.modules[DEBUGGER] = None
    try:
        yield
    finally:
        del sys.modules[DEBUGGER]


class Thin(types.ModuleType):
    """A package of which nothing is imported but the modules that are asked for.

    When it is asked for anything else, it becomes the whole package.
    """

    def __init__(self, name: str) -> None:
        """Finds the package."""
        super().__init__(name)
        spec = importlib.machinery.PathFinder.find_spec(name)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(name=name)
        self.__spec__ = spec
        self.__path__ = spec.submodule_search_locations

    def __getattr__(self, name: str) -> object:
        """Gives what kernels take from it, which is all of one module, or else everything."""
        if name.startswith("__"):
            raise AttributeError(name)
        connect = importlib.import_module(".connect", self.__name__)
        if hasattr(connect, name):
            return getattr(connect, name)
        self.__class__ = types.ModuleType
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)
