"""`dataclass` without the import of `dataclasses`, which takes longer than all of this package.

A class gets what the real decorator writes: `__init__` and `__repr__` if it has none of its own,
`__eq__`, `__match_args__`. It becomes a dataclass in full, for `asdict`, `fields` and `replace`, as
soon as one of them looks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:

    class _KeywordOnly:
        """What `field` gives: a field that is given by name, if at all."""

        def __init__(self, default):
            self.default = default

    class _Made:
        """What `field` gives: a field whose default the class makes anew for each object."""

        def __init__(self, factory):
            self.factory = factory

    def field(*, default=None, default_factory=None, kw_only=False):
        """Describes a field as the real one does. A class with factories has its own `__init__`."""
        if default_factory is not None:
            return _Made(default_factory)
        return _KeywordOnly(default) if kw_only else default

    def dataclass(cls):
        """Makes a dataclass of a class whose defaults, if any, are immutable."""
        bases = [vars(base) for base in reversed(cls.__mro__[1:])]
        names = [name for base in bases for name in base.get("_field_names", ())]
        keywords = [name for base in bases for name in base.get("_keyword_names", ())]
        cls._field_names = (*names, *cls.__annotations__)
        cls._factories = {}
        for name in cls.__annotations__:
            match vars(cls).get(name):
                case _KeywordOnly(default=default):
                    keywords.append(name)
                    setattr(cls, name, default)
                case _Made(factory=factory):
                    cls._factories[name] = factory
                    delattr(cls, name)
        cls._keyword_names = tuple(keywords)
        cls.__match_args__ = tuple(name for name in cls._field_names if name not in keywords)
        if "__init__" not in vars(cls):
            cls.__init__ = _initializer(cls)
        if "__repr__" not in vars(cls):
            cls.__repr__ = _representation
        cls.__eq__ = _equality
        cls.__hash__ = None
        cls.__dataclass_fields__ = _Fields(cls)
        return cls

    def _initializer(cls):
        names = cls._field_names
        order = [*cls.__match_args__, *(["*", *cls._keyword_names] if cls._keyword_names else [])]
        parameters = (f"{n}=defaults[{n!r}]" if hasattr(cls, n) else n for n in order)
        lines = [f"def __init__(self, {', '.join(parameters)}):"]
        lines += [f"    self.{name} = {name}" for name in names]
        defaults = {name: getattr(cls, name) for name in names if hasattr(cls, name)}
        scope = {"defaults": defaults}
        exec("\n".join(lines), scope)  # noqa: S102 (as dataclasses does: the names are our own)
        return scope["__init__"]

    def _representation(self):
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._field_names)
        return f"{type(self).__qualname__}({values})"

    def _equality(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._field_names)

    class _Fields:
        """What `dataclasses` knows a dataclass by."""

        def __init__(self, cls):
            self.cls = cls

        def __get__(self, instance, owner):
            import dataclasses  # noqa: PLC0415 (what this file puts off)

            own = vars(self.cls)
            for name in set(own["_keyword_names"]) & set(own["__annotations__"]):
                default = getattr(self.cls, name)
                setattr(self.cls, name, dataclasses.field(default=default, kw_only=True))
            for name, factory in own["_factories"].items():
                setattr(self.cls, name, dataclasses.field(default_factory=factory))
            dataclasses.dataclass(init=False, repr=False, eq=False)(self.cls)
            return self.cls.__dataclass_fields__


__all__ = ["dataclass", "field"]
