"""Writes `_native.pyi`: what maturin generates, with an overload for each kind of result of `run`.

PyO3 describes one signature for each function, and the result of `run` depends on `background`.
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
    """Replaces each method that has an argument `background` by its overloads."""
    module = ast.parse(stub)
    for statement in module.body:
        match statement:
            case ast.ClassDef(body=body):
                statement.body = [overload for method in body for overload in overloads(method)]
            case ast.ImportFrom(module="typing", names=names):
                names.append(ast.alias("overload"))
    return ast.unparse(module)


def overloads(method: ast.stmt) -> list[ast.stmt]:
    """Gives a method as it is, or its variants for `background` false and true."""
    match method:
        case (
            ast.FunctionDef(returns=ast.BinOp() as union)
            | ast.AsyncFunctionDef(returns=ast.BinOp() as union)
        ) if any(argument.arg == "background" for argument in method.args.args):
            return [foreground(method, union.left), background(method, union.right)]
    return [method]


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
    names = [argument.arg for argument in variant.args.args]
    variant.args.defaults = variant.args.defaults[names.index("background") - len(names) + 1 :]
    variant.body = [ast.Expr(ast.Constant(...))]
    return variant


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
