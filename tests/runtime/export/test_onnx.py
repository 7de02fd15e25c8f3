"""What `export_onnx` promises besides equal numbers: names, open sizes, refusals, and a clean file."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import runtime
from runtime import Input, Model, Sequential, layers
from runtime.errors import DataError, LayerloomError, NotBuiltError, ParameterError, RefusedError
from runtime.export import ExportReceipt, export_onnx
from runtime.layers import InputSpec
from tests.runtime.export.exporting import assert_close, predicted, random_inputs, run
from tests.runtime.saving.zoo import stir

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")


def dense() -> Any:
    return Sequential([Input((4,), name="numbers"), layers.Dense(3, name="scores")], name="small")


def exported(model: Any, folder: Path, **options: Any) -> ExportReceipt:
    return export_onnx(model, folder / "m.onnx", verbose=False, **options)


class Own(Model):
    """Nested inputs, a dict of outputs, a penalty, dropout and a model inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first = layers.Dense(4, activity_regularizer="l2")
        self.dropped = layers.Dropout(0.5)
        self.inner = Sequential([layers.Dense(3)])

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        x = self.dropped(self.first(inputs["p"]), training=training)
        return {"b": self.inner(x), "a": x + inputs["q"][0]}


def test_a_model_of_ones_own_is_exported_once_it_is_built(tmp_path: Path) -> None:
    model = Own()
    with pytest.raises(NotBuiltError, match="Call it on data"):
        exported(model, tmp_path)
    arrays = [np.random.default_rng(n).normal(size=(3, 4)).astype("float32") for n in range(2)]
    model({"p": arrays[0], "q": [arrays[1]]})
    receipt = exported(model, tmp_path)
    assert receipt.inputs == {"p": ("batch", 4), "q": ("batch", 4)}
    assert receipt.outputs == {"a": ("batch", 4), "b": ("batch", 3)}
    wanted = predicted(model, arrays, lambda flat: {"p": flat[0], "q": [flat[1]]})
    assert_close(run(receipt.path, arrays), wanted)
    # Nothing of the trace is left in the model.
    assert all(float(loss) >= 0 for loss in model.losses)
    assert all(type(loss) is torch.Tensor for loss in model.losses)


