"""Attention as PyTorch code."""

import math
from typing import Any

from torch import Tensor

from runtime.layers.attention import MultiHeadAttention
from runtime.layers.score_attention import AdditiveAttention, Attention
from runtime.layers.torch_forms.pieces import attention as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, Value, literal

_PLAIN_RANK = 3
"""Axes of plain sequences: batch, steps, features."""


def _projection(dense: Any) -> dict[str, Tensor | None]:
    features = math.prod(dense.input_sizes)
    bias = None if dense.bias is None else dense.bias.reshape(-1)
    return {"weight": dense.kernel.reshape(features, -1).T, "bias": bias}


@form(MultiHeadAttention)
def multi_head_attention(layer: MultiHeadAttention, call: Call) -> None:
    """A small module of linear layers: torch's own wants heads that share the features among them."""
    query, value = call.inputs["query"][0], call.inputs["value"][0]
    key = call.inputs["key"][0] if call.inputs.get("key") else None
    rank = len(query.shape)
    attended = layer.attention_axes_of(rank)
    parts: dict[str, Any] = {"query": layer.query_dense, "key": layer.key_dense, "value": layer.value_dense}
    parts |= {"output": layer.output_dense} | ({"gate": layer.gate_dense} if layer.use_gate else {})
    arrays = {f"{part}.{n}": t for part, dense in parts.items() for n, t in _projection(dense).items()}
    call.piece(pieces.HeadsOfAttention)
    output_sizes = layer.output_dense.output_sizes
    module = call.module("", _made(layer, parts, math.prod(output_sizes)), **arrays)
    zero = bool(layer.dropout) or bool(call.settings.get("return_attention_scores")) or rank != _PLAIN_RANK
    arguments = [_steps(call, tensor, attended) for tensor in (query, value)]
    if key is not None:
        arguments.append(_steps(call, key, attended))
    mask = _mask(layer, call, attended)
    if mask:
        arguments.append(f"mask={mask}")
        arguments += ["zero=True"] * zero
    run = f"{module}({', '.join(arguments)})"
    wants_scores = bool(call.settings.get("return_attention_scores"))
    output = call.local("output")
    scores = call.local("scores") if wants_scores else "_"
    call.write(f"{output}, {scores} = {run}")
    call.give(_back(call, output, query, attended, output_sizes))
    if wants_scores:
        keys = value if key is None else key
        call.give(_spread_scores(call, scores, query, keys, attended), mask=None)


def _made(layer: MultiHeadAttention, parts: dict[str, Any], output: int) -> str:
    sizes = tuple(math.prod(parts[name].input_sizes) for name in ("query", "key", "value"))
    numbers = f"{literal(sizes)}, {layer.num_heads}, {layer.key_dim}, {layer.value_dim}, {output}"
    if layer._key_heads != layer.num_heads:
        numbers += f", key_heads={layer._key_heads}"
    if layer.dropout:
        numbers += f", dropout={literal(layer.dropout)}"
    if not layer.use_bias:
        numbers += ", bias=False"
    return f"HeadsOfAttention({numbers}{', gate=True' if layer.use_gate else ''})"


def _order(rank: int, attended: tuple[int, ...]) -> list[int]:
    return [*(axis for axis in range(rank - 1) if axis not in attended), *attended, rank - 1]


def _steps(call: Call, value: Value, attended: tuple[int, ...]) -> str:
    """A tensor as (batch, …, steps, features), whatever its axes are."""
    code, order = call.last(value, floating=True), _order(len(value.shape), attended)
    if order != sorted(order):
        code = f"{code}.permute({', '.join(map(str, order))})"
    if len(attended) > 1:
        code = f"{code}.flatten({len(order) - 1 - len(attended)}, -2)"
    return code


def _sizes(call: Call, value: Value, axes: tuple[int, ...]) -> str:
    """The sizes of a tensor along some axes, each followed by a comma."""
    x = call.last(value)
    found = [value.shape[axis] for axis in axes]
    return ", ".join(
        f"{x}.shape[{axis}]" if size is None else str(size) for axis, size in zip(axes, found, strict=True)
    )


def _back(
    call: Call, code: str, query: Value, attended: tuple[int, ...], output_sizes: tuple[int, ...]
) -> str:
    """The output with its axes where those of the query are."""
    rank = len(query.shape)
    order = _order(rank, attended)
    if len(attended) > 1:
        code = f"{code}.unflatten({rank - 1 - len(attended)}, ({_sizes(call, query, attended)}))"
    if order != sorted(order):
        back = [order.index(axis) for axis in range(rank)]
        code = f"{code}.permute({', '.join(map(str, back))})"
    return code if len(output_sizes) == 1 else f"{code}.unflatten(-1, {literal(tuple(output_sizes))})"


