"""What the Node package offers, as its type declarations say it, in the words of Python."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bindings-node"

Members = dict[str, frozenset[str] | None]
"""The arguments of each method by its name; none for a property."""

DECLARATION = re.compile(
    r"\b(?:class|interface) (\w+)(?:<[^{]*?>)?"
    r"(?: extends ([^{]+?))?(?: implements [\w, ]+?)? (?=\{)"
)
ALIAS = re.compile(r"\btype (\w+) = ((?:\{[^}]*\}|[^;{])+?)(?:;|\n\n)")
METHOD = re.compile(
    r"(?P<static>static )?(?P<name>\w+)(?:<.*?>)?\((?P<parameters>.*)\): ", re.DOTALL
)
PROPERTY = re.compile(r"(?:readonly )?(?P<name>\w+)\??: |get (?P<getter>\w+)")
OPTIONS = re.compile(r"\w*Opt(?:ion)?s\b|Pick<|Omit<")


class Declarations:
    """The declarations of all files of the package; the public ones win over native ones."""

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[str, list[str]]] = {}
        self.aliases: dict[str, str] = {}
        for file in [PACKAGE / "native.d.ts", *sorted((PACKAGE / "dist").glob("*.d.ts"))]:
            text = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(), flags=re.DOTALL)
            self.aliases |= dict(ALIAS.findall(text))
            for found in DECLARATION.finditer(text):
                name, parents = found.groups()
                inside = text[found.end() + 1 : closing(text, found.end())]
                self.bodies[name] = inside, split(parents or "", ",")
                self.bodies[f"{file.name}: {name}"] = self.bodies[name]

    def members(self, class_name: str) -> Members:
        """The members of a class, under the names that Python gives them.

        The names of static methods begin with `static `, as in `python_surface`.
        """
        body, parents = self.bodies[class_name]
        found: Members = {}
        for parent in map(str.strip, parents):
            found |= self.members(parent) if parent in self.bodies else {}
        for statement in statements(body):
            if getter := PROPERTY.match(statement):
                found[snake_case(getter["name"] or getter["getter"])] = None
            elif (method := METHOD.match(statement)) and method["name"] != "constructor":
                name = (method["static"] or "") + snake_case(method["name"])
                others = found.get(name) or frozenset()
                found[name] = others | self.arguments(method["parameters"])
        return found

    def arguments(self, parameters: str) -> frozenset[str]:
        """The names of parameters, and in place of options the names of those."""
        names: set[str] = set()
        for parameter in split(parameters, ","):
            name, _, kind = parameter.partition(":")
            if OPTIONS.match(kind.strip()):
                names |= self.fields(kind)
            elif name.strip() != "this":
                names.add(snake_case(name.strip(" ?")))
        return frozenset(names)

    def words(self, alias: str) -> frozenset[str]:
        """The texts that a type is one of."""
        return frozenset(re.findall(r"'(\w+)'", self.aliases[alias]))

    def fields(self, kind: str) -> frozenset[str]:
        """The fields of a type of objects."""
        parts = split(kind, "&")
        if len(parts) > 1:
            return frozenset().union(*(self.fields(part) for part in parts))
        kind = kind.strip()
        if kind.startswith("Pick<"):
            return frozenset(map(snake_case, re.findall(r"'(\w+)'", kind)))
        if kind.startswith("Omit<"):
            left_out = map(snake_case, re.findall(r"'(\w+)'", kind))
            return self.fields(split(kind[len("Omit<") : -1], ",")[0]) - set(left_out)
        if kind in self.aliases:
            return self.fields(self.aliases[kind])
        # The package imports types of its native half under such names.
        kind = kind.removeprefix("Native")
        body, parents = self.bodies[kind] if kind in self.bodies else (kind[1:-1], [])
        own = (PROPERTY.match(statement) for statement in statements(body))
        inherited = (self.fields(parent) for parent in parents)
        names = (it["name"] or it["getter"] for it in own if it)
        return frozenset(map(snake_case, names)).union(*inherited)


def closing(text: str, start: int) -> int:
    """Where the bracket that opens at a position is closed."""
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] in "([{") - (text[position] in ")]}")
        if depth == 0:
            return position
    raise ValueError(text[start:])


def split(text: str, separators: str) -> list[str]:
    """Splits where no bracket is open."""
    parts, depth = [""], 0
    for character in text.replace("=>", "  "):
        depth += (character in "([{<") - (character in ")]}>")
        if character in separators and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in parts if part.strip()]


def statements(body: str) -> list[str]:
    return [statement.strip() for statement in split(body, ";\n")]


def snake_case(name: str) -> str:
    """A name as Python has it: `timeoutMs` is `timeout`, for units are not in its names."""
    name = name.removesuffix("Ms").replace("MB", "Mb")
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
