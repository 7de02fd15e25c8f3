"""Designs for the PyTorch programs: what random designs do not meet."""

from typing import Any

from graph_compiler.document import GraphDocument
from tests.graph_compiler.designs import Sketch

LSTM = {"layer": "LSTM", "params": {"units": 3, "return_sequences": True}}


def masked_sequences() -> GraphDocument:
    """Masks through all kinds of recurrent layers, both ways, and what stands behind them."""
    sketch = Sketch("masked sequences").add("InputLayer", "letters", shape=[6], dtype="int32")
    sketch.add("Embedding", "table", "letters", input_dim=3, output_dim=4, mask_zero=True)
    sketch.add("LSTM", "lstm", "table", units=3, return_sequences=True)
    sketch.add("GRU", "gru", "lstm", units=3, return_sequences=True, go_backwards=True)
    sketch.add("GRU", "gru_before", "lstm", units=3, return_sequences=True, reset_after=False)
    sketch.add("GRU", "gru_relu", "lstm", units=3, activation="relu")
    sketch.add("LSTM", "lstm_relu", "gru_before", units=2, activation="softmax", return_sequences=True)
    sketch.add("Bidirectional", "both_ways", "lstm", layer=LSTM)
    sketch.add("Bidirectional", "both_sums", "lstm", layer=LSTM, merge_mode="sum")
    sketch.add("SimpleRNN", "simple", "both_ways", units=2, activation="relu")
    sketch.add("SimpleRNN", "simple_backwards", "both_sums", units=2, go_backwards=True)
    sketch.add("GlobalAveragePooling1D", "mean", "lstm_relu")
    sketch.add("Dense", "wide", "gru", units=4, activation="selu")
    sketch.add("LayerNormalization", "normal", "wide")
    parts = ["simple", "simple_backwards", "mean", "gru_relu"]
    sketch.add("Concatenate", "joined", *parts).add("Dense", "answer", "joined", units=1)
    return sketch.compiled("mse", metrics=()).document


def masked_joining() -> GraphDocument:
    """Masked sequences joined with each other and with unmasked ones."""
    sketch = Sketch("dot").add("InputLayer", "numbers", shape=[5, 4])
    sketch.add("Masking", "present", "numbers", mask_value=0.0)
    sketch.add("Cropping1D", "later", "numbers", cropping=[1, 0])
    sketch.add("Masking", "later_present", "later").add("ZeroPadding1D", "back", "later", padding=[1, 0])
    sketch.add("Masking", "back_present", "back")
    for layer in ("Add", "Multiply", "Maximum", "Minimum", "Concatenate"):
        sketch.add(layer, layer.lower(), "present", "back_present", "numbers")
        sketch.add(layer, f"{layer.lower()}_both", "present", "back_present")
        sketch.add("LSTM", f"read_{layer.lower()}", f"{layer.lower()}_both", units=2)
    sketch.add("Attention", "looked", "present", "back_present", use_scale=True)
    sketch.add("AdditiveAttention", "looked_again", "present", "back_present")
    sketch.add("Attention", "joint", "present", "back_present", "numbers", score_mode="concat")
    sketch.add("TimeDistributed", "each", "present", layer={"layer": "Dense", "params": {"units": 2}})
    sketch.add("Dot", "dot", "read_maximum", "read_add", axes=1, normalize=True)
    return sketch.compiled("mse", metrics=()).document


def masked_heads() -> GraphDocument:
    """Attention of several heads, with masks; Keras takes these off, so that nothing else may read them."""
    sketch = Sketch("heads").add("InputLayer", "numbers", shape=[5, 4])
    sketch.add("Masking", "present", "numbers", mask_value=0.0)
    sketch.add("Cropping1D", "later", "numbers", cropping=[1, 0])
    sketch.add("Masking", "later_present", "later").add("ZeroPadding1D", "back", "later", padding=[1, 0])
    sketch.add("Masking", "back_present", "back")
    sketch.add(
        "MultiHeadAttention",
        "heads",
        "present",
        "back_present",
        num_heads=2,
        key_dim=3,
        settings={"use_causal_mask": True, "return_attention_scores": True},
    )
    sketch.add("MultiHeadAttention", "plain_heads", "present", "later_present", num_heads=2, key_dim=3)
    sketch.add("GRU", "read_heads", "plain_heads", units=2)
    return sketch.compiled("mse", metrics=()).document


