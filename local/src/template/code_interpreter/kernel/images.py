"""Shows pictures of Pillow as results, where there is no screen to show them on."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from types import ModuleType
from typing import Any

MODULE = "PIL.Image"


def show_in_results() -> None:
    """Sees to pictures from now on, as soon as somebody imports Pillow."""
    sys.meta_path.insert(0, Finder())


class Finder:
    """Finds the module of pictures as others do, and changes it when it is imported."""

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds the one module."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            change(module.Image)

        spec.loader.exec_module = exec_module
        return spec


def change(image: type) -> None:
    """Displays pictures that are shown, and those that are saved to a file by its name."""
    save = image.save

    def show(self: Any, title: str | None = None) -> None:  # noqa: ARG001
        display(self)

    def save_and_show(self: Any, file: Any, *arguments: Any, **options: Any) -> None:
        save(self, file, *arguments, **options)
        # Not for other packages that save pictures for purposes of their own.
        if isinstance(file, (str, os.PathLike)) and is_called_by_user():
            display(self)

    image.show = show
    image.save = save_and_show


def display(picture: Any) -> None:
    """Makes a result of a picture."""
    from IPython.display import display

    display(picture)


def is_called_by_user() -> bool:
    """Whether the caller's caller is code that runs in the kernel."""
    return sys._getframe(2).f_globals.get("__name__") == "__main__"  # noqa: SLF001
