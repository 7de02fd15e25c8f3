"""For every rule a design that makes the mistake, and what else is needed to see it."""

from dataclasses import dataclass
from typing import Any

import torch

from graph_compiler.data_facts import DataFacts
from graph_compiler.document import Configured, GraphDocument, RenameNode, apply
from runtime.errors import DTypeError
from runtime.layers import Layer
from runtime.types import Shape
from tests.graph_compiler.designs import Sketch

IRIS = DataFacts(((4,),), (), 3)


@dataclass(frozen=True)
class Example:
    code: str
    sketch: Sketch
    data: DataFacts | None = None

    @property
    def document(self) -> GraphDocument:
        return self.sketch.document


def rows() -> Sketch:
    return Sketch().add("InputLayer", "rows", shape=[4])


def ending(units: int, activation: str | None, loss: str) -> Sketch:
    sketch = rows().add("Dense", "answer", "rows", units=units, activation=activation)
    return sketch.compiled(loss, metrics=())


def good() -> Sketch:
    return ending(3, "softmax", "sparse_categorical_crossentropy")


def compile_with(**fields: object) -> Sketch:
    sketch = good()
    compile = sketch.document.compile.model_copy(update=fields)
    sketch.document = sketch.document.model_copy(update={"compile": compile})
    return sketch


def renamed(name: str, new: str) -> Sketch:
    sketch = good()
    sketch.document, _ = apply(sketch.document, RenameNode(node=name, name=new))
    return sketch


class Picky(Layer):
    """A layer of a test that takes whole numbers only."""

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def output_dtype(self, dtypes: list[str]) -> str:
        if "float" in dtypes[0]:
            raise DTypeError(
                f"{self.label} wants whole numbers, but gets {dtypes[0]}.",
                port="inputs",
                hint="Set the dtype of the Input.",
            )
        return dtypes[0]


