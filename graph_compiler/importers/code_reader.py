"""Follows a Python program that makes a model, without running it.

The program is walked as a tree: only names of Keras, plain values, loops over lists and small functions have
a meaning. A layer it makes is made here with the same arguments. What has no meaning is noted with its line,
and whatever depends on it as well.
"""

import ast
from collections.abc import Callable
from typing import Any

from graph_compiler.importers.code_library import Name, from_all, made, named, plain_member
from graph_compiler.importers.code_scope import (
    TENSOR_SIGNS,
    Function,
    LoopLeftError,
    ReturnedError,
    Unread,
    assigned,
    loaded,
    not_read,
    tried,
)
from graph_compiler.importers.code_training import compiled, fitted
from graph_compiler.importers.code_values import (
    CodeError,
    bounded,
    combined,
    compared,
    is_plain,
    named_function,
)
from runtime.layers import Layer
from runtime.models import Model, Sequential
from runtime.symbolic import KerasTensor, find_symbolic

MAX_STEPS = 200_000
"""Most statements and expressions that are looked at, loops counted as often as they go round."""
MAX_CALLS = 40
"""Deepest nesting of the program's own functions."""
_READ_OF_MODELS = ("input", "inputs", "output", "outputs", "layers", "name", "trainable", "shape")
_WITHOUT_EFFECT = ("evaluate", "predict", "save", "save_weights", "summary")
_SEED = "keras.utils.set_random_seed"


