"""Lines of programs that are read in a way of their own, or said in words."""

import pytest

from graph_compiler.importers import Imported, import_code
from runtime.errors import FileFormatError

BEGIN = "from keras import layers, Input, Model, Sequential\n"
MODEL = f"{BEGIN}m = Sequential([Input((4,)), layers.Dense(3)])\n"


def units(imported: Imported) -> list[object]:
    """The sizes of the Dense layers."""
    return [node.params["units"] for node in imported.document.nodes.values() if node.layer == "Dense"]


def test_a_return_outside_of_a_function_is_noted():
    imported = import_code(f"{MODEL}return m\nm.add(layers.Dense(5))\n")
    assert imported.remarks == ("Line 3: return is not read.",)
    assert units(imported) == [3, 5]


def test_a_model_inside_of_itself_is_refused():
    with pytest.raises(FileFormatError, match="nested too deeply, or holds itself"):
        import_code(f"{BEGIN}m = Sequential()\nm.add(Input((3,)))\nm.add(m)\n")


def test_an_error_of_python_in_a_model_is_said_in_words(monkeypatch: pytest.MonkeyPatch):
    def fail(_: object) -> None:
        raise TypeError("odd")

    monkeypatch.setattr("graph_compiler.importers.code.layer_config", fail)
    with pytest.raises(FileFormatError, match="The model holds a value that a design cannot have: odd"):
        import_code(MODEL)


@pytest.mark.parametrize(
    ("call", "batch_size", "epochs"),
    [
        ("x, y, 16, 7", 16, 7),
        ("x, y, 16, epochs=7", 16, 7),
        ("x, y, epochs=7", 32, 7),
        ("*data, 16, epochs=7", 32, 7),
    ],
)
def test_arguments_of_fit_are_read_by_place_and_by_name(call: str, batch_size: int, epochs: int):
    training = import_code(f"{MODEL}m.compile('adam', 'mse')\nm.fit({call})\n").document.training
    assert (training.batch_size, training.epochs) == (batch_size, epochs)


@pytest.mark.parametrize(
    "imports",
    [
        "from keras import *\nfrom keras.layers import *\n",
        "from tensorflow.keras.layers import *\nfrom tensorflow.keras.models import *\n",
        "from tensorflow import *\nfrom keras.models import Sequential\nfrom keras.layers import *\n",
    ],
)
def test_names_of_all_that_a_module_has_are_known(imports: str):
    program = "m = Sequential([Input((4,))])\nfor n in range(2):\n    m.add(Dense(n + 1))\nprint(m)\n"
    imported = import_code(f"{imports}{program}")
    assert imported.remarks == ()
    assert units(imported) == [1, 2]


def test_modules_come_with_all_of_keras():
    imported = import_code("from keras import *\nm = Sequential([layers.Input((4,)), layers.Dense(3)])\n")
    assert units(imported) == [3]


@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        ("    if n == 2:\n        continue\n    m.add(layers.Dense(n))\n", [1, 3]),
        ("    if n == 2:\n        break\n    m.add(layers.Dense(n))\n", [1]),
        ("    for k in (7, 8):\n        break\n    m.add(layers.Dense(k))\n", [7, 7, 7]),
    ],
)
def test_loops_are_left_where_the_program_leaves_them(body: str, sizes: list[int]):
    imported = import_code(f"{BEGIN}m = Sequential([Input((4,))])\nfor n in (1, 2, 3):\n{body}")
    assert imported.remarks == ()
    assert units(imported) == sizes


def test_a_break_outside_of_a_loop_is_noted():
    text = f"{MODEL}def f():\n    break\nfor n in (5, 6):\n    f()\n    m.add(layers.Dense(n))\n"
    imported = import_code(f"{text}continue\n")
    assert imported.remarks == ("Line 4: break is not read.", "Line 8: continue is not read.")
    assert units(imported) == [3, 5, 6]


def test_dicts_inside_of_dicts_are_read():
    text = "a = {'units': 4, 'use_bias': False}\nb = {**a, 'units': 5}\nm.add(layers.Dense(**b))\n"
    imported = import_code(f"{MODEL}{text}")
    assert imported.remarks == ()
    assert units(imported) == [3, 5]
    remarks = import_code(f"{MODEL}a = 3\nb = {{**a}}\n").remarks
    assert remarks == ("Line 4: only dicts of known values are taken over with **.",)


@pytest.mark.parametrize("metrics", ['["huber", "mse"]', "[keras.metrics.huber, 'mse']"])
def test_metrics_may_be_functions_or_their_names(metrics: str):
    imported = import_code(f"import keras\n{MODEL}m.compile(loss='mse', metrics={metrics})\n")
    assert imported.remarks == ()
    assert imported.document.compile.metrics == ("huber", "mse")
    assert imported.document.compile.metric_params == {}
