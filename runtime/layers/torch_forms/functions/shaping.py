"""Functions that move numbers about, as PyTorch code."""

import math
import re
from typing import Any

from runtime.layers.torch_forms.functions.arguments import Arguments, function, number, templates, unpacked
from runtime.layers.torch_forms.pieces import moving as pieces
from runtime.layers.torch_forms.writing import literal

templates(
    {
        "Ravel": "{x}.flatten()",
        "Moveaxis": "{x}.movedim({source}, {destination})",
        "Swapaxes": "{x}.transpose({axis1}, {axis2})",
        "Tile": "{x}.tile({repeats})",
        "Fliplr": "{x}.fliplr()",
        "Flipud": "{x}.flipud()",
        "Tril": "{x}.tril({k})",
        "Triu": "{x}.triu({k})",
        "Diag": "{x}.diag({k})",
        "Diagflat": "{x}.diagflat({k})",
        "Diagonal": "{x}.diagonal({offset}, {axis1}, {axis2})",
        "Trace": "{x}.diagonal({offset}, {axis1}, {axis2}).sum(-1)",
    }
)
templates({"Size": "torch.tensor({x}.numel())", "Nonzero": "{x}.nonzero().T"}, gives="int64")


def _sizes(value: Any) -> tuple[int, ...]:
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple(-1 if size is None else int(size) for size in listed)


@function("Reshape")
def reshape(arguments: Arguments) -> str:
    """The same numbers in other axes."""
    sizes = _sizes(arguments.unwired("newshape"))
    return f"{arguments.code('x')}.reshape({', '.join(map(str, sizes))})"


@function("BroadcastTo")
def broadcast_to(arguments: Arguments) -> str:
    """Repeated along axes of length 1."""
    return f"{arguments.code('x')}.broadcast_to({_sizes(arguments.unwired('shape'))})"


@function("Transpose")
def transpose(arguments: Arguments) -> str:
    """The axes in another order."""
    axes = arguments.unwired("axes")
    order = reversed(range(arguments.rank("x"))) if axes is None else axes
    return f"{arguments.code('x')}.permute({', '.join(map(str, order))})"


@function("ExpandDims")
def expand_dims(arguments: Arguments) -> str:
    """New axes of length 1."""
    axis = arguments.unwired("axis")
    listed = axis if isinstance(axis, list | tuple) else [axis]
    rank = arguments.rank("x") + len(listed)
    return arguments.code("x") + "".join(
        f".unsqueeze({place % rank})" for place in sorted(a % rank for a in listed)
    )


@function("Squeeze")
def squeeze(arguments: Arguments) -> str:
    """Without axes of length 1."""
    axis = arguments.unwired("axis")
    shown = "" if axis is None else literal(tuple(axis) if isinstance(axis, list) else axis)
    return f"{arguments.code('x')}.squeeze({shown})"


@function("Repeat")
def repeat(arguments: Arguments) -> str:
    """Each number several times."""
    axis, repeats = arguments.unwired("axis"), arguments.unwired("repeats")
    along = "" if axis is None else f", {axis}"
    if isinstance(repeats, list | tuple) and len(repeats) == 1:
        repeats = repeats[0]
    times = str(repeats) if isinstance(repeats, int) else f"torch.tensor({literal(list(repeats))})"
    times = times.replace("((", "([").replace("))", "])").replace("(,", "(")
    return f"{arguments.code('x')}.repeat_interleave({times}{along})"


@function("Flip")
def flip(arguments: Arguments) -> str:
    """The other way round."""
    axis = arguments.unwired("axis")
    axes = range(arguments.rank("x")) if axis is None else [axis] if isinstance(axis, int) else axis
    return f"{arguments.code('x')}.flip({literal(tuple(axes))})"


@function("Roll")
def roll(arguments: Arguments) -> str:
    """Moved on, and round at the end."""
    shift, axis = _sizes(arguments.unwired("shift")), arguments.unwired("axis")
    along = "" if axis is None else f", {literal(_sizes(axis))}"
    return f"{arguments.code('x')}.roll({literal(shift)}{along})"


@function("Rot90")
def quarters(arguments: Arguments) -> str:
    """Turned by quarters."""
    return arguments.fill("{array}.rot90({k}, {axes})")


