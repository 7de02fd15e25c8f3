"""What networks compute, without weights of their own, as PyTorch code."""

from typing import Any

from runtime import layers
from runtime.formats import epsilon, image_data_format
from runtime.layers.spatial import per_axis
from runtime.layers.torch_forms.functions.arguments import Arguments, function, whole
from runtime.layers.torch_forms.pieces import networks as pieces
from runtime.layers.torch_forms.writing import Value, literal, sizes
from runtime.layers.windows import same_padding


def _is_last(arguments: Arguments) -> bool:
    return (arguments["data_format"] or image_data_format()) == "channels_last"


def _as_layer(arguments: Arguments, port: str, kind: str, **settings: Any) -> str:
    """What a layer makes of the tensor: the function computes the same."""
    value = arguments.values(port)[0]
    if "float" not in value.dtype:
        value = Value(f"{value.code}.float()", value.shape, "float32", value.first)
    made: Any = getattr(layers, kind)(
        **settings, data_format=arguments["data_format"], name=arguments.call.name
    )
    (found,) = arguments.call.inside(made, "", value)
    return f"{whole(found.code)}.movedim(1, -1)" if found.first else found.code


@function("MaxPool", "AveragePool")
def pool(arguments: Arguments) -> str:
    """Windows, as the layers have them."""
    rank = arguments.rank("inputs") - 2
    kind = arguments.layer.entry.name.removesuffix("Pool")
    settings = {name: arguments[name] for name in ("pool_size", "strides")}
    return _as_layer(
        arguments, "inputs", f"{kind}Pooling{rank}D", **settings, padding=arguments["padding"].lower()
    )


@function("AdaptiveMaxPool", "AdaptiveAveragePool")
def adaptive_pool(arguments: Arguments) -> str:
    """As many parts as are wanted."""
    rank = arguments.rank("inputs") - 2
    kind = arguments.layer.entry.name.removesuffix("Pool")
    return _as_layer(arguments, "inputs", f"{kind}Pooling{rank}D", output_size=arguments["output_size"])


@function("Resize")
def resize(arguments: Arguments) -> str:
    """Pictures of another size."""
    if arguments.rank("images") != 4:
        raise arguments.call.refuse("it takes single pictures without a batch")
    if arguments["fill_mode"] != "constant":
        raise arguments.call.refuse(f"it fills up by mode {arguments['fill_mode']!r}")
    height, width = arguments["size"]
    names = ("interpolation", "antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_value")
    settings = {name: arguments[name] for name in names}
    return _as_layer(arguments, "images", "Resizing", height=height, width=width, **settings)


def _edges(arguments: Arguments, window: tuple[int, ...], x: str) -> str:
    """The tensor with what padding adds."""
    if arguments["padding"].lower() != "same":
        return x
    shape = arguments.shape("inputs")[1:-1] if _is_last(arguments) else arguments.shape("inputs")[2:]
    rank = len(shape)
    if None in shape:
        raise arguments.call.refuse("it pads tensors of unknown sizes", "Give the Input sizes.")
    steps, far = per_axis(arguments["strides"], rank), per_axis(arguments["dilation_rate"], rank)
    found = [
        same_padding(size, (width - 1) * gap + 1, step)  # type: ignore[arg-type]
        for size, width, gap, step in zip(shape, window, far, steps, strict=True)
    ]
    amounts = tuple(amount for edge in reversed(found) for amount in edge)
    return f"F.pad({x}, {literal(amounts)})" if any(amounts) else x


def _convolved(arguments: Arguments, x: str, filters: str, window: tuple[int, ...], groups: int) -> str:
    rank = len(window)
    steps, far = per_axis(arguments["strides"], rank), per_axis(arguments["dilation_rate"], rank)
    code = f"F.conv{rank}d({_edges(arguments, window, x)}, {filters}"
    code += f", stride={sizes(steps)}" if set(steps) != {1} else ""
    code += f", dilation={sizes(far)}" if set(far) != {1} else ""
    return f"{code}, groups={groups})" if groups > 1 else f"{code})"