def recurrent() -> Any:
    words = Input((None,), dtype="int32", name="words")
    x = layers.Embedding(9, 4, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.GRU(3, return_sequences=True, go_backwards=True)(x)
    return Model(words, layers.SimpleRNN(2)(x))


def pictures() -> Any:
    start = Input((None, None, 3), name="picture")
    x = layers.Conv2D(4, 3, strides=2, padding="same")(start)
    return Model(start, layers.UpSampling2D(2, name="large")(layers.MaxPooling2D()(x)))


@pytest.mark.parametrize("make", [recurrent, pictures])
def test_all_open_sizes_stay_open(make: Any, tmp_path: Path) -> None:
    model = make()
    stir(model)
    receipt = exported(model, tmp_path)
    (name,) = model.input_names
    open_axes = [axis for axis, size in enumerate(model.input_shape) if size is None and axis]
    assert [receipt.inputs[name][axis] for axis in open_axes] == [f"{name}_axis_{axis}" for axis in open_axes]
    for other in (4, 8, 20):
        arrays = random_inputs(model, 2, other)
        assert_close(run(receipt.path, arrays), predicted(model, arrays))


def test_a_size_that_cannot_stay_open_is_named_and_may_be_stated(tmp_path: Path) -> None:
    start = Input((None, 3), name="steps")
    model = Model(start, layers.GRU(2, reset_after=False)(start))
    with pytest.raises(LayerloomError, match=r"axis 1 of input 'steps' cannot stay open.*\(None, 20, 3\)"):
        exported(model, tmp_path)
    receipt = exported(model, tmp_path, input_signature=[InputSpec(shape=(None, 7, 3))])
    assert receipt.inputs == {"steps": ("batch", 7, 3)}
    with pytest.raises(DataError, match="the model takes"):
        exported(model, tmp_path, input_signature=[InputSpec(shape=(None, 7, 4))])
    with pytest.raises(DataError, match="describes 2 inputs"):
        exported(model, tmp_path, input_signature=[InputSpec(shape=(None, 7, 3))] * 2)


def test_names_are_those_of_the_model_whatever_is_called_so_inside(tmp_path: Path) -> None:
    """torch calls values by functions; the same layer may give two outputs, and an input may be one."""
    start = Input((4,), name="linear")
    twice = layers.Dense(4, name="relu", activation="relu")
    first = twice(start)
    # Whole numbers times fractions: ONNX wants one type.
    model = Model(start, [first, twice(first), start, layers.Softmax(name="softmax")(first * 2)])
    receipt = exported(model, tmp_path)
    assert list(receipt.inputs) == ["linear"]
    assert list(receipt.outputs) == ["relu", "relu_1", "linear_1", "softmax"]
    arrays = random_inputs(model, 3)
    assert_close(run(receipt.path, arrays), predicted(model, arrays))


def test_layers_may_be_called_as_attributes_of_models_are(tmp_path: Path) -> None:
    """Torch's paths of modules go through attributes: a layer 'output' is none of the model's outputs."""
    names = ("type", "half", "forward", "weights", "output_layer", "output")
    model = Sequential([Input((4,)), *(layers.Dense(3, name=name) for name in names)])
    stir(model)
    assert len(model.state_dict()) == 2 * len(names)
    receipt = model.export(tmp_path / "m.onnx", verbose=False)
    assert receipt.largest_difference < 1e-5
    assert model.export(tmp_path / "m.pt2", format="torch", verbose=False).largest_difference < 1e-5
    model.pop()
    assert len(model.state_dict()) == 2 * len(names) - 2


def test_half_precision_is_exported(tmp_path: Path) -> None:
    model = Sequential(
        [Input((8, 8, 3)), layers.Conv2D(4, 3, dtype="mixed_float16"), layers.Flatten(), layers.Dense(2)]
    )
    arrays = random_inputs(model, 3)
    assert_close(run(exported(model, tmp_path).path, arrays), predicted(model, arrays), tolerance=5e-3)


def test_the_file_says_who_wrote_it_and_nothing_of_this_machine(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    receipt = exported(dense(), tmp_path)
    assert capfd.readouterr() == ("", "")
    file = onnx.load(receipt.path)
    assert (file.producer_name, file.producer_version) == ("layerloom", runtime.__version__)
    assert {entry.key for entry in file.metadata_props} == {"keras_version", "backend", "torch_version"}
    assert file.graph.name == "small"
    assert {node.name.split("/")[0] for node in file.graph.node} == {"scores"}
    content = receipt.path.read_bytes()
    assert str(Path(runtime.__file__).parent).encode() not in content
    assert b".py" not in content
    assert receipt.versions.keys() == {"layerloom", "torch", "onnx", "onnxscript", "onnxruntime"}


def test_keras_door_says_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dense().export(str(tmp_path / "m.onnx"), opset_version=18)
    said = capsys.readouterr().out
    assert said.startswith(f"Saved artifact at '{tmp_path / 'm.onnx'}' (ONNX opset 18, differs")
    assert onnx.load(tmp_path / "m.onnx").opset_import[0].version == 18


def test_a_version_of_onnx_that_cannot_be_had_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerloomError, match=r"opset 5.*Leave opset_version out"):
        exported(dense(), tmp_path, opset_version=5)
    assert not list(tmp_path.iterdir())


class Deciding(layers.Layer):
    """Looks at the numbers before it decides what to do."""

    def call(self, inputs: Any) -> Any:
        return inputs * 2 if inputs.sum() > 0 else inputs


class Decomposing(layers.Layer):
    """Computes something ONNX has no words for."""

    def call(self, inputs: Any) -> Any:
        return torch.linalg.svdvals(inputs)


class Forgetful(layers.Layer):
    """Computes something else each time it is asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = 0

    def call(self, inputs: Any) -> Any:
        self.asked += 1
        return inputs + self.asked


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Deciding(name="chooser"), "Deciding 'chooser' cannot be exported"),
        (Decomposing(name="values"), "Layer 'values' cannot be said in ONNX"),
        (Forgetful(name="other"), "computes other numbers than model"),
    ],
)
def test_what_cannot_be_said_is_told_by_layer_and_the_old_file_stays(
    layer: Any, message: str, tmp_path: Path
) -> None:
    (tmp_path / "m.onnx").write_text("old")
    start = Input((4, 3))
    with pytest.raises(LayerloomError, match=message):
        exported(Model(start, layer(layers.Dense(3)(start))), tmp_path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_states_texts_and_what_is_no_model_are_refused(tmp_path: Path) -> None:
    stateful = Sequential([Input(batch_shape=(2, 4, 3)), layers.LSTM(3, stateful=True, name="memory")])
    with pytest.raises(RefusedError, match="'memory' keeps its state"):
        exported(stateful, tmp_path)
    texts = Input((1,), dtype="string", name="texts")
    with pytest.raises(DataError, match=r"'texts'.* is text"):
        exported(Model(texts, layers.StringLookup(vocabulary=["a"])(texts)), tmp_path)
    with pytest.raises(NotBuiltError):
        exported(Sequential([layers.Dense(3)]), tmp_path)
    with pytest.raises(LayerloomError, match="is no model"):
        exported("model", tmp_path)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"format": "tf_saved_model"}, LayerloomError, r"open it in Keras on TensorFlow"),
        ({"format": "openvino"}, LayerloomError, r"take format='onnx'"),
        ({"format": "litert"}, LayerloomError, r"\.keras file"),
        ({"format": "onx"}, LayerloomError, r"Did you mean 'onnx'"),
        ({"opset": 18}, ParameterError, r"no argument 'opset'. It takes .*opset_version"),
    ],
)
def test_other_formats_and_arguments_are_refused(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        dense().export("m.onnx", **options)


def test_a_missing_extra_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(LayerloomError, match=r'onnxscript.*pip install "layerloom\[onnx\]"'):
        exported(dense(), tmp_path)


def test_weights_beyond_the_limit_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    # Weights without memory: they have a size all the same.
    model = Sequential([Input((40_000,)), layers.Dense(2)]).to("meta")
    model.layers[0].kernel = torch.nn.Parameter(torch.empty(40_000, 20_000, device="meta"))
    with pytest.raises(LayerloomError, match=r"take 3.0 GB"):
        exported(model, tmp_path)
