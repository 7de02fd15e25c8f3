"""Loops and choices as functions: scan, while, either or, and functions of one sample for many.

Source: https://keras.io/api/ops/core/
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from runtime.errors import DataError, ParameterError
from runtime.ops.conversion import TensorLike, tensor
from runtime.ops.registration import core_op

Nested = Any
"""A tensor, or tensors in nested lists, tuples and dicts."""


def _each(structure: Nested) -> Nested:
    return pytree.tree_map(lambda leaf: leaf if leaf is None else tensor(leaf), structure)


def _check_callable(name: str, f: Any) -> None:
    if not callable(f):
        raise ParameterError(f"{name}() wants a function, but got {f!r}.", parameter="f", received=f)


@core_op("xs")
def map(f: Callable[[Nested], Nested], xs: Nested) -> Nested:
    """A function of each row, one after the other; the results in one tensor."""
    return scan(lambda state, x: (state, f(x)), (), _each(xs))[1]


@core_op("init", "xs")
def scan(
    f: Callable[[Nested, Nested], tuple[Nested, Nested]],
    init: Nested,
    xs: Nested = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Nested, Nested]:
    """A loop that hands a state on from row to row.

    Args:
        f: Takes the state and a row; returns the next state and a result.
        init: The first state.
        xs: The rows, along the first axis.
        length: How often to go, if there are no rows.
        reverse: True begins with the last row.
        unroll: For other machines only.

    Returns:
        The last state, and all results along a new first axis.

    Raises:
        ParameterError: There is no function, or neither rows nor a length.
    """
    _check_callable("scan", f)
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ParameterError(f"scan(unroll=…) got {unroll!r}.", parameter="unroll", received=unroll)
    if xs is None and length is None:
        raise ParameterError("scan() needs rows (xs) or a length.", parameter="xs")
    rows, state = _each(xs), _each(init)
    leaves = pytree.tree_leaves(rows)
    count = int(length) if length is not None else leaves[0].shape[0]
    nothing = pytree.tree_map(torch.zeros_like, state)
    results: list[Nested] = [None] * count
    for place in reversed(range(count)) if reverse else range(count):
        row = None if xs is None else pytree.tree_map(lambda leaf, at=place: leaf[at], rows)
        state, result = f(state, row)
        results[place] = nothing if result is None else result
    return state, pytree.tree_map(lambda *parts: torch.stack([tensor(part) for part in parts]), *results)


@core_op("elems")
def associative_scan(
    f: Callable[[Nested, Nested], Nested], elems: Nested, reverse: bool = False, axis: int = 0
) -> Nested:
    """The running result of a function for which the order of brackets does not count.

    Args:
        f: Joins two results: called on many at once.
        elems: What is joined, along `axis`.
        reverse: True begins at the end.
        axis: The axis.

    Raises:
        ParameterError: There is no function.
        DataError: The tensors have different lengths.
    """
    _check_callable("associative_scan", f)
    leaves, structure = pytree.tree_flatten(_each(elems))
    lengths = {leaf.shape[axis] for leaf in leaves}
    if len(lengths) > 1:
        raise DataError(f"associative_scan() wants tensors of one length, but got {sorted(lengths)}.")
    if reverse:
        leaves = [leaf.flip(axis) for leaf in leaves]

    def join(one: list[Tensor], other: list[Tensor]) -> list[Tensor]:
        joined = f(pytree.tree_unflatten(one, structure), pytree.tree_unflatten(other, structure))
        return [tensor(leaf) for leaf in pytree.tree_leaves(joined)]

    found = _running(join, leaves, axis)
    if reverse:
        found = [leaf.flip(axis) for leaf in found]
    return pytree.tree_unflatten(found, structure)


def _running(join: Callable[[Any, Any], list[Tensor]], leaves: list[Tensor], axis: int) -> list[Tensor]:
    """Each place joined with the one `step` before it, for steps 1, 2, 4 and so on."""
    length, step = leaves[0].shape[axis], 1
    while step < length:
        before = [leaf.narrow(axis, 0, length - step) for leaf in leaves]
        joined = join(before, [leaf.narrow(axis, step, length - step) for leaf in leaves])
        heads = (leaf.narrow(axis, 0, step) for leaf in leaves)
        leaves = [torch.cat(parts, axis) for parts in zip(heads, joined, strict=True)]
        step *= 2
    return leaves


@core_op("loop_vars")
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Nested],
    loop_vars: Nested,
    maximum_iterations: int | None = None,
) -> Nested:
    """Goes on as long as a condition holds.

    Args:
        cond: Whether to go on, for the values.
        body: The next values.
        loop_vars: The first values.
        maximum_iterations: How often to go at most.
    """
    several = isinstance(loop_vars, list | tuple)
    values = tuple(_each(item) for item in (loop_vars if several else (loop_vars,)))
    turn = 0
    while (maximum_iterations is None or turn < maximum_iterations) and cond(*values):
        found = body(*values)
        values = tuple(found) if isinstance(found, list | tuple) else (found,)
        turn += 1
    return values if several else values[0]


@core_op("init_val")
def fori_loop(lower: int, upper: int, body_fun: Callable[[int, Nested], Nested], init_val: Nested) -> Nested:
    """Goes through whole numbers, handing a value on."""
    value = _each(init_val)
    for number in range(int(lower), int(upper)):
        value = body_fun(number, value)
    return value


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """The one function's result if something holds, the other's if not."""
    if getattr(pred, "is_meta", False):
        return true_fn()
    return true_fn() if pred else false_fn()


@core_op("index", "operands")
def switch(index: TensorLike, branches: Any, *operands: Any) -> Any:
    """The result of one of several functions; a number too low or too high takes the first or last."""
    place = max(0, min(int(tensor(index)), len(branches) - 1))
    return branches[place](*_each(operands))


@core_op("elements")
def vectorized_map(function: Callable[[Nested], Nested], elements: Nested) -> Nested:
    """A function of one row, computed for all rows at once."""
    return torch.vmap(function)(_each(elements))


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Any:
    """A function of single numbers (or of the axes a signature names) as one of tensors.

    Args:
        pyfunc: The function.
        excluded: Places and names of arguments that are handed on as they are.
        signature: What the function takes and gives, such as "(n),(n)->()".
    """
    _check_callable("vectorize", pyfunc)
    excluded = set(excluded or ())
    cores = None if signature is None else _core_ranks(signature)

    def called(*args: Any, **kwargs: Any) -> Any:
        places = [place for place in range(len(args)) if place not in excluded]
        given = [tensor(args[place]) for place in places]
        ranks = [0] * len(given) if cores is None else cores
        leads = [item.shape[: item.ndim - rank] for item, rank in zip(given, ranks, strict=True)]
        lead = torch.broadcast_shapes(*leads)
        spread = [
            item.expand(*lead, *item.shape[item.ndim - rank :])
            for item, rank in zip(given, ranks, strict=True)
        ]

        def inner(*parts: Tensor) -> Any:
            full = list(args)
            for place, part in zip(places, parts, strict=True):
                full[place] = part
            return pyfunc(*full, **kwargs)

        function: Any = inner
        for _ in lead:
            function = torch.vmap(function)
        return function(*spread)

    return called


def _core_ranks(signature: str) -> list[int]:
    inputs = signature.partition("->")[0].replace(" ", "")
    return [len([name for name in group.split(",") if name]) for group in inputs.strip("()").split("),(")]
