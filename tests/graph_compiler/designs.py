"""Small designs for the tests, drawn with few words."""

from typing import Any

from graph_compiler.document import (
    CompileSettings,
    Configured,
    DataBinding,
    Edge,
    GraphDocument,
    Node,
    TrainingSettings,
)
from graph_compiler.instances import find_spec


class Sketch:
    """A document in the making: `add` draws a layer and the wires into it."""

    def __init__(self, name: str = "sketch", **fields: Any) -> None:
        self.document = GraphDocument(name=name, **fields)

    def add(
        self,
        layer: str,
        name: str,
        /,
        *sources: str,
        settings: dict[str, Any] | None = None,
        note: str = "",
        ports: dict[str, str] | None = None,
        shares: str | None = None,
        locked: str = "",
        **params: Any,
    ) -> "Sketch":
        """A layer; `sources` ("name" or "name.port") go to its ports in order, `ports` to those named."""
        nodes = dict(self.document.nodes)
        nodes[name] = Node(
            id=name,
            layer=layer,
            name=name,
            params=params,
            settings=settings or {},
            note=note,
            shares=shares,
            locked=locked,
            x=200.0 * len(nodes),
        )
        self.document = self.document.model_copy(update={"nodes": nodes})
        spec = find_spec(layer)
        inputs = spec.inputs if spec else ()
        for place, source in enumerate(sources):
            port = inputs[min(place, len(inputs) - 1)].name if inputs else "inputs"
            self.wire(source, f"{name}.{port}", slot=place)
        for port, source in (ports or {}).items():
            self.wire(source, f"{name}.{port}")
        return self

    def wire(self, source: str, target: str, slot: int = 0) -> "Sketch":
        begin, _, source_port = source.partition(".")
        end, _, target_port = target.partition(".")
        edges = dict(self.document.edges)
        edge = Edge(
            id=f"e{len(edges)}",
            source=begin,
            source_port=source_port or "output",
            target=end,
            target_port=target_port or "inputs",
            slot=slot,
        )
        edges[edge.id] = edge
        self.document = self.document.model_copy(update={"edges": edges})
        return self

    def compiled(self, loss: str, optimizer: str = "adam", **fields: Any) -> "Sketch":
        settings = CompileSettings(loss=loss, optimizer=optimizer, **fields)
        self.document = self.document.model_copy(update={"compile": settings})
        return self

    def trained(self, **fields: Any) -> "Sketch":
        self.document = self.document.model_copy(update={"training": TrainingSettings(**fields)})
        return self


def mlp() -> GraphDocument:
    sketch = Sketch("iris").add("InputLayer", "measurements", shape=[4])
    sketch.add("Dense", "hidden", "measurements", units=16, activation="relu")
    sketch.add("Dense", "species", "hidden", units=3, activation="softmax")
    return sketch.trained(epochs=2, seed=1).document


def cnn() -> GraphDocument:
    sketch = Sketch("MNIST digits").add("InputLayer", "input", shape=[28, 28, 1])
    sketch.add("Rescaling", "rescaled", "input", scale=1 / 255)
    sketch.add(
        "Conv2D", "conv", "rescaled", filters=8, kernel_size=3, activation="relu", note="looks for edges"
    )
    sketch.add("MaxPooling2D", "pool", "conv").add("Flatten", "flatten", "pool")
    sketch.add("Dropout", "dropout", "flatten", rate=0.25)
    sketch.add("Dense", "hidden", "dropout", units=16, activation="relu")
    sketch.add("Dense", "digit", "hidden", units=10, activation="softmax")
    sketch.compiled("sparse_categorical_crossentropy", "sgd", learning_rate=0.01)
    compile = sketch.document.compile.model_copy(
        update={"optimizer_params": {"momentum": 0.9, "nesterov": True}}
    )
    sketch.document = sketch.document.model_copy(update={"compile": compile})
    return sketch.trained(epochs=1, batch_size=64, validation_split=0.0, shuffle=False).document


def text_model() -> GraphDocument:
    sketch = Sketch("phrases").add("InputLayer", "letters", shape=[None], dtype="int32")
    sketch.add("Embedding", "embedding", "letters", input_dim=50, output_dim=8, mask_zero=True)
    sketch.add("Bidirectional", "both_ways", "embedding", layer={"layer": "GRU", "params": {"units": 6}})
    sketch.add("Dense", "language", "both_ways", units=1, activation="sigmoid")
    return sketch.compiled("binary_crossentropy", "rmsprop").trained(epochs=1).document


