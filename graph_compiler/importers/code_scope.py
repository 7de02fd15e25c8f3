"""What the names in a program stand for while it is read: functions of its own, and values not known."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph_compiler.importers.code_values import CodeError


@dataclass(frozen=True)
class Unread:
    """Stands for a value that is not known.

    Args:
        line: Where it comes from.
        reason: Why it is not known.
        quiet: True if that need not be said as long as no model depends on it.
    """

    line: int
    reason: str
    quiet: bool = False


@dataclass(frozen=True)
class Function:
    """A function of the program."""

    node: ast.FunctionDef
    scope: dict[str, Any]

    def defaults(self) -> dict[str, ast.expr]:
        """The defaults of its arguments by name, as they are written."""
        given = self.node.args
        places = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        found = dict(zip(places[len(places) - len(given.defaults) :], given.defaults, strict=True))
        by_name = zip(given.kwonlyargs, given.kw_defaults, strict=True)
        return found | {argument.arg: default for argument, default in by_name if default is not None}

    def filled(
        self, call: ast.Call, args: list[Any], kwargs: dict[str, Any], own: dict[str, Any]
    ) -> dict[str, Any]:
        """The arguments of a call by name.

        Raises:
            CodeError: They are not those that the function takes.
        """
        given = self.node.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        if given.vararg or given.kwarg or len(args) > len(names) or not set(kwargs) <= set(names):
            raise CodeError(call.lineno, f"the arguments of {self.node.name}() are not read.")
        filled = {**dict(zip(names, args, strict=False)), **kwargs}
        missing = [name for name in names if name not in filled and name not in own]
        if missing:
            raise CodeError(call.lineno, f"{self.node.name}() is called without {missing[0]}.")
        return filled


class ReturnedError(Exception):
    """Leads out of a function of the program, with what it returns."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class LoopLeftError(Exception):
    """Leads out of the body of a loop.

    Args:
        ends: True if the loop ends, False if it goes on with the next item.
    """

    def __init__(self, *, ends: bool) -> None:
        super().__init__()
        self.ends = ends


TENSOR_SIGNS: dict[type, str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "true_divide",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "mod",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}


def not_read(node: ast.expr) -> Any:
    """Raises for an expression that has no meaning here."""
    raise CodeError(node.lineno, f"{type(node).__name__.lower()} is not read.")


def tried(node: ast.AST, function: Callable[[], Any]) -> Any:
    """What a function gives; any mistake in it is one of the program's line.

    Raises:
        CodeError: It failed.
    """
    try:
        return function()
    except (CodeError, RecursionError, ReturnedError, LoopLeftError):
        raise
    except Exception as error:
        line = getattr(node, "lineno", 0)
        raise CodeError(line, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def loaded(target: ast.expr) -> Any:
    """The value of what `+=` adds to, as an expression."""
    return (
        ast.copy_location(ast.Name(target.id, ast.Load()), target) if isinstance(target, ast.Name) else target
    )


def assigned(statement: ast.stmt) -> list[str]:
    """Names that a statement would have given a value."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [
        n.id for target in targets if target is not None for n in ast.walk(target) if isinstance(n, ast.Name)
    ]
