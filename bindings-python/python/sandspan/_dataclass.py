"""`dataclass` without the import of `dataclasses`, which takes longer than all of this package.

A class gets what the real decorator writes: `__init__`, `__repr__`, `__eq__`, `__match_args__`. It
becomes a dataclass in full, for `asdict`, `fields` and `replace`, as soon as one of them looks.
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

    def field(*, default, kw_only):
        """Describes a field as the real one does."""
        return _KeywordOnly(default) if kw_only else default

    def dataclass(cls):
        """Makes a dataclass of a class whose defaults, if any, are immutable."""
        bases = [vars(base) for base in reversed(cls.__mro__[1:])]
        names = [name for base in bases for name in base.get("_field_names", ())]
        keywords = [name for base in bases for name in base.get("_keyword_names", ())]
        cls._field_names = (*names, *cls.__annotations__)
        for name in cls.__annotations__:
            if isinstance(vars(cls).get(name), _KeywordOnly):
                keywords.append(name)
                setattr(cls, name, vars(cls)[name].default)
        cls._keyword_names = tuple(keywords)
        cls.__match_args__ = tuple(name for name in cls._field_names if name not in keywords)
        cls.__init__ = _initializer(cls)
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
            dataclasses.dataclass(init=False, repr=False, eq=False)(self.cls)
            return self.cls.__dataclass_fields__


__all__ = ["dataclass", "field"]
