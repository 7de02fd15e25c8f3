"""Where a drawn layer may differ from the real Keras, and why: all loosened tolerances and other verdicts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runtime.layers import registry
from runtime.layers.image_layers import RandomPictures
from runtime.layers.windows import per_axis
from tests.runtime.layers.drawn_values import Case, Values


@dataclass(frozen=True)
class Difference:
    """A difference that is meant.

    Args:
        reason: Why it is so.
        stage: Where it shows: "constructor", "symbolic call", "shape", "call", "mask", "dtype", "config".
        layers: Names of layers; none for all.
        applies: Says so of a case, what ours gave and what Keras gave.
    """

    reason: str
    stage: str
    layers: tuple[str, ...] = ()
    applies: Callable[[Case, Any, Any], bool] = lambda case, ours, theirs: True


def _values(case: Case) -> list[Values]:
    return [
        item for value in case.inputs.values() for item in (value if isinstance(value, list) else [value])
    ]


def _whole_numbers(case: Case) -> bool:
    return any(values.dtype.startswith("int") for values in _values(case))


def _double(case: Case) -> bool:
    return case.arguments.get("dtype") == "float64"


def _batch_axis(case: Case, ours: Any, theirs: Any) -> bool:
    texts = ("size of axis", "size of each normalized axis", "shares axis 0", "which is the batch")
    return any(text in str(ours) for text in texts)


def _inner_axes(case: Case, ours: Any, theirs: Any) -> bool:
    """True if other axes than the last ones are normalized."""
    rank = len(_values(case)[0].shape)
    axis = case.arguments.get("axis", -1)
    axes = sorted(place % rank for place in (axis if isinstance(axis, list) else [axis]))
    return axes != list(range(rank - len(axes), rank))


def _uneven_padding(case: Case, ours: Any, theirs: Any) -> bool:
    """True if the padding before and behind the input differs along an axis."""
    arguments, shape = case.arguments, _values(case)[0].shape
    if arguments.get("padding") != "same":
        return False
    sizes = shape[2:] if arguments.get("data_format") == "channels_first" else shape[1:-1]
    pool = per_axis(arguments["pool_size"], len(sizes))
    steps = per_axis(arguments.get("strides") or pool, len(sizes))
    return any(
        max((-(-size // step) - 1) * step + window - size, 0) % 2
        for size, window, step in zip(sizes, pool, steps, strict=True)
    )


PICTURES = [name for name in registry.names() if issubclass(registry.lookup(name), RandomPictures)]
KNOWN = [
    *(
        Difference(
            "Keras loses the mask of an input that gets further axes.",
            stage,
            ("Multiply", "Maximum", "Minimum"),
            lambda case, ours, theirs: (
                len({len(values.shape) for values in _values(case)}) > 1
                and any(values.masked for values in _values(case))
            ),
        )
        for stage in ("numbers", "call", "mask")
    ),
    Difference(
        "Axes that are not attended to have to be equal; Keras repeats those of size 1.",
        "call",
        ("MultiHeadAttention",),
        lambda case, ours, theirs: "differ at most in axes" in str(ours),
    ),
    Difference(
        "A query that may look at nothing passes back what the kernel makes of it that torch chooses.",
        "gradient",
        ("MultiHeadAttention",),
        lambda case, ours, theirs: "sliding_window" in case.arguments,
    ),
    Difference(
        "Keras fails on reversing a mask.",
        "call",
        ("SimpleRNN", "GRU", "LSTM", "RNN"),
        lambda case, ours, theirs: ours is None and "'tuple' object has no attribute 'shape'" in str(theirs),
    ),
    Difference(
        "The axes that are shared are counted from 1; Keras takes those counted from the end for others.",
        "call",
        ("PReLU",),
        lambda case, ours, theirs: "shares axis" in str(ours),
    ),
    Difference(
        "float64 stays float64, whole pixels become floating numbers (see below).",
        "shape",
        applies=lambda case, ours, theirs: _double(case) or (_whole_numbers(case) and case.layer in PICTURES),
    ),
    Difference(
        "Whole numbers are computed as floating ones; Keras gives them to torch, which may have no kernel.",
        "call",
        applies=lambda case, ours, theirs: (
            ours is None and _whole_numbers(case) and any(text in str(theirs) for text in _NO_KERNEL)
        ),
    ),
    Difference(
        "Keras keeps the factors of penalties, gamma and beta in the dtype of whole inputs: they become 0.",
        "losses",
        applies=lambda case, ours, theirs: _whole_numbers(case),
    ),
    Difference(
        "As above.",
        "numbers",
        ("LayerNormalization", "GroupNormalization", "RMSNormalization", "SpectralNormalization"),
        lambda case, ours, theirs: _whole_numbers(case),
    ),
    Difference(
        "Whole pixels and scores become floating numbers, whether they are changed or not.",
        "dtype",
        applies=lambda case, ours, theirs: _whole_numbers(case),
    ),
    Difference(
        "float64 stays float64; Keras's operations on several tensors make float32 of it.",
        "dtype",
        applies=lambda case, ours, theirs: _double(case),
    ),
    Difference(
        "Every layer takes the arguments that all layers have; a few of Keras do not.",
        "constructor",
        applies=lambda case, ours, theirs: ours is None and "unexpected keyword argument" in str(theirs),
    ),
    Difference(
        "Weights over the batch would fit batches of one size only.",
        "call",
        ("BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization", "PReLU"),
        _batch_axis,
    ),
    Difference(
        "No picture is left over of size 0.",
        "constructor",
        ("CenterCrop", "RandomCrop"),
        lambda case, ours, theirs: 0 in (case.arguments["height"], case.arguments["width"]),
    ),
    Difference(
        "There is no attention without heads.",
        "constructor",
        ("GroupQueryAttention",),
        lambda case, ours, theirs: 0 in (case.arguments["num_query_heads"], case.arguments["head_dim"]),
    ),
    Difference(
        "Sizes that output_shape leaves open are read from the input.",
        "shape",
        ("EinsumDense",),
    ),
    *(
        Difference(
            "As above: Keras wants them for the weights.",
            stage,
            ("EinsumDense",),
            lambda case, ours, theirs: ours is None and any(text in str(theirs) for text in _OPEN_SIZES),
        )
        for stage in ("call", "symbolic call")
    ),
    Difference(
        "Keras's SimpleRNN takes an activity_regularizer and forgets it.",
        "losses",
        ("SimpleRNN",),
        lambda case, ours, theirs: "activity_regularizer" in case.arguments,
    ),
    Difference(
        "The scores carry what is left of the mask inside Keras's softmax; no layer reads it.",
        "mask 1",
        ("MultiHeadAttention", "GroupQueryAttention"),
    ),
    Difference(
        "On torch, Keras normalizes the last axes whichever are asked for.",
        "numbers",
        ("LayerNormalization", "RMSNormalization"),
        _inner_axes,
    ),
    Difference(
        "As above: those have other sizes.",
        "call",
        ("LayerNormalization", "RMSNormalization"),
        lambda case, ours, theirs: ours is None and "Given normalized_shape" in str(theirs),
    ),
    Difference(
        "Unknown sizes are refused whether the layer has weights or not.",
        "symbolic call",
        ("LayerNormalization",),
        lambda case, ours, theirs: "needs to know the size" in str(ours),
    ),
    Difference(
        "On torch, Keras repeats edges where padding is uneven and counts them in; elsewhere it does not.",
        "numbers",
        ("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
        _uneven_padding,
    ),
    Difference(
        "torch refuses windows larger than the input, which padding makes possible.",
        "call",
        ("AveragePooling3D",),
        lambda case, ours, theirs: ours is None and "smaller than kernel size" in str(theirs),
    ),
    Difference(
        "Keras fails on a mask where there is one feature.",
        "call in training",
        ("BatchNormalization", "TimeDistributed"),
        lambda case, ours, theirs: ours is None and "tuple index out of range" in str(theirs),
    ),
    Difference(
        "Keras says another axis than the one it leaves out of what has more than two.",
        "shape",
        ("CategoryEncoding",),
        lambda case, ours, theirs: len(case.inputs["inputs"].shape) > 2,
    ),
    Difference(
        "Keras writes the state into the tensor that the backward pass needs.",
        "gradients",
        applies=lambda case, ours, theirs: ours is None and case.arguments.get("stateful", False),
    ),
    Difference(
        "A cell that gets one sample without a batch is refused, as all other layers are.",
        "call",
        ("SimpleRNNCell", "GRUCell", "LSTMCell"),
        lambda case, ours, theirs: "wants batch × features" in str(ours),
    ),
    Difference(
        "Whole numbers between others, and bounds between whole numbers, are not cut off.",
        "numbers",
        ("UpSampling2D", "Resizing", "ReLU"),
        lambda case, ours, theirs: _whole_numbers(case),
    ),
    Difference(
        "An output_shape of more axes than the equation has is refused; Keras says wrong shapes then.",
        "constructor",
        ("EinsumDense",),
        lambda case, ours, theirs: "but its output has" in str(ours),
    ),
    Difference(
        "torch's backward pass fails on one filter and a batch of one, unless the filter is copied.",
        "gradients",
        applies=lambda case, ours, theirs: (
            ours is None and "to be contiguous" in str(theirs).replace("must be", "to be")
        ),
    ),
]

_OPEN_SIZES = ("must be fully-defined", "do not match at shared dimension")
_NO_KERNEL = (
    "not implemented for 'Int'",
    "expected scalar type",
    "can't be cast to the desired output type Int",
)

RTOL, ATOL = 1e-5, 1e-6
TOLERANCES: dict[str, tuple[float, float, str]] = {
    "float64": (1e-4, 1e-5, "Keras computes parts of it in float32"),
    "BatchNormalization": (1e-4, 1e-5, "Keras takes the mean of squares less the square of the mean"),
    "TimeDistributed": (1e-4, 1e-5, "may hold a BatchNormalization"),
    "GroupNormalization": (1e-4, 1e-5, "small groups: torch's kernel and Keras's formula round differently"),
    "UnitNormalization": (
        1e-5,
        1e-4,
        "rows of one number have gradient 0 up to rounding, divided by the number",
    ),
    "Dot": (1e-5, 1e-4, "as above, where it normalizes"),
    "MultiHeadAttention": (1e-5, 5e-6, "the keys' biases have gradient 0 up to rounding"),
    "Conv3DTranspose": (1e-4, 5e-6, "gradients are sums of thousands of numbers"),
}


def is_known(case: Case, stage: str, ours: Any, theirs: Any) -> bool:
    """True if a difference is one of those that are meant."""
    return any(
        stage.startswith(known.stage)
        and (not known.layers or case.layer in known.layers)
        and known.applies(case, ours, theirs)
        for known in KNOWN
    )


def tolerance(case: Case, what: str) -> tuple[float, float]:
    """Relative and absolute tolerance for a comparison."""
    rtol, atol, _ = TOLERANCES.get("float64" if _double(case) else case.layer, (RTOL, ATOL, ""))
    return rtol, atol
