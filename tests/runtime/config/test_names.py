"""The modules of settings, and the names at the top, hold what Keras's hold, with its arguments."""

import importlib
import inspect

import keras
import pytest

import runtime

MODULES = ("backend", "config", "dtype_policies", "mixed_precision", "random", "tree")
LEFT_OUT = {
    # Layers here keep no weights as whole numbers.
    "dtype_policies": {
        "AWQDTypePolicy",
        "GPTQDTypePolicy",
        "Int4DTypePolicy",
        "QuantizedDTypePolicy",
        "QuantizedFloat8DTypePolicy",
    },
}
OTHER_ARGUMENTS = {
    # Keras's takes anything and looks into it.
    "random.SeedGenerator",
}
TOP = (
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "RematScope",
    "Variable",
    "device",
    "name_scope",
    "remat",
)


@pytest.mark.parametrize("module", MODULES)
def test_each_name_of_keras_is_here(module):
    ours = importlib.import_module(f"runtime.{module}")
    theirs = {name for name in dir(importlib.import_module(f"keras.{module}")) if not name.startswith("_")}
    assert sorted(ours.__all__) == list(ours.__all__) or set(ours.__all__) == theirs
    assert set(ours.__all__) == theirs - LEFT_OUT.get(module, set())
    for name in ours.__all__:
        assert arguments(getattr(ours, name)) == arguments(getattr(getattr(keras, module), name)), name


@pytest.mark.parametrize("name", TOP)
def test_names_at_the_top(name):
    mine, theirs = arguments(getattr(runtime, name)), arguments(getattr(keras, name))
    assert mine == theirs or name in ("Variable", "device")
    assert [one for one, _ in mine if one != "kwargs"] == [
        one for one, _ in theirs if one not in ("layout", "kwargs")
    ]


def test_modules_few_programs_need_are_loaded_on_demand():
    assert runtime.version() == runtime.__version__
    with pytest.raises(AttributeError, match="StatelessScope"):
        _ = runtime.StatelessScope


def arguments(member):
    return [(one.name, one.default) for one in inspect.signature(member).parameters.values()]
