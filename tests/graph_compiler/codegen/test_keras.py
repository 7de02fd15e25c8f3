import subprocess
import sys
from pathlib import Path

import keras
import pytest

from graph_compiler import CompilationError
from graph_compiler.codegen import DataSnippet, keras_code
from graph_compiler.compile_settings import make_optimizer
from graph_compiler.document import (
    Configured,
    GraphDocument,
    RenameDocument,
    RenameNode,
    SetNote,
    SetParam,
    apply,
)
from tests.graph_compiler.designs import DESIGNS, Sketch, branches, cnn, mlp

GOLDEN = Path(__file__).parents[1] / "golden" / "keras"
RUN_ALL = """
import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
    print("ran", path)
"""


@pytest.mark.parametrize("name", DESIGNS)
def test_the_program_is_as_it_was(name):
    assert keras_code(DESIGNS[name]()) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_there_is_no_golden_program_without_a_design():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(DESIGNS)


def programs(folder: Path) -> list[Path]:
    """The golden programs as Python files; kept as text, since the project's formatter is wider."""
    for path in GOLDEN.glob("*.txt"):
        (folder / f"{path.stem}.py").write_text(path.read_text("utf-8"), "utf-8")
    return sorted(folder.glob("*.py"))


def test_the_golden_programs_run_under_the_real_keras(tmp_path):
    paths = [str(path) for path in programs(tmp_path)]
    run = subprocess.run(
        [sys.executable, "-c", RUN_ALL, *paths], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.count("ran ") == len(DESIGNS)
    assert len(list(tmp_path.glob("*.keras"))) == len(DESIGNS)


def formatted(*paths: Path) -> subprocess.CompletedProcess[str]:
    options = ["format", "--isolated", "--line-length", "88", "--diff"]
    return subprocess.run(
        [sys.executable, "-m", "ruff", *options, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_programs_look_as_a_formatter_leaves_them(tmp_path):
    long = tmp_path / "long.py"
    long.write_text(keras_code(awkward()), "utf-8")
    run = formatted(*programs(tmp_path), long)
    assert run.returncode == 0, run.stdout


def awkward() -> GraphDocument:
    """Long names, many wires, nested and long arguments, notes."""
    name = "a_layer_with_a_name_that_is_almost_as_long_as_a_name_can_be"
    sketch = Sketch("awkward").add("InputLayer", "max", shape=[8, 8, 3])
    note = '"""\nend\r# x\0' + " word" * 40
    sketch.add("Conv2D", name, "max", filters=4, kernel_size=3, note=note)
    for number in range(6):
        sketch.add("ReLU", f"a_branch_of_the_model_called_{number}", name)
    sketch.add("Concatenate", "all_together", *[f"a_branch_of_the_model_called_{n}" for n in range(6)])
    inner = {
        "layer": "Conv2D",
        "params": {
            "filters": 3,
            "kernel_size": [2, 2],
            "padding": "same",
            "kernel_initializer": {"class_name": "RandomNormal", "config": {"stddev": 0.01, "seed": 5}},
        },
    }
    sketch.add("Reshape", "frames", "all_together", target_shape=[6, 6, 6, 4])
    sketch.add("TimeDistributed", "keras", "frames", layer=inner)
    sketch.add("Flatten", "layers", "keras").add("Dense", "y_train", "layers", units=1)
    return sketch.compiled("mse", metrics=()).document


def namespace(code: str) -> dict[str, object]:
    """Runs the part of a program that makes the model."""
    scope: dict[str, object] = {}
    exec(code[: code.index("model.summary()")], scope)
    return scope


def test_awkward_names_and_notes_do_not_break_the_program():
    document = awkward()
    scope = namespace(keras_code(document))
    model = scope["model"]
    assert scope["maxs"] is model.input
    assert scope["keras_"] is not scope["keras"]
    assert {layer.name for layer in model.layers} == document.names()


def test_a_list_of_layers_is_written_out_layer_by_layer():
    cells = [{"layer": "LSTMCell", "params": {"units": units}} for units in (3, 2)]
    stack = {"layer": "StackedRNNCells", "params": {"cells": cells}}
    sketch = Sketch("stack").add("InputLayer", "steps", shape=[6, 4]).add("RNN", "rnn", "steps", cell=stack)
    scope = namespace(keras_code(sketch.compiled("mse", metrics=()).document))
    assert [cell.units for cell in scope["model"].get_layer("rnn").cell.cells] == [3, 2]


def test_a_documents_text_never_becomes_code():
    document = mlp()
    evil = '"""\nraise SystemExit\n"""'
    for edit in (RenameDocument(name=evil), SetNote(node="hidden", note=f"x\n{evil}\rraise SystemExit\x0c")):
        document, _ = apply(document, edit)
    scope = namespace(keras_code(document))
    assert scope["model"].name == "raise_SystemExit"


def test_targets_are_told_from_inputs_of_the_same_name():
    both = Sketch("both").add("InputLayer", "x", shape=[4]).add("InputLayer", "y", shape=[6])
    both.add("Concatenate", "joined", "x", "y").add("Dense", "answer", "joined", units=2)
    code = keras_code(both.compiled("mse", metrics=()).document)
    assert "x_train = rng.random((256, 4)" in code
    assert "y_train = rng.random((256, 6)" in code
    assert "y_target_train = rng.random((256, 2)" in code


def test_ids_fit_every_table_they_are_looked_up_in():
    sketch = Sketch("tables").add("InputLayer", "ids", shape=[3], dtype="int32")
    sketch.add("Embedding", "large", "ids", input_dim=1000, output_dim=2)
    sketch.add("Embedding", "small", "ids", input_dim=5, output_dim=2)
    sketch.add("Add", "both", "large", "small").add("Flatten", "flat", "both").add(
        "Dense", "y", "flat", units=1
    )
    assert "rng.integers(5, size=(256, 3)" in keras_code(sketch.compiled("mse", metrics=()).document)


def test_a_number_next_to_nothing_is_written_as_it_is():
    penalty = {"class_name": "L2", "config": {"l2": 2.2345e-309}}
    sketch = Sketch("tiny").add("InputLayer", "x", shape=[2])
    sketch.add("Dense", "y", "x", units=1, kernel_regularizer=penalty)
    assert "2.2345e-309" in keras_code(sketch.compiled("mse", metrics=()).document)


def test_only_what_differs_from_the_default_is_written():
    document, _ = apply(mlp(), SetParam(node="hidden", param="use_bias", value=True))
    assert 'hidden = layers.Dense(16, activation="relu", name="hidden")(measurements)' in keras_code(document)


def test_a_variable_gives_way_to_a_builtin_and_to_names_of_the_program():
    document, _ = apply(cnn(), RenameNode(node="digit", name="model"))
    document, _ = apply(document, RenameNode(node="hidden", name="max"))
    code = keras_code(document)
    assert 'inputs = keras.Input(shape=(28, 28, 1), name="input")' in code
    assert 'max_ = layers.Dense(16, activation="relu", name="max")(dropout)' in code
    assert 'model_ = layers.Dense(10, activation="softmax", name="model")(max_)' in code


def test_a_data_snippet_is_put_in_place_of_the_random_numbers():
    data = DataSnippet(
        imports=("from sklearn.datasets import load_iris", "import keras"),
        code="hidden, y = load_iris(return_X_y=True)\n",
        x_train=("hidden",),
        y_train=("y",),
        x_test=("hidden",),
        y_test=("y",),
    )
    code = keras_code(mlp(), data, file_format="h5")
    assert "rng" not in code
    assert "from keras import layers\nfrom sklearn.datasets import load_iris\n" in code
    assert "hidden, y = load_iris(return_X_y=True)\n" in code
    assert 'hidden_ = layers.Dense(16, activation="relu", name="hidden")(measurements)' in code
    assert "model.fit(hidden, y, epochs=2" in code
    assert 'model.save("iris.h5")' in code
    assert code.count("import keras\n") == 1


def test_one_target_serves_all_outputs():
    data = DataSnippet((), "a = b = y = None", ("a", "b"), ("y",), ("a", "b"), ("y",))
    code = keras_code(branches(), data)
    assert "model.fit([a, b], [y, y], epochs=1, batch_size=32, validation_split=0.1)\n" in code
    assert "model.evaluate([a, b], [y, y], return_dict=True)\n" in code


def test_a_design_with_errors_is_no_program():
    document, _ = apply(mlp(), SetParam(node="hidden", param="units", value=0))
    with pytest.raises(CompilationError, match=r"NN301 'hidden': Dense\(units"):
        keras_code(document)


def test_a_schedule_of_the_learning_rate_is_one_in_keras():
    document = mlp()
    schedule = Configured(name="CosineDecay", params={"decay_steps": 100, "alpha": 0.5})
    compile = document.compile.model_copy(update={"schedule": schedule, "learning_rate": 0.25})
    code = keras_code(document.model_copy(update={"compile": compile}))
    made = code[code.index("keras.optimizers.Adam(") : code.index("    loss=")].rstrip().rstrip(",")
    theirs = eval(made, {"keras": keras})
    ours = make_optimizer(compile)
    assert [float(theirs._learning_rate(step)) for step in (0, 50, 200)] == pytest.approx(
        [ours._learning_rate(step) for step in (0, 50, 200)]
    )
    assert float(theirs._learning_rate(0)) == 0.25