def _pixels(arguments: Arguments) -> tuple[str, int]:
    """The tensor as torch wants it, and how many channels it has."""
    x, last = arguments.code("inputs", "f"), _is_last(arguments)
    return f"{x}.movedim(-1, 1)" if last else x, int(arguments.shape("inputs")[-1 if last else 1] or 0)


def _back(arguments: Arguments, code: str) -> str:
    return f"{code}.movedim(1, -1)" if _is_last(arguments) else code


def _window(arguments: Arguments, name: str) -> tuple[int, ...]:
    window = arguments.shape(name)[:-2]
    if None in arguments.shape(name):
        raise arguments.call.refuse("the size of its filters is not known")
    return tuple(int(size or 0) for size in window)


@function("Conv")
def conv(arguments: Arguments) -> str:
    """F.conv1d, 2d and 3d."""
    x, channels = _pixels(arguments)
    window = _window(arguments, "kernel")
    filters = f"{arguments.code('kernel', 'f')}.movedim((-1, -2), (0, 1))"
    groups = channels // int(arguments.shape("kernel")[-2] or 1)
    return _back(arguments, _convolved(arguments, x, filters, window, groups))


def _apart(arguments: Arguments, kernel: str) -> str:
    x, channels = _pixels(arguments)
    window = _window(arguments, kernel)
    flat = arguments.call.let("filters", f"{arguments.code(kernel, 'f')}.flatten(-2)")
    filters = f"{flat}.movedim(-1, 0).unsqueeze(1)"
    return _convolved(arguments, x, filters, window, channels)


@function("DepthwiseConv")
def depthwise_conv(arguments: Arguments) -> str:
    """As many groups as channels."""
    return _back(arguments, _apart(arguments, "kernel"))


@function("SeparableConv")
def separable_conv(arguments: Arguments) -> str:
    """Each channel alone, then the channels of each place."""
    rank = arguments.rank("inputs") - 2
    mixed = f"{arguments.code('pointwise_kernel', 'f')}.movedim((-1, -2), (0, 1))"
    apart = arguments.call.let("apart", _apart(arguments, "depthwise_kernel"))
    return _back(arguments, f"F.conv{rank}d({apart}, {mixed})")


@function("Unfold")
def unfold(arguments: Arguments) -> str:
    """Windows as columns."""
    return arguments.fill("F.unfold({x}, {kernel_size}, {dilation}, {padding}, {stride})")


@function("Fold")
def fold(arguments: Arguments) -> str:
    """Columns added up as windows."""
    return arguments.fill("F.fold({x}, {output_size}, {kernel_size}, {dilation}, {padding}, {stride})")


@function("DepthToSpace", "SpaceToDepth")
def blocks(arguments: Arguments) -> str:
    """Channels as blocks of pixels, and back."""
    larger = arguments.layer.entry.name == "DepthToSpace"
    if not _is_last(arguments):
        return arguments.fill(f"F.pixel_{'' if larger else 'un'}shuffle({{x}}, {{block_size}})")
    name = arguments.call.piece(pieces.depth_to_space if larger else pieces.space_to_depth)
    return arguments.fill(f"{name}({{x}}, {{block_size}})")


@function("Normalize")
def normalize(arguments: Arguments) -> str:
    """F.normalize."""
    axis, least = arguments["axis"], arguments["epsilon"]
    shown = literal(tuple(axis) if isinstance(axis, list) else axis)
    eps = literal(epsilon() if least is None else least)
    return arguments.fill(f"F.normalize({{x:f}}, {{order}}, {shown}, eps={eps})")


@function("BatchNorm")
def batch_normalization(arguments: Arguments) -> str:
    """One mean, variance, offset and scale for each place along an axis."""
    rank, axis = arguments.rank("x"), arguments["axis"]
    behind = rank - 1 - axis % rank
    spread = f"[{', '.join([':', *['None'] * behind])}]" if behind else ""

    def one(name: str) -> str:
        return f"{arguments.code(name, 't')}{spread}"

    inverse = f"({one('variance')} + {literal(arguments['epsilon'])}).rsqrt()"
    scale = f" * {one('scale')}" if arguments.given("scale") else ""
    offset = f" + {one('offset')}" if arguments.given("offset") else ""
    return f"({arguments.code('x', 'f')} - {one('mean')}) * ({inverse}{scale}){offset}"


