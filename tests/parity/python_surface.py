"""What the Python package offers, as its stub and its sources say it."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "bindings-python/python/sandspan"
RECORDS = [
    "models.py",
    "files.py",
    "git.py",
    "lifecycle.py",
    "network.py",
    "code_interpreter/models.py",
    "code_interpreter/charts.py",
]
"""The files of dataclasses, and of dictionaries with known keys."""

Members = dict[str, frozenset[str] | None]
"""The arguments of each method by its name; none for a property."""


def classes(file: str) -> dict[str, ast.ClassDef]:
    module = ast.parse((PACKAGE / file).read_text())
    return {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}


def members(class_name: str) -> Members:
    """The public members of a native class, and those that its subclass in the package names.

    The names of class methods begin with `static `, for an object may have one of the same name.
    """
    native = {}
    for node in classes("_native.pyi")[class_name].body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            native.setdefault(node.name, []).append(node)
    found = {}
    for name, variants in native.items():
        if not name.startswith("_"):
            found |= member(name, variants)
    public = classes("sandbox.py").get(class_name)
    for node in public.body if public else []:
        if isinstance(node, ast.Assign):
            for half in node.value.args:
                found |= member(node.targets[0].id, native[half.attr])
    return found


def code_members(class_name: str) -> Members:
    """What a class adds that runs code. Each method is a native one under another name."""
    body = classes("_native.pyi")[class_name].body
    native = {node.name: node for node in body if hasattr(node, "name")}
    found = {}
    for node in classes("code_interpreter/sandbox.py")[class_name].body:
        match node:
            case ast.Assign([ast.Name(name)], ast.Attribute(attr=attribute)) if attribute in native:
                found |= member(name, [native[attribute]])
    return found


def member(name: str, variants: list[ast.FunctionDef | ast.AsyncFunctionDef]) -> Members:
    decorators = {ast.unparse(decorator) for node in variants for decorator in node.decorator_list}
    if "property" in decorators:
        return {name: None}
    if "classmethod" in decorators:
        name = f"static {name}"
    arguments = {
        argument.arg
        for node in variants
        for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    }
    return {name: frozenset(arguments - {"self", "cls"})}


def records() -> dict[str, ast.ClassDef]:
    """All public dataclasses, and dictionaries with known keys."""
    return {
        name: node
        for name, node in described().items()
        if not name.startswith("_") and "Enum" not in map(ast.unparse, node.bases)
    }


def described() -> dict[str, ast.ClassDef]:
    """All classes that describe values."""
    return {name: node for file in RECORDS for name, node in classes(file).items()}


def fields(class_name: str) -> frozenset[str]:
    """The fields of a record."""
    every = described()
    node = every[class_name]
    inherited = (fields(base.id) for base in node.bases if base.id in every)
    own = [it.target.id for it in node.body if isinstance(it, ast.AnnAssign)]
    own += [it.name for it in node.body if isinstance(it, ast.FunctionDef) and is_property(it)]
    return frozenset(own).union(*inherited)


def is_property(node: ast.FunctionDef) -> bool:
    """Whether a function gives a value without being called."""
    return "property" in map(ast.unparse, node.decorator_list)


def words(class_name: str, field: str | None) -> frozenset[str]:
    """The texts that a field may be, or all that an enumeration has."""
    body = described()[class_name].body
    if field is None:
        nodes = [node.value for node in body if isinstance(node, ast.Assign)]
    else:
        declared = (node for node in body if isinstance(node, ast.AnnAssign))
        nodes = [node.annotation for node in declared if node.target.id == field]
    every = (part for node in nodes for part in ast.walk(node))
    return frozenset(part.value for part in every if isinstance(part, ast.Constant))