@function("Pad")
def pad(arguments: Arguments) -> str:
    """F.pad takes the last axis first."""
    width, rank, mode = arguments.unwired("pad_width"), arguments.rank("x"), arguments["mode"]
    if isinstance(width, int):
        pairs = [(width, width)] * rank
    elif isinstance(width[0], int):
        pairs = [(width[0], width[-1])] * rank
    else:
        pairs = [(int(pair[0]), int(pair[-1])) for pair in width] * (rank if len(width) == 1 else 1)
    while mode != "constant" and len(pairs) > 1 and pairs[0] == (0, 0):
        pairs = pairs[1:]
    amounts = literal(tuple(amount for pair in reversed(pairs) for amount in pair))
    if mode == "constant":
        filler = arguments.unwired("constant_values")
        value = "" if filler in (None, 0) else f", value={number(filler)}"
        return f"F.pad({arguments.code('x')}, {amounts}{value})"
    if not len(pairs) < rank <= len(pairs) + 2 or rank < 2:
        raise arguments.call.refuse(f"torch does not pad so many axes by mode {mode!r}")
    kind = "replicate" if mode == "symmetric" else mode
    return f'F.pad({arguments.code("x", "f")}, {amounts}, mode="{kind}")'


@function("Concatenate")
def concatenate(arguments: Arguments) -> str:
    """torch.cat."""
    return f"torch.cat([{', '.join(arguments.all('xs'))}], {arguments['axis']})"


@function("Stack")
def stack(arguments: Arguments) -> str:
    """torch.stack."""
    return f"torch.stack([{', '.join(arguments.all('x'))}], {arguments['axis']})"


@function("Vstack", "Hstack", "Dstack")
def stacked(arguments: Arguments) -> str:
    """Below, beside and behind each other."""
    return f"torch.{arguments.layer.entry.name.lower()}([{', '.join(arguments.all('xs'))}])"


@function("Append")
def append(arguments: Arguments) -> str:
    """One behind the other."""
    one, other, axis = arguments.code("x1", "t"), arguments.code("x2", "t"), arguments.unwired("axis")
    if axis is None:
        return f"torch.cat([{one}.flatten(), {other}.flatten()])"
    return f"torch.cat([{one}, {other}], {axis})"


@function("Split", "ArraySplit")
def split(arguments: Arguments) -> list[str]:
    """Parts along an axis."""
    return unpacked(arguments, arguments.fill("{x}.tensor_split({indices_or_sections}, {axis})"))


@function("Hsplit", "Vsplit", "Dsplit")
def split_along(arguments: Arguments) -> list[str]:
    """Parts along the axis of that name."""
    name = arguments.layer.entry.name.lower()
    return unpacked(arguments, arguments.fill(f"{{x}}.{name}({{indices_or_sections}})"))


@function("Unstack")
def unstack(arguments: Arguments) -> list[str]:
    """A tensor for each place."""
    return unpacked(arguments, arguments.fill("{x}.unbind({axis})"))


@function("UnravelIndex")
def unravel_index(arguments: Arguments) -> list[str]:
    """Places in a shape, from places in a row."""
    return unpacked(arguments, arguments.fill("torch.unravel_index({indices:i}, {shape})"))


@function("GetItem")
def part(arguments: Arguments) -> str:
    """`x[key]`."""
    key = arguments.unwired("key")
    items = key if isinstance(key, tuple | list) else [key]
    return f"{arguments.code('x')}[{', '.join(map(_item, items))}]"


def _item(item: Any) -> str:
    if isinstance(item, slice):
        step = "" if item.step in (None, 1) else f":{item.step}"
        return f"{_end(item.start)}:{_end(item.stop)}{step}"
    return "..." if item is ... else repr(item)


def _end(value: Any) -> str:
    return "" if value is None else str(value)


@function("Slice")
def window(arguments: Arguments) -> str:
    """The part of a shape that begins at given places."""
    starts, sizes = arguments.unwired("start_indices"), arguments.unwired("shape")
    parts = [f"{start}:{start + size}" for start, size in zip(starts, sizes, strict=True)]
    return f"{arguments.code('inputs')}[{', '.join(parts)}]"


@function("SliceUpdate")
def window_update(arguments: Arguments) -> str:
    """Other numbers in a part."""
    return arguments.fill(f"{arguments.call.piece(pieces.slice_update)}({{inputs}}, {{updates:t}}, ") + (
        f"{literal(tuple(arguments.unwired('start_indices')))})"
    )