def _places(arguments: Arguments) -> tuple[list[int], str]:
    """The normalized axes, and how a factor for each of their places fits the tensor."""
    axis, rank = arguments["axis"], arguments.rank("x")
    places = sorted(place % rank for place in (axis if isinstance(axis, list | tuple) else [axis]))
    shape = [str(arguments.shape("x")[place]) if place in places else "1" for place in range(rank)]
    return places, f".reshape({', '.join(shape)})"


@function("LayerNorm")
def layer_normalization(arguments: Arguments) -> str:
    """Mean 0 and spread 1 over axes."""
    places, fitted = _places(arguments)
    least = literal(epsilon() if arguments["epsilon"] is None else arguments["epsilon"])
    name = arguments.call.piece(pieces.normalize_over)
    code = f"{name}({arguments.code('x', 'f')}, {literal(tuple(places))}, {least})"
    if arguments.given("gamma"):
        code += f" * {arguments.code('gamma', 't')}{fitted}"
    return code + (f" + {arguments.code('beta', 't')}{fitted}" if arguments.given("beta") else "")


@function("RMSNorm")
def rms_normalization(arguments: Arguments) -> str:
    """By the root of the mean square."""
    axis, least, x = arguments["axis"], arguments["epsilon"], arguments.code("x", "f")
    shown = literal(tuple(axis) if isinstance(axis, list) else axis)
    least = literal(epsilon() if least is None else least)
    code = f"{x} * ({x}.square().mean({shown}, keepdim=True) + {least}).rsqrt()"
    return f"{code} * {arguments.code('scale', 't')}" if arguments.given("scale") else code


@function("PSNR")
def psnr(arguments: Arguments) -> str:
    """Decibels between the largest value and the mean error."""
    most = literal(float(arguments["max_val"]) ** 2)
    return arguments.fill(f"10 * ({most} / ({{x1}} - {{x2:t}}).square().mean()).log10()")


@function("DotProductAttention")
def dot_product_attention(arguments: Arguments) -> str:
    """Torch's own, with the heads behind the batch."""
    if arguments.shape("query")[2] != arguments.shape("key")[2]:
        raise arguments.call.refuse("several heads share a key")
    parts = [f"{arguments.code(name, 'f')}.transpose(1, 2)" for name in ("query", "key", "value")]
    more = ""
    if arguments.given("mask"):
        if arguments["is_causal"]:
            raise arguments.call.refuse("it has a mask and looks back only")
        # Rows without any key get the mean, as in the design, and not nothing.
        more += f", torch.where({arguments.code('mask', 't')}.bool(), 0.0, -1e38)"
    elif arguments.given("bias"):
        more += f", {arguments.code('bias', 'f')}"
    more += ", is_causal=True" if arguments["is_causal"] else ""
    more += f", scale={arguments.code('scale')}" if arguments.given("scale") else ""
    return f"F.scaled_dot_product_attention({', '.join(parts)}{more}).transpose(1, 2)"


@function("OneHot", "MultiHot", gives="bool")
def one_hot(arguments: Arguments) -> str:
    """A row of zeros and a one for each id."""
    many = arguments.layer.entry.name == "MultiHot"
    port, axis, classes = "inputs" if many else "x", arguments["axis"], arguments["num_classes"]
    if classes is None:
        raise arguments.call.refuse("its number of classes is not known")
    ids = arguments.code(port, "t")
    code = f"({ids}.unsqueeze(-1) == torch.arange({classes}, device={ids}.device))"
    code = code if axis == -1 else f"{code}.movedim(-1, {axis})"
    if not many:
        return code
    each = arguments.call.let("each", code[1:-1] if axis == -1 else code)
    return f"{each}.any({min(arguments.rank(port) - 1, 1)})"


