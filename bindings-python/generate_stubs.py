"""Writes `_native.pyi`: what maturin generates, with an overload for each kind of result.

PyO3 describes one signature for each function. What `run` gives depends on `background`, and what
`read` gives on `format`.
"""

from __future__ import annotations

import ast
import copy
import subprocess
import tempfile
from pathlib import Path

Method = ast.FunctionDef | ast.AsyncFunctionDef

HERE = Path(__file__).parent
HEADER = "# Written by generate_stubs.py.\n"
STUB = Path("sandspan", "_native.pyi")


def main() -> None:
    """Builds the package's native module and writes its stub where it is committed."""
    committed = HERE / "python" / STUB
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["maturin", "generate-stubs", "--out", folder], cwd=HERE, check=True)
        committed.write_text(HEADER + with_overloads(Path(folder, STUB).read_text()))
    subprocess.run(["ruff", "format", "--no-force-exclude", committed], cwd=HERE, check=True)


def with_overloads(stub: str) -> str:
    """Replaces each method whose result depends on an argument by its overloads."""
    module = ast.parse(stub)
    for statement in module.body:
        match statement:
            case ast.ClassDef(body=body):
                statement.body = [overload for method in body for overload in overloads(method)]
                name_lists(statement)
            case ast.ImportFrom(module="typing", names=names):
                names.append(ast.alias("overload"))
    module.body.insert(1, ast.Import([ast.alias("builtins")]))
    return ast.unparse(module)


def name_lists(statement: ast.ClassDef) -> None:
    """Tells the type of lists from the method `list` of the class, if it has one."""
    if not any(isinstance(it, Method) and it.name == "list" for it in statement.body):
        return
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(value=ast.Name("list")):
                node.value = ast.parse("builtins.list", mode="eval").body


def overloads(method: ast.stmt) -> list[ast.stmt]:
    """Gives a method as it is, or its variants for each `format` or `background`."""
    match method:
        case (
            ast.FunctionDef(returns=ast.BinOp(left=ast.BinOp() as others) as union)
            | ast.AsyncFunctionDef(returns=ast.BinOp(left=ast.BinOp() as others) as union)
        ) if has(method, "format"):
            return [
                formatted(method, "text", others.left),
                formatted(method, "bytes", others.right),
                formatted(method, "stream", union.right),
            ]
        case (
            ast.FunctionDef(returns=ast.BinOp() as union)
            | ast.AsyncFunctionDef(returns=ast.BinOp() as union)
        ) if has(method, "background"):
            return [foreground(method, union.left), background(method, union.right)]
    return [method]


def has(method: Method, name: str) -> bool:
    """Whether a method has an argument of this name."""
    return any(argument.arg == name for argument in method.args.args)


def formatted(method: Method, name: str, returns: ast.expr) -> Method:
    """The variant for a format. The first is the default, and has the text."""
    variant = overload(method, returns)
    if name == "text":
        annotate(variant, "format", "Literal['text'] | None")
        return variant
    annotate(variant, "format", f"Literal['{name}']")
    require(variant, "format")
    return variant


def foreground(method: Method, returns: ast.expr) -> Method:
    """The variant that gives a result."""
    variant = overload(method, returns)
    annotate(variant, "background", "Literal[False] | None")
    return variant


def background(method: Method, returns: ast.expr) -> Method:
    """The variant that gives a handle: `background` has no default, and the first has the text."""
    variant = overload(method, returns)
    annotate(variant, "background", "Literal[True]")
    if isinstance(variant, ast.FunctionDef):
        annotate(variant, "on_stdout", "None")
        annotate(variant, "on_stderr", "None")
    require(variant, "background")
    return variant


def require(variant: Method, name: str) -> None:
    """Takes the default of an argument, and of those before it, and the text."""
    names = [argument.arg for argument in variant.args.args]
    variant.args.defaults = variant.args.defaults[names.index(name) - len(names) + 1 :]
    variant.body = [ast.Expr(ast.Constant(...))]


def overload(method: Method, returns: ast.expr) -> Method:
    """A copy that is marked as an overload."""
    variant = copy.deepcopy(method)
    variant.decorator_list = [ast.Name("overload")]
    variant.returns = returns
    return variant


def annotate(method: Method, name: str, annotation: str) -> None:
    """Sets the annotation of an argument."""
    for argument in method.args.args:
        if argument.arg == name:
            argument.annotation = ast.parse(annotation, mode="eval").body


if __name__ == "__main__":
    main()