@function("Take")
def take(arguments: Arguments) -> str:
    """What stands at places along an axis."""
    axis, places = arguments.unwired("axis"), arguments["indices"]
    x = arguments.code("x")
    if axis is not None and isinstance(places, int):
        return f"{x}.select({axis}, {places})"
    name = arguments.call.piece(pieces.take)
    return f"{name}({x}, {arguments.code('indices', 't')}, {axis})"


@function("TakeAlongAxis")
def take_along_axis(arguments: Arguments) -> str:
    """What stands at places of its own in each row."""
    name = arguments.call.piece(pieces.take_along)
    return arguments.fill(f"{name}({{x}}, {{indices:i}}, {{axis}})")


@function("Where")
def where(arguments: Arguments) -> str:
    """One of two, or the places where something holds."""
    holds = arguments.code("condition", "t") + ("" if arguments.dtype("condition") == "bool" else ".bool()")
    if not arguments.given("x1"):
        return f"{holds}.nonzero().T"
    return arguments.fill(f"torch.where({holds}, {{x1}}, {{x2}})")


@function("Select")
def select(arguments: Arguments) -> str:
    """The first choice whose condition holds."""
    found = arguments.code("default")
    holds, choices = arguments.all("condlist"), arguments.all("choicelist")
    if len(holds) != len(choices):
        raise arguments.call.refuse("some of its choices are constants")
    for one, choice in zip(reversed(holds), reversed(choices), strict=True):
        found = f"torch.where({one}, {choice}, {found})"
    return found


@function("Scatter")
def scatter(arguments: Arguments) -> str:
    """Zeros, and numbers added at places."""
    name = arguments.call.piece(pieces.scatter)
    return arguments.fill(f"{name}({{indices:t}}, {{values:t}}, {{shape}})")


@function("ScatterUpdate")
def scatter_update(arguments: Arguments) -> str:
    """Other numbers at places."""
    how = (arguments["reduction"] or "").lower()
    if how not in ("", "add"):
        raise arguments.call.refuse(f"it puts numbers into their places by {how!r}")
    more = ", accumulate=True" if how else ""
    places = "tuple({indices:i}.T)"
    return arguments.fill(f"{{inputs}}.index_put({places}, {{updates:r}}{more})")


@function("Full")
def full(arguments: Arguments) -> str:
    """A tensor repeated up to a shape."""
    return f"{arguments.code('fill_value', 't')}.broadcast_to({_sizes(arguments.unwired('shape'))})"


@function("Rearrange")
def rearrange(arguments: Arguments) -> str:
    """Axes split, turned and merged."""
    before, after = (_groups(side) for side in arguments.unwired("pattern").split("->"))
    lengths: dict[str, int | None] = {
        name: value
        for name, value in arguments.settings.items()
        if isinstance(value, int) and name != "pattern"
    }
    for group, size in zip(before, arguments.shape("tensor"), strict=True):
        unknown = [name for name in group if name not in lengths]
        rest = math.prod(lengths[name] or 1 for name in group if name in lengths)
        for name in unknown:
            lengths[name] = None if size is None else size // rest
    names = [name for group in before for name in group]
    code = arguments.code("tensor")
    if [[name] for name in names] != before:
        code = f"{code}.reshape({_shown([lengths[name] for name in names])})"
    order = [names.index(name) for group in after for name in group]
    if order != sorted(order):
        code = f"{code}.permute({', '.join(map(str, order))})"
    if any(len(group) != 1 for group in after):
        merged = [
            None if None in (found := [lengths[name] for name in group]) else math.prod(map(int, found))  # type: ignore[arg-type]
            for group in after
        ]
        code = f"{code}.reshape({_shown(merged)})"
    return code


def _shown(sizes: list[int | None]) -> str:
    return ", ".join("-1" if size is None else str(size) for size in sizes)


def _groups(side: str) -> list[list[str]]:
    return [(group or name).split() for group, name in re.findall(r"\(([^)]*)\)|(\S+)", side)]


@function("Ndim", gives="int64")
def axes(arguments: Arguments) -> str:
    """How many axes there are is known."""
    return f"torch.tensor({arguments.rank('x')})"