def branches() -> GraphDocument:
    """Two inputs, a residual connection, a merge whose order counts, two outputs and an awkward name."""
    sketch = Sketch("branches").add("InputLayer", "picture", shape=[8, 8, 3])
    sketch.add("InputLayer", "facts", shape=[5])
    sketch.add(
        "Conv2D",
        "first_convolution_of_the_picture",
        "picture",
        filters=4,
        kernel_size=[3, 3],
        padding="same",
        activation="relu",
        kernel_initializer={"class_name": "HeNormal", "config": {"seed": 3}},
        kernel_regularizer={"class_name": "L2", "config": {"l2": 0.001}},
    )
    sketch.add(
        "Conv2D",
        "second_convolution_of_the_picture",
        "first_convolution_of_the_picture",
        filters=4,
        kernel_size=3,
        padding="same",
    )
    sketch.add("Add", "sum", "first_convolution_of_the_picture", "second_convolution_of_the_picture")
    sketch.add("GlobalAveragePooling2D", "summary_of_the_whole_picture", "sum")
    sketch.add("Dense", "summary_of_the_facts", "facts", units=4, trainable=False)
    sketch.add("Concatenate", "joined", "summary_of_the_facts", "summary_of_the_whole_picture")
    sketch.add("Dense", "price", "joined", units=1).add("Dense", "area", "joined", units=2)
    return sketch.compiled("mse", metrics=("mae",)).trained(epochs=1).document


def states() -> GraphDocument:
    """A layer with three outputs whose states start another."""
    sketch = Sketch("translator").add("InputLayer", "heard", shape=[6, 3])
    sketch.add("InputLayer", "spoken", shape=[None, 4])
    sketch.add("LSTM", "encoder", "heard", units=5, return_state=True)
    sketch.add(
        "LSTM",
        "decoder",
        "spoken",
        "encoder.hidden_state",
        "encoder.cell_state",
        units=5,
        return_sequences=True,
    )
    sketch.add("TimeDistributed", "words", "decoder", layer={"layer": "Dense", "params": {"units": 4}})
    return sketch.compiled("mse", metrics=()).trained(epochs=1).document


def attention() -> GraphDocument:
    sketch = Sketch("attention").add("InputLayer", "sequence", shape=[7, 8])
    sketch.add(
        "MultiHeadAttention",
        "attended",
        "sequence",
        "sequence",
        num_heads=2,
        key_dim=4,
        settings={"return_attention_scores": True},
    )
    sketch.add("LayerNormalization", "normalized", "attended.output")
    sketch.add("GlobalAveragePooling1D", "pooled", "normalized")
    sketch.add("Dense", "answer", "pooled", units=1)
    return sketch.compiled("mean_squared_error", metrics=()).trained(epochs=1).document


def learning() -> GraphDocument:
    """Layers that learn from the data: at the input, in the middle, and behind two inputs."""
    sketch = Sketch("houses", data=DataBinding(dataset="houses"))
    sketch.add("InputLayer", "facts", shape=[5]).add("InputLayer", "place", shape=[2])
    sketch.add("Normalization", "scaled_facts", "facts")
    sketch.add("Discretization", "areas", "place", num_bins=4, output_mode="one_hot")
    sketch.add("Flatten", "area", "areas")
    sketch.add("Dense", "summary", "scaled_facts", units=4, activation="relu")
    sketch.add("Concatenate", "joined", "summary", "area")
    sketch.add("Normalization", "normalization_of_all_that_is_known_of_the_house", "joined")
    sketch.add("Dense", "price", "normalization_of_all_that_is_known_of_the_house", units=1)
    return sketch.compiled("mse", metrics=()).trained(epochs=1, validation_split=0.25).document


def watched() -> GraphDocument:
    sketch = Sketch("watched").add("InputLayer", "measurements", shape=[4])
    sketch.add("Dense", "species", "measurements", units=3, activation="softmax")
    callbacks = (
        Configured(name="EarlyStopping", params={"patience": 3, "restore_best_weights": True}),
        Configured(name="ReduceLROnPlateau", params={"monitor": "loss", "patience": 1}),
        Configured(name="TerminateOnNaN"),
    )
    return sketch.trained(epochs=2, callbacks=callbacks).document


DESIGNS = {
    design.__name__: design
    for design in (mlp, cnn, text_model, branches, states, attention, learning, watched)
}