class Reader:
    """Walks a program and keeps what it made.

    Attributes:
        models: The models it made, in order.
        notes: What was not read: line and reason.
        training: Arguments of `fit` that a design has.
        chosen: The model that was compiled or fitted last.
    """

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"__name__": "__main__"}
        self.models: list[Model] = []
        self.notes: dict[int, str] = {}
        self.training: dict[str, Any] = {}
        self.chosen: Model | None = None
        self._steps = 0
        self._depth = 0
        self._loops = 0
        self._all_of: list[str] = []

    def read(self, tree: ast.Module) -> None:
        """Walks the whole program."""
        self._block(tree.body, self.scope)

    def _block(self, body: list[ast.stmt], scope: dict[str, Any]) -> None:
        for statement in body:
            self._count()
            try:
                tried(statement, lambda: self._statement(statement, scope))  # noqa: B023
            except CodeError as error:
                if not error.quiet:
                    self.notes.setdefault(error.line, error.reason)
                for name in assigned(statement):
                    scope[name] = Unread(error.line, error.reason, error.quiet)

    def _count(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise RecursionError

    def _statement(self, node: ast.stmt, scope: dict[str, Any]) -> None:  # noqa: C901, PLR0912
        match node:
            case ast.Import():
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    scope[alias.asname or whole] = named(whole)
            case ast.ImportFrom() if node.names[0].name == "*":
                self._all_of.append(node.module or "")
            case ast.ImportFrom():
                for alias in node.names:
                    scope[alias.asname or alias.name] = named(f"{node.module or ''}.{alias.name}")
            case ast.Assign():
                value = self._value(node.value, scope)
                for target in node.targets:
                    self._assign(target, value, scope)
            case ast.AnnAssign() if node.value is not None:
                self._assign(node.target, self._value(node.value, scope), scope)
            case ast.AugAssign():
                operation = ast.BinOp(loaded(node.target), node.op, node.value)
                value = self._value(ast.copy_location(operation, node), scope)
                self._assign(node.target, value, scope)
            case ast.FunctionDef():
                scope[node.name] = Function(node, scope)
            case ast.Return() if self._depth:
                raise ReturnedError(None if node.value is None else self._value(node.value, scope))
            case ast.For():
                self._loop(node, scope)
            case ast.Break() | ast.Continue() if self._loops:
                raise LoopLeftError(ends=isinstance(node, ast.Break))
            case ast.If():
                self._block(node.body if self._truth(node.test, scope) else node.orelse, scope)
            case ast.With() | ast.Try():
                self._block(node.body, scope)
            case ast.Expr():
                self._expression(node.value, scope)
            case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Assert() | ast.Delete() | ast.AnnAssign():
                pass
            case ast.ClassDef():
                raise CodeError(node.lineno, f"the class {node.name} is code of its own and is not read.")
            case _:
                raise CodeError(node.lineno, f"{type(node).__name__.lower()} is not read.")

    def _loop(self, node: ast.For, scope: dict[str, Any]) -> None:
        self._loops += 1
        try:
            for item in self._items(node.iter, scope):
                self._assign(node.target, item, scope)
                try:
                    self._block(node.body, scope)
                except LoopLeftError as left:
                    if left.ends:
                        break
        finally:
            self._loops -= 1

    def _expression(self, node: ast.expr, scope: dict[str, Any]) -> None:
        """A statement that keeps nothing: only what it does to a model or list matters."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = self._known(node.func.value, scope)
            if isinstance(owner, Model | list):
                self._value(node, scope)
        elif isinstance(node, ast.Call) and isinstance(self._known(node.func, scope), Function):
            self._value(node, scope)
        if isinstance(node, ast.Call) and self._known(node.func, scope) == Name(_SEED) and node.args:
            seed = self._known(node.args[0], scope)
            self.training |= {"seed": seed} if isinstance(seed, int) else {}

    def _known(self, node: ast.expr, scope: dict[str, Any]) -> Any:
        try:
            return self._value(node, scope)
        except CodeError:
            return None

    def _assign(self, target: ast.expr, value: Any, scope: dict[str, Any]) -> None:
        match target:
            case ast.Name():
                scope[target.id] = value
            case ast.Tuple() | ast.List():
                items = value if isinstance(value, list | tuple) else None
                if items is None or len(items) != len(target.elts):
                    raise CodeError(target.lineno, f"it cannot be taken apart into {len(target.elts)}.")
                for inner, item in zip(target.elts, items, strict=True):
                    self._assign(inner, item, scope)
            case ast.Attribute(attr="trainable"):
                owner = self._value(target.value, scope)
                if not isinstance(owner, Layer) or not isinstance(value, bool):
                    raise CodeError(target.lineno, "trainable is set on layers and models only.")
                owner.trainable = value
            case ast.Subscript() if isinstance(self._known(target.value, scope), list | dict):
                table, key = self._value(target.value, scope), self._value(target.slice, scope)
                bounded(target, [table, value])
                tried(target, lambda: table.__setitem__(key, value))
            case ast.Attribute():
                pass
            case _:
                raise CodeError(target.lineno, "such an assignment is not read.")

    def _value(self, node: ast.expr, scope: dict[str, Any]) -> Any:  # noqa: C901, PLR0912
        self._count()
        match node:
            case ast.Constant():
                return bounded(node, node.value) if is_plain(node.value) else not_read(node)
            case ast.Name():
                return self._named(node, scope)
            case ast.List() | ast.Tuple():
                items = self._all(node.elts, scope)
                return items if isinstance(node, ast.List) else tuple(items)
            case ast.Dict():
                return bounded(node, tried(node, lambda: self._table(node, scope)))
            case ast.BinOp():
                left, right = self._value(node.left, scope), self._value(node.right, scope)
                if find_symbolic([left, right]):
                    return self._of_tensors(node, left, right)
                return combined(node, left, right)
            case ast.UnaryOp():
                return self._signed(node, scope)
            case ast.Compare():
                return compared(node, [self._value(n, scope) for n in (node.left, *node.comparators)])
            case ast.BoolOp():
                truths = (self._truth(value, scope) for value in node.values)
                return all(truths) if isinstance(node.op, ast.And) else any(truths)
            case ast.IfExp():
                return self._value(node.body if self._truth(node.test, scope) else node.orelse, scope)
            case ast.JoinedStr():
                return bounded(node, "".join(self._text(part, scope) for part in node.values))
            case ast.Subscript():
                value, key = self._value(node.value, scope), self._value(node.slice, scope)
                return tried(node, lambda: value[key])
            case ast.Slice():
                ends = (node.lower, node.upper, node.step)
                return slice(*(None if end is None else self._value(end, scope) for end in ends))
            case ast.ListComp() | ast.GeneratorExp():
                return bounded(node, self._comprehension(node, dict(scope)))
            case ast.Attribute():
                return self._attribute(node, self._value(node.value, scope))
            case ast.Call():
                return self._call(node, scope)
            case ast.Lambda():
                return Unread(node.lineno, "a lambda is code")
            case _:
                return not_read(node)

    def _named(self, node: ast.Name, scope: dict[str, Any]) -> Any:
        if node.id not in scope and node.id not in self.scope:
            return from_all(self._all_of, node.id)
        found = scope.get(node.id, self.scope.get(node.id))
        if isinstance(found, Unread):
            where = f"line {found.line}" if found.line != node.lineno else "this line"
            reason = f"it needs '{node.id}' of {where}, which was not read."
            raise CodeError(node.lineno, reason, quiet=found.quiet)
        return found

    def _all(self, nodes: list[ast.expr], scope: dict[str, Any]) -> list[Any]:
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                items += self._items(node.value, scope)
            else:
                items.append(self._value(node, scope))
        return bounded(nodes[0], items) if nodes else items

    def _table(self, node: ast.Dict, scope: dict[str, Any]) -> dict[Any, Any]:
        table: dict[Any, Any] = {}
        for key, written in zip(node.keys, node.values, strict=True):
            name = None if key is None else self._value(key, scope)
            value = self._value(written, scope)
            if key is None and not isinstance(value, dict):
                raise CodeError(node.lineno, "only dicts of known values are taken over with **.")
            table |= value if key is None else {name: value}
        return table

    def _items(self, node: ast.expr, scope: dict[str, Any]) -> list[Any]:
        value = self._value(node, scope)
        if not isinstance(value, list | tuple | dict | str):
            raise CodeError(node.lineno, "only lists and ranges of known values are gone through.")
        return list(value)

    def _truth(self, node: ast.expr, scope: dict[str, Any]) -> bool:
        value = self._value(node, scope)
        if isinstance(value, Name | KerasTensor) or not (is_plain(value) or isinstance(value, Layer)):
            raise CodeError(node.lineno, "whether it holds is not known.")
        return bool(value) if is_plain(value) else True

    def _text(self, part: ast.expr, scope: dict[str, Any]) -> str:
        if isinstance(part, ast.FormattedValue):
            value = self._value(part.value, scope)
            if part.format_spec is not None or not isinstance(value, bool | int | float | str):
                raise CodeError(part.lineno, "in texts only plain numbers and texts are filled in.")
            return str(value)
        return str(self._value(part, scope))

    def _signed(self, node: ast.UnaryOp, scope: dict[str, Any]) -> Any:
        value = self._value(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return not self._truth(node.operand, scope)
        if isinstance(node.op, ast.USub) and (isinstance(value, int | float | KerasTensor)):
            return -value
        return not_read(node)

    def _of_tensors(self, node: ast.BinOp, left: Any, right: Any) -> Any:
        sign = TENSOR_SIGNS.get(type(node.op))
        if sign is None:
            raise CodeError(node.lineno, "this sign is not read between tensors.")
        return tried(node, lambda: KerasTensor.operate(sign, left, right))

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, scope: dict[str, Any]) -> list[Any]:
        def go(place: int) -> None:
            if place == len(node.generators):
                found.append(self._value(node.elt, scope))
                return
            generator = node.generators[place]
            for item in self._items(generator.iter, scope):
                self._assign(generator.target, item, scope)
                if all(self._truth(test, scope) for test in generator.ifs):
                    go(place + 1)

        found: list[Any] = []
        go(0)
        return found

    def _attribute(self, node: ast.Attribute, owner: Any) -> Any:
        if isinstance(owner, Name):
            return owner.member(node.attr)
        if isinstance(owner, Layer | KerasTensor) and node.attr in _READ_OF_MODELS:
            return tried(node, lambda: getattr(owner, node.attr))
        raise CodeError(node.lineno, f".{node.attr} is not read.")

    def _call(self, node: ast.Call, scope: dict[str, Any]) -> Any:
        if isinstance(node.func, ast.Attribute):
            owner = self._value(node.func.value, scope)
            if not isinstance(owner, Name):
                return self._method(node, owner, node.func.attr, scope)
        function = self._value(node.func, scope)
        try:
            args, kwargs = self._arguments(node, scope)
        except CodeError as error:
            # A layer or model depends on it: now it matters.
            error.quiet = (
                error.quiet and isinstance(function, Name) and not function.path.startswith("keras.")
            )
            raise
        if isinstance(function, Function):
            return self._inlined(node, function, args, kwargs)
        if isinstance(function, Name):
            if "." not in function.path:
                found = named_function(node, function.path, args)
                if found is not NotImplemented:
                    return found
            value = tried(node, lambda: made(function, node.lineno, args, kwargs))
            self.models += [value] if isinstance(value, Model) else []
            return value
        if isinstance(function, Layer) and find_symbolic([args, list(kwargs.values())]):
            return tried(node, lambda: function(*args, **kwargs))
        raise CodeError(node.lineno, "such a call is not read.")

    def _arguments(self, node: ast.Call, scope: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        args = [self._given(value, node) for value in self._all(node.args, scope)]
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self._value(keyword.value, scope)
            if keyword.arg is not None:
                kwargs[keyword.arg] = self._given(value, node)
            elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
                kwargs |= value
        return args, kwargs

    def _given(self, value: Any, node: ast.Call) -> Any:
        return plain_member(value, node.lineno) if isinstance(value, Name) else value

    def _inlined(self, node: ast.Call, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What a function of the program gives: its body is walked with the arguments."""
        if self._depth >= MAX_CALLS:
            raise CodeError(node.lineno, f"functions call one another more than {MAX_CALLS} deep.")
        own = {name: self._value(default, function.scope) for name, default in function.defaults().items()}
        scope = {**function.scope, **own, **function.filled(node, args, kwargs, own)}
        self._depth += 1
        loops, self._loops = self._loops, 0
        try:
            self._block(function.node.body, scope)
        except ReturnedError as returned:
            return returned.value
        finally:
            self._depth -= 1
            self._loops = loops
        return None

    def _method(self, node: ast.Call, owner: Any, name: str, scope: dict[str, Any]) -> Any:
        if isinstance(owner, Model) and name in ("compile", "fit"):
            self.chosen = owner
            if name == "compile":
                values = compiled(node, lambda value: self._value(value, scope), self.notes)
                tried(node, lambda: owner.compile(**values))
            else:
                self.training |= fitted(node, lambda value: self._known(value, scope))
            return None
        if isinstance(owner, Model) and name in _WITHOUT_EFFECT:
            return None
        args, kwargs = self._arguments(node, scope)
        allowed: Callable[..., Any] | None = None
        if (
            (isinstance(owner, Sequential) and name in ("add", "pop"))
            or (isinstance(owner, Model) and name == "get_layer")
            or (isinstance(owner, list) and name in ("append", "extend", "insert", "pop"))
        ):
            allowed = getattr(owner, name)
        elif isinstance(owner, dict) and name in ("get", "items", "keys", "values"):
            return list(getattr(owner, name)()) if name != "get" else owner.get(*args)
        if allowed is None:
            raise CodeError(node.lineno, f".{name}() is not read.")
        if isinstance(owner, list):
            bounded(node, [owner, *args])
        return tried(node, lambda: allowed(*args, **kwargs))