@function("BinaryCrossentropy")
def binary_crossentropy(arguments: Arguments) -> str:
    """Surprise at yes or no, for each number."""
    if arguments["from_logits"]:
        code = "F.binary_cross_entropy_with_logits({output:f}, {target:f}, reduction='none')"
        return arguments.fill(code.replace("'", '"'))
    name = arguments.call.piece(pieces.binary_surprise)
    return arguments.fill(f"{name}({{target:f}}, {{output:f}}, {epsilon()})")


@function("CategoricalCrossentropy")
def categorical_crossentropy(arguments: Arguments) -> str:
    """Surprise at one-hot labels."""
    if arguments["from_logits"]:
        return arguments.fill("-({target:f} * torch.log_softmax({output:f}, {axis})).sum({axis})")
    name = arguments.call.piece(pieces.class_surprise)
    return arguments.fill(f"{name}({{target:f}}, {{output:f}}, {{axis}}, {epsilon()})")


@function("RGBToGrayscale")
def grayscale(arguments: Arguments) -> str:
    """Weighted sums of the colours."""
    shares = arguments.call.constant("shares", "torch.tensor([0.2989, 0.587, 0.114])")
    if _is_last(arguments):
        return f"({arguments.code('images', 'f')} @ {shares}).unsqueeze(-1)"
    return f"({arguments.code('images', 'f')}.movedim(-3, -1) @ {shares}).unsqueeze(-3)"


@function("PadImages", "CropImages")
def edges(arguments: Arguments) -> str:
    """Zeros around pictures, or a part of them."""
    x, last = arguments.code("images"), _is_last(arguments)
    crops = arguments.layer.entry.name == "CropImages"
    kind = "cropping" if crops else "padding"
    shape = arguments.shape("images")
    size = shape[-3:-1] if last else shape[-2:]
    amounts: list[int] = []
    for (begin, end), target, now in zip(
        (("top", "bottom"), ("left", "right")), ("target_height", "target_width"), size, strict=True
    ):
        before, after, wanted = arguments[f"{begin}_{kind}"], arguments[f"{end}_{kind}"], arguments[target]
        if None in (before, after):
            if now is None:
                raise arguments.call.refuse("it fits pictures of unknown size")
            change = now - wanted if crops else wanted - now
            before = change - after if before is None else before
            after = change - before if after is None else after
        amounts = [before, after, *amounts]
    signed = [-amount for amount in amounts] if crops else amounts
    return f"F.pad({x}, {literal((*([0, 0] if last else []), *signed))})"


@function("ExtractPatches")
def patches(arguments: Arguments) -> str:
    """The numbers under a window, on the last axis."""
    size, shape, x = arguments["size"], arguments.shape("images"), arguments.code("images")
    window = (size, size) if isinstance(size, int) else tuple(size)
    rank = len(window)
    if not _is_last(arguments):
        raise arguments.call.refuse("its channels stand first")
    steps = window if arguments["strides"] is None else per_axis(arguments["strides"], rank)
    gaps = per_axis(arguments["dilation_rate"], rank)
    widths = [(width - 1) * gap + 1 for width, gap in zip(window, gaps, strict=True)]
    first = len(shape) - rank - 1
    if arguments["padding"].lower() == "same":
        if None in shape[first:-1]:
            raise arguments.call.refuse("it pads tensors of unknown sizes", "Give the Input sizes.")
        axes = zip(shape[first:-1], widths, steps, strict=True)
        found = [same_padding(now, width, step) for now, width, step in axes]  # type: ignore[arg-type]
        x = f"F.pad({x}, {literal((0, 0, *(amount for edge in reversed(found) for amount in edge)))})"
    for axis, (width, step) in enumerate(zip(widths, steps, strict=True), start=first):
        x = arguments.call.let("windows", f"{x}.unfold({axis}, {width}, {step})")
    if set(gaps) != {1}:
        x = f"{x}[..., {', '.join(f'::{gap}' for gap in gaps)}]"
    return f"{x}.movedim({first + rank}, -1).flatten({first + rank})"
