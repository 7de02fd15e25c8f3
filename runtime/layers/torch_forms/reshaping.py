"""Layers that move numbers about, as PyTorch code."""

from runtime.layers.edges import Cropping, ZeroPadding
from runtime.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal, sizes
from runtime.layers.up_sampling import UpSampling


@form(Flatten)
def flatten(layer: Flatten, call: Call) -> None:
    """All numbers of a sample in a row, in Keras's order: the channels of a place stand together."""
    x, rank = call.last(), len(call.value.shape)
    if layer.data_format == "channels_first" and rank > 2:
        x = f"{x}.movedim(1, -1)"
    call.give(f"{x}.unsqueeze(1)" if rank == 1 else f"{x}.flatten(1)")


@form(Reshape)
def reshape(layer: Reshape, call: Call) -> None:
    """The same numbers in another shape."""
    target = [-1 if size is None else size for size in layer.target_shape]
    x = call.last()
    numbers = "".join(f", {size}" for size in target)
    call.give(f"{x}.reshape({'len(' + x + ')' if -1 in target else '-1'}{numbers})")


@form(Permute)
def permute(layer: Permute, call: Call) -> None:
    """The axes in another order."""
    call.give(f"{call.last()}.permute(0, {', '.join(map(str, layer.dims))})")


@form(RepeatVector)
def repeat_vector(layer: RepeatVector, call: Call) -> None:
    """The same vector at each step."""
    call.give(f"{call.last()}.unsqueeze(1).expand(-1, {layer.n}, -1)")


@form(ZeroPadding)
def zero_padding(layer: ZeroPadding, call: Call) -> None:
    """F.pad."""
    x, first = call.image() if call.value.is_floating else (call.last(), False)
    amounts = tuple(amount for edge in reversed(layer.padding) for amount in edge)
    if not first and layer.data_format == "channels_last":
        amounts = (0, 0, *amounts)
    call.give(f"F.pad({x}, {literal(amounts)})", first=first)


@form(Cropping)
def cropping(layer: Cropping, call: Call) -> None:
    """Slices."""
    ranges = [f"{before or ''}:{-after or ''}" for before, after in layer.cropping]
    last = layer.data_format == "channels_last"
    front = [":", ":"] if call.value.first or not last else [":"]
    call.give_any(f"{call.any()}[{', '.join([*front, *ranges])}]")


@form(UpSampling)
def up_sampling(layer: UpSampling, call: Call) -> None:
    """F.interpolate; whole numbers are repeated."""
    if call.value.is_floating:
        x, first = call.image()
        smooth = "" if layer.interpolation == "nearest" else ", align_corners=False"
        how = f'scale_factor={sizes(layer.size)}, mode="{layer.interpolation}"{smooth}'
        call.give(f"F.interpolate({x}, {how})", first=first)
        return
    code = call.last()
    for axis, times in enumerate(layer.size, start=1 if layer._channels_last else 2):
        code = f"{code}.repeat_interleave({times}, {axis})"
    call.give(code)
