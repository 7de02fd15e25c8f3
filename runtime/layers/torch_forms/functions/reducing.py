"""Sums, means, extremes and orders of numbers as PyTorch code."""

from runtime.layers.torch_forms.functions.arguments import Arguments, function, number, templates, unpacked
from runtime.layers.torch_forms.pieces import reducing as pieces
from runtime.layers.torch_forms.writing import literal

_METHODS = {
    "Sum": "sum",
    "Amax": "amax",
    "Amin": "amin",
    "CountNonzero": "count_nonzero",
    "Nansum": "nansum",
}


@function(*_METHODS)
def reduced(arguments: Arguments) -> str:
    """A method of the tensor."""
    return f"{arguments.code('x')}.{_METHODS[arguments.layer.entry.name]}{arguments.over()}"


@function("Mean", "Nanmean")
def mean(arguments: Arguments) -> str:
    """Means are fractions."""
    return f"{arguments.code('x', 'f')}.{arguments.layer.entry.name.lower()}{arguments.over()}"


@function("All", "Any", gives="bool")
def question(arguments: Arguments) -> str:
    """Whether all or some are true."""
    return f"{arguments.code('x')}.{arguments.layer.entry.name.lower()}{arguments.over()}"


@function("Var", "Std")
def spread(arguments: Arguments) -> str:
    """The mean square of distances from the mean, or its root."""
    axes = arguments.axes()
    comma = ", " * bool(axes)
    return f"{arguments.code('x', 'f')}.{arguments.layer.entry.name.lower()}({axes}{comma}correction=0)"


@function("Max", "Min")
def extreme(arguments: Arguments) -> str:
    """The largest or smallest, and no less or more than `initial`."""
    name, initial = arguments.layer.entry.name.lower(), arguments["initial"]
    found = f"{arguments.code('x')}.a{name}{arguments.over()}"
    if initial is None:
        return found
    return f"{found}.clamp({'min' if name == 'max' else 'max'}={number(initial)})"


@function("Ptp")
def span(arguments: Arguments) -> str:
    """The largest less the smallest."""
    x, over = arguments.code("x"), arguments.over()
    return f"{x}.amax{over} - {x}.amin{over}"


@function("Prod", "Nanprod")
def product(arguments: Arguments) -> str:
    """Along one axis after the other."""
    x, axis = arguments.code("x"), arguments.unwired("axis")
    if arguments.layer.entry.name == "Nanprod":
        x = f"torch.where({x}.isnan(), 1, {x})"
    if axis is None and not arguments["keepdims"]:
        return f"{x}.prod()"
    rank = arguments.rank("x")
    listed = range(rank) if axis is None else [axis] if isinstance(axis, int) else axis
    keep = ", keepdim=True" if arguments["keepdims"] else ""
    for place in sorted((place % rank for place in listed), reverse=True):
        x = f"{x}.prod({place}{keep})"
    return x


@function("Argmax", "Argmin", gives="int64")
def place_of_extreme(arguments: Arguments) -> str:
    """Where the largest or smallest stands."""
    return f"{arguments.code('x')}.{arguments.layer.entry.name.lower()}{arguments.over()}"


@function("Nanargmax", "Nanargmin", gives="int64")
def place_of_known_extreme(arguments: Arguments) -> str:
    """The same among those that are not missing; -1 where all are."""
    x, over = arguments.code("x"), arguments.over()
    largest = arguments.layer.entry.name == "Nanargmax"
    found = (
        f"torch.where({x}.isnan(), {'-' * largest}torch.inf, {x}).{'argmax' if largest else 'argmin'}{over}"
    )
    return f"torch.where({x}.isnan().all{over}, -1, {found})"


@function("Nanmax", "Nanmin")
def known_extreme(arguments: Arguments) -> str:
    """The largest or smallest that is not missing; missing where all are."""
    x, over = arguments.code("x"), arguments.over()
    largest = arguments.layer.entry.name == "Nanmax"
    found = f"torch.where({x}.isnan(), {'-' * largest}torch.inf, {x}).{'amax' if largest else 'amin'}{over}"
    return f"torch.where({x}.isnan().all{over}, torch.nan, {found})"


@function("Nanvar", "Nanstd")
def known_spread(arguments: Arguments) -> str:
    """The variance of what is not missing, or its root."""
    axes = arguments.axes() or str(tuple(range(arguments.rank("x"))))
    found = f"{arguments.call.piece(pieces.nan_variance)}({arguments.code('x', 'f')}, {axes})"
    return f"{found}.sqrt()" if arguments.layer.entry.name == "Nanstd" else found


@function("Cumsum", "Cumprod", "Nancumsum", "Nancumprod")
def running(arguments: Arguments) -> str:
    """Sums and products of all numbers so far."""
    name, x, axis = arguments.layer.entry.name.lower(), arguments.code("x"), arguments.unwired("axis")
    if name.startswith("nan"):
        name = name.removeprefix("nan")
        x = f"{x}.nan_to_num({1.0 if name == 'cumprod' else 0.0})"
    flat = f"{x}.flatten()" if axis is None else x
    return f"{flat}.{name}({axis or 0}, dtype=torch.{arguments.result})"


