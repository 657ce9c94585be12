"""Methods that work on a class, with the id of a sandbox, and on a sandbox, without one.

And other names for methods.
"""

from __future__ import annotations


class ClassOrInstance:
    """A method that is another one on the class than on its instances."""

    def __init__(self, on_class, on_instance):
        self.on_class = on_class.__name__
        self.on_instance = on_instance.__name__

    def __get__(self, instance, owner):
        if instance is None:
            return getattr(owner, self.on_class)
        return getattr(instance, self.on_instance)


class Create:
    """Another name for a method of the class."""

    def __init__(self, method):
        self.method = method.__name__

    def __get__(self, instance, owner):
        return getattr(owner, self.method)


Connect = AsyncConnect = ClassOrInstance
AsyncCreate = Create
