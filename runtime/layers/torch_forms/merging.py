"""Layers that join tensors, as PyTorch code."""

from runtime.layers.joining import Concatenate, Dot
from runtime.layers.merging import Add, Average, Elementwise, Maximum, Minimum, Multiply, Subtract
from runtime.layers.torch_forms.pieces import merging as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal


def _fitting(call: Call) -> tuple[list[str], bool]:
    """The tensors with equally many axes, and whether their channels stand behind the batch."""
    ranks = [len(value.shape) for value in call.values]
    if len(set(ranks)) == 1 and all(value.first for value in call.values):
        return [call.any(value) for value in call.values], True
    wide = [
        f"[:, {', '.join(['None'] * (max(ranks) - rank))}]" if rank < max(ranks) else "" for rank in ranks
    ]
    return [f"{call.last(value)}{more}" for value, more in zip(call.values, wide, strict=True)], False


def _joint_mask(call: Call) -> str | None:
    masks = [value.mask for value in call.values]
    known = [mask for mask in masks if mask is not None]
    return " | ".join(dict.fromkeys(known)) if len(known) == len(masks) and known else None


def _give(call: Call, code: str, first: bool) -> None:
    mask = _joint_mask(call)
    call.give(code, first=first, mask=call.let("mask", mask) if mask and "|" in mask else mask)


@form(Add, Subtract, Average)
def sums(layer: Elementwise, call: Call) -> None:
    """Sums, differences and means."""
    tensors, first = _fitting(call)
    code = (" - " if isinstance(layer, Subtract) else " + ").join(tensors)
    _give(call, f"({code}) / {len(tensors)}" if isinstance(layer, Average) else code, first)


def _masks(call: Call) -> str:
    if len({len(value.shape) for value in call.values}) > 1:
        raise call.refuse("it joins masked tensors of different axes")
    return f"[{', '.join(value.mask or 'None' for value in call.values)}]"


@form(Multiply)
def product(layer: Multiply, call: Call) -> None:
    """The product; masked numbers do not count."""
    del layer
    if any(value.mask for value in call.values):
        call.piece(pieces.multiply_masked)
        tensors = ", ".join(call.last(value) for value in call.values)
        _give(call, f"multiply_masked([{tensors}], {_masks(call)})", False)
        return
    tensors, first = _fitting(call)
    call.give(" * ".join(tensors), first=first)


@form(Maximum, Minimum)
def extremes(layer: Elementwise, call: Call) -> None:
    """The largest or smallest numbers; masked numbers do not count."""
    function = "torch.maximum" if isinstance(layer, Maximum) else "torch.minimum"
    if any(value.mask for value in call.values):
        call.piece(pieces.extreme_masked)
        tensors = ", ".join(call.last(value) for value in call.values)
        _give(call, f"extreme_masked({function}, [{tensors}], {_masks(call)})", False)
        return
    (code, *others), first = _fitting(call)
    for tensor in others:
        code = f"{function}({code}, {tensor})"
    call.give(code, first=first)


@form(Concatenate)
def concatenate(layer: Concatenate, call: Call) -> None:
    """torch.cat."""
    rank = len(call.value.shape)
    axis = layer.axis % rank
    if all(value.first for value in call.values):
        tensors = ", ".join(call.any(value) for value in call.values)
        place = 0 if axis == 0 else 1 if axis == rank - 1 else axis + 1
        call.give(f"torch.cat([{tensors}], {place})", first=True, mask=_joined_mask(layer, call))
        return
    tensors = ", ".join(call.last(value) for value in call.values)
    call.give(f"torch.cat([{tensors}], {layer.axis})", mask=_joined_mask(layer, call))


def _joined_mask(layer: Concatenate, call: Call) -> str | None:
    if not any(value.mask for value in call.values):
        return None
    masks: list[str] = []
    for value in call.values:
        x = call.last(value)
        wide = f"{value.mask}.unsqueeze(-1).expand({x}.shape)"
        masks.append(wide if value.mask else f"torch.ones_like({x}, dtype=torch.bool)")
    return call.let("mask", f"torch.cat([{', '.join(masks)}], {layer.axis}).any(-1)")


@form(Dot)
def dot(layer: Dot, call: Call) -> None:
    """Products along an axis of each tensor."""
    call.piece(pieces.dot)
    x, y = (call.last(value, floating=layer.normalize) for value in call.values)
    normalize = ", normalize=True" if layer.normalize else ""
    call.give(f"dot({x}, {y}, {literal(layer.axes)}{normalize})", mask=None)
