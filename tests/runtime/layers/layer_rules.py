"""What the descriptions of layers cannot say to those who draw their arguments.

Every other layer, a new one too, gets along without a line here.
"""

from hypothesis import strategies as st

from tests.runtime.layers import drawn_rules
from tests.runtime.layers.drawn_rules import Rule, one_of
from tests.runtime.layers.drawn_values import random_shape

_CONVOLUTION = Rule(
    values={
        "filters": lambda draw, shapes, arguments: draw(st.sampled_from([2, 4, 3, 1, 6])),
        "groups": drawn_rules.groups,
    }
)
_MERGING = Rule(shapes=drawn_rules.similar_shapes)
PICTURES = Rule(
    shapes=drawn_rules.pictures,
    values={
        "factor": drawn_rules.factor,
        "height_factor": drawn_rules.factor,
        "width_factor": drawn_rules.factor,
    },
)
_COLORS = Rule(
    shapes=drawn_rules.colors,
    values={
        "factor": drawn_rules.factor,
        "value_range": one_of([0, 255], [0, 1]),
        "addition_factor": drawn_rules.factor,
        "threshold_factor": drawn_rules.factor,
        "data_format": one_of(None, "channels_last"),
    },
)
_LAYERS_OF_STEPS = {
    "LSTM": Rule(
        shapes=drawn_rules.recurrent_shapes,
        values={"use_cudnn": one_of("auto", False)},
        inputs=drawn_rules.sequence_states(("hidden_state", "cell_state")),
    ),
    "GRU": Rule(
        shapes=drawn_rules.recurrent_shapes,
        values={"use_cudnn": one_of("auto", False)},
        inputs=drawn_rules.sequence_states(("hidden_state",)),
    ),
    "SimpleRNN": Rule(
        shapes=drawn_rules.recurrent_shapes, inputs=drawn_rules.sequence_states(("hidden_state",))
    ),
    "RNN": Rule(
        shapes=drawn_rules.recurrent_shapes,
        values={"cell": drawn_rules.cell, "stateful": drawn_rules.stateful},
        inputs=drawn_rules.steps,
    ),
    "Bidirectional": Rule(
        shapes=drawn_rules.recurrent_shapes,
        values={"layer": drawn_rules.recurrent_config, "backward_layer": one_of(None)},
        inputs=drawn_rules.steps,
    ),
    "SimpleRNNCell": Rule(rank=2, inputs=drawn_rules.cell_inputs(1)),
    "GRUCell": Rule(rank=2, inputs=drawn_rules.cell_inputs(1)),
    "LSTMCell": Rule(rank=2, inputs=drawn_rules.cell_inputs(2)),
    "TimeDistributed": Rule(
        shapes=lambda draw: {"inputs": random_shape(draw, draw(st.integers(3, 4)))}, inputs=drawn_rules.steps
    ),
}

COLORED = (
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomSaturation",
    "Solarization",
)
RULES: dict[str, Rule] = {
    **{
        f"{kind}{rank}D{end}": _CONVOLUTION
        for rank in (1, 2, 3)
        for kind, end in (("Conv", ""), ("Conv", "Transpose"), ("DepthwiseConv", ""), ("SeparableConv", ""))
    },
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _MERGING),
    **dict.fromkeys(COLORED, _COLORS),
    "Resizing": PICTURES,
    "CenterCrop": PICTURES,
    **_LAYERS_OF_STEPS,
    "RMSNormalization": Rule(values={"axis": one_of(-1, [-1])}),
    "RandomPosterization": Rule(
        shapes=drawn_rules.colors,
        values={"data_format": one_of(None, "channels_last"), "factor": one_of(3, [2, 4], 8)},
    ),
    "GroupNormalization": Rule(values={"groups": drawn_rules.group_norm_groups}, needed=("groups",)),
    "Reshape": Rule(values={"target_shape": drawn_rules.target_shape}),
    "Permute": Rule(values={"dims": drawn_rules.permutation}),
    "RepeatVector": Rule(rank=2),
    "Dropout": Rule(values={"noise_shape": drawn_rules.noise_shape}),
    "AlphaDropout": Rule(values={"noise_shape": drawn_rules.noise_shape}),
    "ZeroPadding2D": Rule(values={"padding": drawn_rules.paddings(2)}),
    "ZeroPadding3D": Rule(values={"padding": drawn_rules.paddings(3)}),
    "Cropping2D": Rule(values={"cropping": drawn_rules.paddings(2)}),
    "Cropping3D": Rule(values={"cropping": drawn_rules.paddings(3)}),
    "Concatenate": Rule(
        shapes=drawn_rules.joined_shapes, values={"axis": drawn_rules.join_axis}, needed=("axis",)
    ),
    "Dot": Rule(shapes=drawn_rules.dot_shapes, values={"axes": drawn_rules.dot_axes}),
    "EinsumDense": Rule(
        shapes=drawn_rules.einsum_shapes,
        values={
            "equation": drawn_rules.equation,
            "output_shape": drawn_rules.einsum_output,
            "bias_axes": drawn_rules.bias_axes,
        },
    ),
    "MultiHeadAttention": Rule(
        shapes=drawn_rules.attention_shapes,
        values={
            "output_shape": one_of(None, 3, [2], [2, 3]),
            "attention_axes": one_of(None, 1, [1]),
            "flash_attention": one_of(None, False),
        },
        inputs=drawn_rules.attention_inputs,
    ),
    # Flash attention is for cards.
    "GroupQueryAttention": Rule(values={"flash_attention": one_of(None, False)}),
    "Attention": Rule(
        shapes=drawn_rules.score_shapes,
        inputs=lambda draw, shapes, arguments: drawn_rules.masked_list(draw, shapes),
    ),
    "AdditiveAttention": Rule(
        shapes=drawn_rules.score_shapes,
        inputs=lambda draw, shapes, arguments: drawn_rules.masked_list(draw, shapes),
    ),
    "Normalization": Rule(
        values={"mean": drawn_rules.statistics, "variance": drawn_rules.statistics},
        needed=("mean", "variance"),
    ),
    "Embedding": Rule(inputs=drawn_rules.ids(4), values={"weights": one_of(None)}),
    "CategoryEncoding": Rule(
        shapes=drawn_rules.encoding_shapes, inputs=drawn_rules.ids(4), needed=("num_tokens",)
    ),
    "Discretization": Rule(
        values={"bin_boundaries": one_of([-1.0, 0.5, 2.0], [0.0]), "num_bins": one_of(None)},
        needed=("bin_boundaries",),
    ),
    "BatchNormalization": Rule(values={"renorm_clipping": one_of(None)}),
    "Rescaling": Rule(values={"scale": one_of(2.0, 0.5, -1, 1 / 255), "offset": one_of(0.0, -1.0, 3)}),
}

NOT_DRAWN = {
    "InputLayer": "has no call",
    "StackedRNNCells": "is drawn as the cell of an RNN",
    **dict.fromkeys(("MelSpectrogram", "STFTSpectrogram"), "takes sounds alone; compared in its own tests"),
    **dict.fromkeys(("AugMix", "CutMix", "MixUp", "RandAugment"), "is random in each call"),
    "MaxNumBoundingBoxes": "takes boxes",
    "Pipeline": "takes other layers of pictures",
    "ReversibleEmbedding": "takes ids one way and numbers the other; compared in its own tests",
    "RandomCrop": "leaves pictures as they are outside of training, in Keras, against the shape it says",
    **dict.fromkeys(
        ("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization"),
        "needs TensorFlow in the real Keras; compared with numbers recorded there",
    ),
}
