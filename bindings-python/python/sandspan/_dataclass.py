"""`dataclass` without the import of `dataclasses`, which takes longer than all of this package.

A class gets what the real decorator writes: `__init__`, `__repr__`, `__eq__`, `__match_args__`. It
becomes a dataclass in full, for `asdict`, `fields` and `replace`, as soon as one of them looks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls):
        """Makes a dataclass of a class whose defaults, if any, are immutable."""
        inherited = (vars(base).get("__match_args__", ()) for base in reversed(cls.__mro__[1:]))
        names = (*(name for names in inherited for name in names), *cls.__annotations__)
        cls.__match_args__ = names
        cls.__init__ = _initializer(cls, names)
        cls.__repr__ = _representation
        cls.__eq__ = _equality
        cls.__hash__ = None
        cls.__dataclass_fields__ = _Fields(cls)
        return cls

    def _initializer(cls, names):
        parameters = (f"{n}=defaults[{n!r}]" if hasattr(cls, n) else n for n in names)
        lines = [f"def __init__(self, {', '.join(parameters)}):"]
        lines += [f"    self.{name} = {name}" for name in names]
        defaults = {name: getattr(cls, name) for name in names if hasattr(cls, name)}
        scope = {"defaults": defaults}
        exec("\n".join(lines), scope)  # noqa: S102 (as dataclasses does: the names are our own)
        return scope["__init__"]

    def _representation(self):
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({values})"

    def _equality(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    class _Fields:
        """What `dataclasses` knows a dataclass by."""

        def __init__(self, cls):
            self.cls = cls

        def __get__(self, instance, owner):
            import dataclasses  # noqa: PLC0415 (what this file puts off)

            dataclasses.dataclass(init=False, repr=False, eq=False)(self.cls)
            return self.cls.__dataclass_fields__


__all__ = ["dataclass"]
