"""Programs that make models are read as designs, and are never run."""

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import assume, given

from app.services.templates import TEMPLATES, open_template
from graph_compiler import analyze
from graph_compiler.codegen import keras_code
from graph_compiler.importers import import_code
from runtime.errors import FileFormatError
from tests.graph_compiler.designs import DESIGNS, Sketch
from tests.graph_compiler.importers.comparing import as_design
from tests.graph_compiler.random_designs import designs
from tests.runtime.drawn import examples


def assert_comes_back(document):
    imported = import_code(keras_code(document))
    assert imported.remarks == ()
    assert as_design(imported.document) == as_design(document)
    assert imported.document.training == document.training
    assert imported.document.compile.optimizer == document.compile.optimizer


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_come_back_from_their_programs(name):
    assert_comes_back(DESIGNS[name]())


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.name != "blank"], ids=lambda t: t.name)
def test_templates_come_back_from_their_programs(template):
    assert_comes_back(open_template(template.name))


@given(designs(4))
@examples(10)
def test_random_designs_come_back_from_their_programs(document):
    analysis = analyze(document)
    assume(analysis.ok and not analysis.findings)
    assert as_design(import_code(keras_code(document)).document) == as_design(document)


def test_a_shared_layer_comes_back_from_its_program():
    sketch = Sketch().add("InputLayer", "left", shape=[4]).add("InputLayer", "right", shape=[4])
    sketch.add("Dense", "tower", "left", units=3).add("Dense", "tower_1", "right", shares="tower")
    sketch.add("Add", "sum", "tower", "tower_1")
    assert_comes_back(sketch.document)


PROGRAM = """
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras.layers import Dense as D
UNITS = [4 * 8, 2 ** 3]
settings = dict
def block(x, n, rate=0.1):
    for i in range(n):
        x = D(UNITS[i], activation="relu", name=f"d_{i}")(x)
    return layers.Dropout(rate)(x) if rate else x
inp = tf.keras.Input(shape=(10,))
x_train = load_my_data("numbers.csv")
x = block(inp, n=2)
x = x + 1
state = layers.LSTM(3, return_state=True)(layers.Reshape((2, 4))(x))
a, b, _ = state
ends = [layers.Dense(3, activation=tf.nn.softmax)(t) for t in (a, b)]
m = Model(inputs=inp, outputs=layers.Average()(ends))
if __name__ == "__main__":
    m.compile(optimizer=tf.keras.optimizers.SGD(0.1, momentum=0.9), loss="mse", metrics=["mae"])
    m.fit(x_train, y_train, epochs=7, batch_size=16, validation_split=0.2)
print(m.summary())
"""


def test_loops_functions_and_names_are_followed():
    imported = import_code(PROGRAM)
    document = imported.document
    assert imported.remarks == ()
    assert analyze(document).errors == ()
    assert [node.layer for node in document.nodes.values()] == [
        "InputLayer", "Dense", "Dense", "Dropout", "ops.Add", "Reshape", "LSTM", "Dense", "Dense", "Average",
    ]  # fmt: skip
    assert (document.training.epochs, document.training.batch_size) == (7, 16)
    assert document.compile.optimizer_params == {"momentum": 0.9}
    assert next(node for node in document.nodes.values() if node.layer == "Dropout").params == {"rate": 0.1}


def test_what_is_added_to_a_sequential_is_read():
    imported = import_code(
        "import keras\nmodel = keras.Sequential(name='chain')\n"
        "for units in (8, 3):\n    model.add(keras.layers.Dense(units))\n"
    )
    assert [node.layer for node in imported.document.nodes.values()] == ["InputLayer", "Dense", "Dense"]
    assert "set it at the input" in imported.remarks[0]


def test_a_line_that_is_not_read_is_named_with_its_reason():
    text = "from keras import layers, Model, Input\n\nclass Own(layers.Layer):\n    pass\n"
    text += "x = Input((4,))\ny = layers.Dense(3)(x)\nz = Own()(y)\nm = Model(x, y)\n"
    remarks = import_code(text).remarks
    assert remarks[0].startswith("Line 3: the class Own")
    assert remarks[1].startswith("Line 7: it needs 'Own' of line 3")


def test_a_lambda_is_locked_and_a_mistake_of_the_program_is_said():
    text = "from keras import layers, Model, Input\nx = Input((4,))\ny = layers.Lambda(lambda t: t + 1)(x)\n"
    imported = import_code(f"{text}m = Model(x, layers.Dense(3)(y))")
    assert [node.layer for node in imported.locked] == ["Lambda"]
    with pytest.raises(FileFormatError, match="Line 4: Dense"):
        import_code(f"{text}m = Model(x, layers.Dense(units=-3)(y))")


HOSTILE = {
    "import": "import os\nos.system('touch {path}')",
    "open": "open('{path}', 'w').write('x')",
    "dunder": "().__class__.__base__.__subclasses__()",
    "builtin": "__import__('os').system('touch {path}')",
    "attribute": "import keras\nkeras.layers.Dense.__init__.__globals__['os'].system('touch {path}')",
    "loader": "import keras\nm = keras.models.load_model('{path}')",
    "registry": "import keras\nkeras.utils.get_file('{path}', 'http://localhost')",
    "range": "x = [i for i in range(10**9)]",
    "loops": "for a in range(9999):\n  for b in range(9999):\n    for c in range(9999):\n      x = a + b",
    "empty loops": "for a in range(10000):\n  for b in range(10000):\n    pass",
    "power": "x = 9**9**9**9",
    "shift": "x = 10000 ** 64 ** 64",
    "text": "x = 'a' * 10**9",
    "doubling": "x = [1]\nfor i in range(99):\n  x = x + x",
    "growing": "x = [1]\nfor i in range(99):\n  x.extend(x)",
    "nested": "x = [1]\nfor i in range(99):\n  x = [x, x, x, x]\nmax(x)",
    "round": "x = [1]\nx.append(x)\nfor i in range(99):\n  x = [x, x]",
    "recursion": "def f(x): return f(x)\nf(1)",
    "branching": "def f(n): return [f(n - 1), f(n - 1)] if n else 1\nf(40)",
    "nesting": "x = " + "(" * 5000 + ")" * 5000,
    "deep": "x = " + "-" * 50_000 + "1",
    "long": "x = [" + "1," * 10_000_000 + "]",
    "number": "x = " + "9" * 100_000,
    "null": "x = '\x00'",
    "not python": "def",
    "memory": "from keras import *\nx = Input((10**9,))\nm = Model(x, layers.Dense(10**9)(x))",
    "many": "from keras import *\nx = Input((4000,))\nfor i in range(9999):\n  x = layers.Dense(4000)(x)",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_programs_do_nothing_and_end_soon(kind, tmp_path: Path, monkeypatch):
    # The whole of it takes seconds to fill with weights.
    monkeypatch.setattr("graph_compiler.importers.code._MOST_MEMORY", 2**28)
    path = tmp_path / "written"
    began = perf_counter()
    with pytest.raises(FileFormatError):
        import_code(HOSTILE[kind].replace("{path}", str(path)))
    assert not path.exists()
    assert perf_counter() - began < 30