def states_handed_on() -> GraphDocument:
    """States between recurrent layers of all kinds, and stateful ones."""
    sketch = Sketch("torch").add("InputLayer", "forward", batch_shape=[4, 5, 3])
    sketch.add("GRU", "self", "forward", units=3, return_state=True)
    sketch.add("GRU", "nn", "forward", "self.hidden_state", units=3, return_sequences=True)
    both = {"layer": "LSTM", "params": {"units": 3, "return_state": True}}
    sketch.add("Bidirectional", "both", "forward", layer=both)
    bare = {"layer": "GRU", "params": {"units": 3, "activation": "relu"}}
    sketch.add("Bidirectional", "apart", "nn", layer=bare, merge_mode=None)
    sketch.add("LSTM", "training", "nn", "self", "both.forward_hidden_state", units=3, stateful=True)
    sketch.add("SimpleRNN", "type", "nn", units=2, stateful=True, activation="sigmoid")
    sketch.add("GRU", "kept", "nn", units=2, stateful=True, return_sequences=True, use_bias=False)
    return sketch.compiled("mse", metrics=()).document


def pictures() -> GraphDocument:
    """Windows over pictures of any size, and back to where they were."""
    sketch = Sketch("pictures of any size").add("InputLayer", "picture", shape=[None, None, 3])
    same: dict[str, Any] = {"padding": "same"}
    sketch.add("Conv2D", "edges", "picture", filters=4, kernel_size=3, strides=2, use_bias=False, **same)
    sketch.add("BatchNormalization", "normal", "edges", scale=False).add(
        "ReLU", "bent", "normal", max_value=6
    )
    sketch.add("DepthwiseConv2D", "each", "bent", kernel_size=[2, 4], depth_multiplier=2, **same)
    sketch.add("SeparableConv2D", "apart", "each", filters=4, kernel_size=3, activation="softmax", **same)
    sketch.add("Add", "sum", "apart", "edges").add(
        "MaxPooling2D", "pool", "sum", pool_size=3, strides=2, **same
    )
    sketch.add("AveragePooling2D", "mean", "pool", pool_size=[2, 3], strides=1, **same)
    sketch.add("Conv2DTranspose", "larger", "mean", filters=2, kernel_size=4, strides=2, **same)
    sketch.add("UpSampling2D", "smooth", "larger", interpolation="bilinear")
    sketch.add("PReLU", "slopes", "smooth", shared_axes=[1, 2]).add("GlobalMaxPooling2D", "most", "slopes")
    sketch.add("Softmax", "shares", "slopes").add("BatchNormalization", "frozen", "shares", trainable=False)
    sketch.add("Dense", "answer", "most", units=1, kernel_regularizer="l2")
    return sketch.compiled("mse", metrics=()).document


def functions() -> GraphDocument:
    """Functions between layers: with constants, with several tensors, with several results."""
    sketch = Sketch("functions").add("InputLayer", "start", shape=[6, 4])
    sketch.add("Dense", "seen", "start", units=4)
    sketch.add("ops.Multiply", "twice", "seen", settings={"x2": 2})
    sketch.add("ops.Subtract", "rest", ports={"x2": "start"}, settings={"x1": 1.0})
    sketch.add("ops.Concatenate", "both", "twice", axis=-1).wire("rest", "both.xs", slot=1)
    key = [{"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}, 0]
    sketch.add("ops.GetItem", "first", "both", settings={"key": key})
    sketch.add("ops.Mean", "mean", "both", axis=1)
    offset = {"class_name": "__numpy__", "config": {"value": [0.1 * n for n in range(8)], "dtype": "float32"}}
    sketch.add("ops.Add", "moved", "mean", settings={"x2": offset})
    sketch.add("ops.Split", "parts", "moved", indices_or_sections=2, axis=-1)
    sketch.add("ops.Einsum", "product", "parts.output_0", subscripts="ab,ac->abc")
    sketch.wire("parts.output_1", "product.operands", slot=1)
    sketch.add("ops.Softmax", "shares", "first").add("Dense", "answer", "shares", units=1)
    return sketch.compiled("mse", metrics=()).document


def shared_layers() -> GraphDocument:
    """Two layers that are called twice."""
    sketch = Sketch("twins").add("InputLayer", "left", shape=[4]).add("InputLayer", "right", shape=[4])
    sketch.add("Dense", "seen", "left", units=3).add("BatchNormalization", "even", "seen", scale=False)
    sketch.add("Dense", "seen_again", "right", units=3).add("BatchNormalization", "even_again", "seen_again")
    sketch.add("Subtract", "difference", "even", "even_again").add("Dense", "answer", "difference", units=1)
    nodes = dict(sketch.document.nodes)
    for again, first in (("seen_again", "seen"), ("even_again", "even")):
        nodes[again] = nodes[first].model_copy(update={"id": again, "name": again, "shares": first})
    sketch.document = sketch.document.model_copy(update={"nodes": nodes})
    return sketch.compiled("mse", metrics=()).document


TORCH_DESIGNS = {
    design.__name__: design
    for design in (
        masked_sequences,
        masked_joining,
        masked_heads,
        states_handed_on,
        pictures,
        functions,
        shared_layers,
    )
}