@function("Average")
def average(arguments: Arguments) -> str:
    """A mean in which some numbers count more."""
    x, over = arguments.code("x", "f"), arguments.over()
    if not arguments.given("weights"):
        return f"{x}.mean{over}"
    weights = arguments.code("weights", "f")
    return f"({x} * {weights}).sum{over} / {weights}.sum(-1)"


@function("Logsumexp")
def logsumexp(arguments: Arguments) -> str:
    """The logarithm of a sum of exponentials."""
    axes = arguments.axes() or str(tuple(range(arguments.rank("x"))))
    return f"{arguments.code('x', 'f')}.logsumexp({axes})"


@function("Quantile", "Percentile", "Median", "Nanquantile", "Nanpercentile", "Nanmedian")
def quantile(arguments: Arguments) -> str:
    """torch.quantile, for several axes after these are made one."""
    name = arguments.layer.entry.name.lower()
    function = "torch.nanquantile" if name.startswith("nan") else "torch.quantile"
    x, axis, rank = arguments.code("x", "f"), arguments.unwired("axis"), arguments.rank("x")
    part = "0.5" if name.endswith("median") else arguments.code("q", "f")
    if name.endswith("percentile"):
        part = f"{part} / 100"
    keep = ", keepdim=True" if arguments["keepdims"] else ""
    method = arguments["method"] or "linear"
    how = "" if method == "linear" else f', interpolation="{method}"'
    if isinstance(axis, list | tuple):
        places = sorted(place % rank for place in axis)
        others = [place for place in range(rank) if place not in places]
        if keep and len(arguments.shape("q") if "q" in arguments.layer.entry.takes else ()) > 0:
            raise arguments.call.refuse("it keeps several axes, and has several results for each")
        flat = f"{x}.permute({', '.join(map(str, [*others, *places]))}).flatten({len(others)})"
        found = arguments.call.let("found", f"{function}({flat}, {part}, dim=-1{how})")
        return found + "".join(f".unsqueeze({place})" for place in places) if keep else found
    along = "" if axis is None else f", dim={axis}"
    return f"{function}({x}, {part}{along}{keep}{how})"


@function("Bincount")
def bincount(arguments: Arguments) -> str:
    """Counts, for each row."""
    x, least = arguments.code("x"), arguments["minlength"] or 0
    if arguments.given("weights"):
        raise arguments.call.refuse("its numbers count with weights")
    if arguments.rank("x") < 2:
        return f"torch.bincount({x}, minlength={least})"
    return f"torch.stack([torch.bincount(row, minlength={least}) for row in {x}])"


@function("Histogram")
def histogram(arguments: Arguments) -> list[str]:
    """Counts, and where parts begin and end."""
    span = arguments.unwired("range")
    within = "" if span is None else f", range={literal(tuple(map(float, span)))}"
    return unpacked(arguments, f"torch.histogram({arguments.code('x', 'f')}, {arguments['bins']}{within})")


@function("Trapezoid")
def trapezoid(arguments: Arguments) -> str:
    """Areas below a line."""
    if arguments["x"] is not None:
        raise arguments.call.refuse("its points stand at places of their own")
    return arguments.fill("torch.trapezoid({y:f}, dx={dx}, dim={axis})")


@function("Sort")
def ordered(arguments: Arguments) -> str:
    """The smallest first."""
    axis = arguments.unwired("axis")
    flat = ".flatten()" if axis is None else ""
    return f"{arguments.code('x')}{flat}.sort({-1 if axis is None else axis}).values"


@function("Argsort", gives="int64")
def order(arguments: Arguments) -> str:
    """The places of the smallest first."""
    axis = arguments.unwired("axis")
    flat = ".flatten()" if axis is None else ""
    return f"{arguments.code('x')}{flat}.argsort(dim={-1 if axis is None else axis}, stable=True)"


@function("TopK")
def top_k(arguments: Arguments) -> list[str]:
    """The largest, and their places."""
    return unpacked(arguments, arguments.fill("{x}.topk({k}, sorted={sorted})"))


@function("Moments")
def moments(arguments: Arguments) -> list[str]:
    """Mean and variance."""
    if arguments["synchronized"]:
        raise arguments.call.refuse("it computes on several machines")
    x, axes = arguments.code("x", "f"), arguments.axes(axis="axes")
    return [f"{x}.mean({axes})", f"{x}.var({axes}, correction=0)"]


templates(
    {
        "Corrcoef": "torch.corrcoef({x:f})",
        "Diff": "{a}.diff({n}, {axis})",
        "Vander": "torch.vander({x}, {N}, {increasing})",
    }
)
templates(
    {
        "SearchSorted": "torch.searchsorted({sorted_sequence:t}, {values:t}, side={side})",
        "Digitize": "torch.bucketize({x}, {bins:t}, right=True)",
    },
    gives="int64",
)


@function("InTopK", gives="bool")
def in_top_k(arguments: Arguments) -> str:
    """Whether the true class is among the most probable ones."""
    true = arguments.fill("{predictions}.take_along_dim({targets:i}[:, None], -1)")
    true, best = arguments.call.let("true", true), arguments.fill("{predictions}.topk({k}).values")
    return f"({true} >= {best}).any(-1)"
