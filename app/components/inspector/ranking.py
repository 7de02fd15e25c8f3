"""Which parameters a beginner sees at once, and which stand under "More"."""

from runtime.layers.parameters import ParamSpec

FINE_TUNING = ("initializers", "regularizers", "constraints")
"""Families of parameters that a beginner leaves alone: they stand under "More"."""

RARELY_SET = {
    "attention_axes",
    "backward_layer",
    "batch_shape",
    "batch_size",
    "data_format",
    "depth_multiplier",
    "dilation_rate",
    "epsilon",
    "flash_attention",
    "go_backwards",
    "groups",
    "mask_value",
    "momentum",
    "noise_shape",
    "output_padding",
    "output_shape",
    "recurrent_activation",
    "recurrent_dropout",
    "reset_after",
    "seed",
    "shared_axes",
    "sliding_window",
    "stateful",
    "synchronized",
    "unit_forget_bias",
    "unroll",
    "use_gate",
}
"""Single parameters of the same sort, whichever layer has them."""


def comes_first(param: ParamSpec) -> bool:
    """Whether a beginner should see it at once: shapes, sizes, numbers and names, not the fine tuning."""
    if param.required:
        return True
    # A value of no particular kind is for experts, unless its default shows what it looks like.
    vague = param.kind == "json" and not isinstance(param.default, list | tuple)
    renorm = param.name.startswith("renorm")
    return param.registry not in FINE_TUNING and param.name not in RARELY_SET and not vague and not renorm