class Moody(Layer):
    """A layer of a test whose parameters have to go together."""

    def __init__(self, low: int = 0, high: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if low > high:
            raise ValueError(f"low={low} is above high={high}")

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


TEST_LAYERS = {"Picky": Picky, "Moody": Moody}


def merged_once() -> Sketch:
    return rows().add("Add", "sum", "rows").add("Dense", "answer", "sum", units=3, activation="softmax")


def round_trip() -> Sketch:
    sketch = rows().add("Add", "join", "rows").add("Dense", "back", "join", units=4, activation="softmax")
    return sketch.wire("back", "join.inputs", slot=1).add("Dense", "after", "back", units=3)


def two_layers(units: int = 8, **hidden: Any) -> Sketch:
    sketch = rows().add("Dense", "hidden", "rows", units=units, **hidden)
    return sketch.add("Dense", "answer", "hidden", units=3, activation="softmax")


def pictures(size: int, layer: str, name: str, **params: Any) -> Sketch:
    """Small pictures with many channels, a layer on them, and an answer for each row or place."""
    sketch = (
        Sketch().add("InputLayer", "picture", shape=[size, size, 64]).add(layer, name, "picture", **params)
    )
    return sketch.add("Dense", "answer", name, units=3, activation="softmax")


def one_place() -> Sketch:
    sketch = Sketch().add("InputLayer", "picture", shape=[1, 1, 4])
    sketch.add("MaxPooling2D", "pool", "picture", padding="same").add("Flatten", "row", "pool")
    return sketch.add("Dense", "answer", "row", units=3, activation="softmax")


def masked() -> Sketch:
    sketch = Sketch().add("InputLayer", "words", shape=[6], dtype="int32")
    sketch.add("Embedding", "lookup", "words", input_dim=9, output_dim=2, mask_zero=True)
    sketch.add("Flatten", "row", "lookup")
    return sketch.add("Dense", "answer", "row", units=3, activation="softmax")


EXAMPLES = (
    Example("NN101", rows().add("Conv4D", "conv", "rows").add("Dense", "answer", "conv", units=3)),
    Example(
        "NN102",
        Sketch()
        .add("InputLayer", "s", shape=[7, 8])
        .add("MultiHeadAttention", "a", "s", num_heads=2, key_dim=4),
    ),
    Example("NN103", good().add("Dense", "lonely", units=2)),
    Example("NN104", round_trip()),
    Example("NN105", good().add("InputLayer", "more", shape=[4]).wire("more", "answer.inputs")),
    Example("NN106", good().wire("rows.state", "answer.side")),
    Example("NN107", Sketch()),
    Example("NN108", Sketch().add("Dense", "answer", units=3)),
    Example("NN109", rows()),
    Example("NN110", renamed("answer", "rows")),
    Example("NN111", renamed("answer", "2nd try")),
    Example("NN112", good().add("InputLayer", "spare", shape=[2])),
    Example("NN113", merged_once()),
    Example(
        "NN114",
        Sketch()
        .add("InputLayer", "steps", shape=[6, 3])
        .add("InputLayer", "state", shape=[5])
        .add("LSTM", "memory", "steps", "state", units=5),
    ),
    Example("NN120", good().add("Lambda", "code", "rows", locked="It holds Python code.")),
    Example("NN121", good().add("Dense", "again", "rows", shares="gone")),
    Example(
        "NN201",
        rows()
        .add("Conv2D", "conv", "rows", filters=2, kernel_size=3)
        .add("Dense", "answer", "conv", units=3, activation="softmax"),
    ),
    Example("NN202", rows().add("Picky", "only_ids", "rows")),
    Example("NN203", rows().add("Embedding", "lookup", "rows", input_dim=9, output_dim=2)),
    Example("NN204", good().add("Dense", "again", "answer", shares="answer")),
    Example("NN301", good().add("Dense", "bad", "answer", units=-3, activation="rleu")),
    Example("NN302", good().add("Dense", "bad", "answer", units=3, unit=5)),
    Example("NN303", good().add("Dense", "bad", "answer")),
    Example("NN304", good().add("Dense", "bad", "answer", units=3, settings={"loud": True})),
    Example("NN305", rows().add("Moody", "moody", "rows", low=3, high=1)),
    Example("NN401", compile_with(optimizer="adm")),
    Example("NN402", compile_with(optimizer_params={"momentun": 0.9}, optimizer="sgd")),
    Example("NN403", compile_with(loss="crosentropy")),
    Example("NN404", compile_with(metrics=("acuracy", "PrecisionAtRecall", "mae"))),
    Example("NN405", ending(1, "softmax", "mean_squared_error")),
    Example("NN406", ending(1, "sigmoid", "categorical_crossentropy")),
    Example("NN407", ending(3, None, "sparse_categorical_crossentropy")),
    Example("NN414", compile_with(loss_params={"label_smooting": 0.1}, loss="categorical_crossentropy")),
    Example("NN415", compile_with(loss_params={"from_logits": True})),
    Example("NN421", good(), DataFacts(((4,), (2,)), (), 3)),
    Example("NN422", good(), DataFacts(((8, 8, 1),), (), 3)),
    Example("NN423", good().add("Dense", "second", "rows", units=3, activation="softmax"), IRIS),
    Example("NN424", ending(2, "softmax", "sparse_categorical_crossentropy"), IRIS),
    Example("NN425", ending(5, "softmax", "sparse_categorical_crossentropy"), IRIS),
    Example("NN426", ending(3, "softmax", "categorical_crossentropy"), IRIS),
    Example("NN427", ending(2, None, "mean_squared_error"), DataFacts(((4,),), (1,))),
    Example("NN428", ending(1, "sigmoid", "binary_crossentropy"), IRIS),
    Example("NN429", ending(3, "softmax", "sparse_categorical_crossentropy"), DataFacts(((4,),), ())),
    Example(
        "NN431",
        rows()
        .add("Normalization", "scaled", "rows")
        .add("Dense", "answer", "scaled", units=3, activation="softmax"),
    ),
    Example(
        "NN432",
        Sketch()
        .add("InputLayer", "steps", shape=[6, 3])
        .add("TimeDistributed", "scaled", "steps", layer={"layer": "Normalization", "params": {}})
        .add("Flatten", "flat", "scaled")
        .add("Dense", "answer", "flat", units=3, activation="softmax"),
    ),
    Example("NN115", good().add("Reshape", "spare", "rows", target_shape=[2, 2])),
    Example("NN116", good().add("Dropout", "dropped", "answer", rate=0.5)),
    Example("NN117", good().add("BatchNormalization", "normal", "answer").compiled("mse", metrics=())),
    Example("NN118", two_layers(activation=None)),
    Example("NN119", two_layers(units=1, activation="relu")),
    Example("NN127", rows().add("Dense", "answer", "rows", units=3, activation="softmax", trainable=False)),
    Example("NN128", rows().add("Reshape", "row", "rows", target_shape=[4, 1]).compiled("mse", metrics=())),
    Example("NN122", two_layers(activation="softmax")),
    Example("NN123", good().add("Softmax", "again", "answer")),
    Example(
        "NN124",
        rows()
        .add("Dropout", "dropped", "rows", rate=0.9)
        .add("Dense", "answer", "dropped", units=3, activation="softmax"),
    ),
    Example(
        "NN125",
        pictures(64, "Flatten", "row").add("Dense", "hidden", "row", units=4096, activation="relu"),
    ),
    Example("NN126", pictures(2, "Conv2D", "conv", filters=2, kernel_size=2, strides=3)),
    Example(
        "NN207",
        Sketch()
        .add("InputLayer", "words", shape=[6], dtype="int32")
        .add("Dense", "answer", "words", units=3, activation="softmax"),
    ),
    Example("NN205", one_place()),
    Example("NN206", masked()),
    Example("NN408", ending(3, "sigmoid", "sparse_categorical_crossentropy")),
    Example("NN409", ending(3, "softmax", "binary_crossentropy")),
    Example("NN410", compile_with(learning_rate=0.5)),
    Example("NN411", compile_with(learning_rate=1e-9)),
    Example("NN412", compile_with(loss="mse", metrics=("accuracy",))),
    Example("NN413", ending(2, "softmax", "mean_squared_error"), DataFacts(((4,),), (2,))),
    Example("NN433", pictures(8, "Flatten", "row"), DataFacts(((8, 8, 64),), (), 3, largest=255.0)),
    Example("NN434", two_layers(units=20_000, activation="relu"), DataFacts(((4,),), (), 3, rows=100)),
    Example("NN435", good(), DataFacts(((4,),), (), 3, rows=20)),
    Example("NN438", good().trained(callbacks=(Configured(name="EarlyStopping", params={"patince": 1}),))),
    Example("NN439", good().trained(callbacks=(Configured(name="EarlyStopping"),), validation_split=0)),
    Example("NN436", good().trained(batch_size=4), DataFacts(((4,),), (), 3, rows=8)),
    Example(
        "NN437",
        Sketch()
        .add("InputLayer", "words", shape=[6], dtype="int32")
        .add("Embedding", "lookup", "words", input_dim=9, output_dim=2)
        .add("Flatten", "row", "lookup")
        .add("Dense", "answer", "row", units=3, activation="softmax"),
        DataFacts(((6,),), (), 3, vocabulary=50),
    ),
)