def _spread_scores(call: Call, scores: str, query: Value, keys: Value, attended: tuple[int, ...]) -> str:
    if len(attended) == 1:
        return scores
    sizes = f"{_sizes(call, query, attended)}, {_sizes(call, keys, attended)}"
    return f"{scores}.reshape(*{scores}.shape[:-2], {sizes})"


def _mask(layer: MultiHeadAttention, call: Call, attended: tuple[int, ...]) -> str:
    """Where a query may look: (batch, 1, queries, keys); empty for everywhere."""
    query, value = call.inputs["query"][0], call.inputs["value"][0]
    key = call.inputs["key"][0] if call.inputs.get("key") else None
    masks = [f"{query.mask}.unsqueeze(-1)"] if query.mask else []
    masks += [f"{each.mask}.unsqueeze(-2)" for each in (value, key) if each is not None and each.mask]
    axis = attended[0]
    sizes = f"{_sizes(call, query, (axis,))}, {_sizes(call, value if key is None else key, (axis,))}"
    if call.settings.get("use_causal_mask"):
        call.piece(pieces.causal_mask)
        masks.append(f"causal_mask({sizes})")
    if layer.sliding_window is not None:
        call.piece(pieces.window_mask)
        masks.append(f"window_mask({sizes}, {layer.sliding_window})")
    given = call.inputs.get("attention_mask")
    if given:
        if len(given[0].shape) != _PLAIN_RANK or len(attended) > 1:
            raise call.refuse("its attention mask has other axes than queries and keys")
        masks.append(f"{given[0].code}.bool()")
    if not masks:
        return ""
    joined = masks[0] if len(masks) == 1 else call.let("mask", " & ".join(masks))
    others = len(query.shape) - 1 - len(attended)
    return f"{joined}[:, {'None, ' * others}:, :]" if others > 1 else f"{joined}.unsqueeze(1)"


@form(Attention, AdditiveAttention)
def attention(layer: Attention, call: Call) -> None:
    """Scores of each query for each key, and the means of the values they make."""
    query, value, key = call.values[0], call.values[1], call.values[-1]
    q, k = call.last(query, floating=True), call.last(key, floating=True)
    scores = call.let("scores", _scores(layer, call, q, k))
    masks = [f"{value.mask}.unsqueeze(-2)"] if value.mask else []
    if call.settings.get("use_causal_mask"):
        call.piece(pieces.causal_mask)
        masks.append(f"causal_mask({_sizes(call, query, (-2,))}, {_sizes(call, key, (-2,))})")
    call.piece(pieces.look_up)
    if layer.dropout:
        call.note("its dropout is left out")
    mask = f", {' & '.join(masks)}" if masks else ""
    wants_scores = bool(call.settings.get("return_attention_scores"))
    output = call.local("output")
    weights = call.local("weights") if wants_scores else "_"
    call.write(f"{output}, {weights} = look_up({scores}, {call.last(value, floating=True)}{mask})")
    if query.mask:
        output = f"torch.where({query.mask}.unsqueeze(-1), {output}, 0)"
    call.give(output, mask=query.mask)
    if wants_scores:
        call.give(weights, mask=None)


def _scores(layer: Attention, call: Call, query: str, key: str) -> str:
    """An expression for how well each key fits each query."""
    if isinstance(layer, AdditiveAttention):
        fits = f"torch.tanh({query}.unsqueeze(-2) + {key}.unsqueeze(-3))"
        if layer.scale is None:
            return f"{fits}.sum(-1)"
        return f"{fits} @ {call.parameter('scale', layer.scale, 'ones')}"
    scale = None if layer.scale is None else call.parameter("scale", layer.scale, "ones")
    if layer.concat_score_weight is None:
        products = f"{query} @ {key}.transpose(-1, -2)"
        return products if scale is None else f"{products} * {scale}"
    sums = f"{query}.unsqueeze(-2) + {key}.unsqueeze(-3)"
    sums = sums if scale is None else f"{scale} * ({sums})"
    weight = call.parameter("score_weight", layer.concat_score_weight, "ones")
    return f"{weight} * torch.tanh({sums}).sum(-1)"
