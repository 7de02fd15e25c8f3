"""Every function of `keras.ops` and the real Keras: names, signatures, values, types, gradients."""

import inspect
from types import ModuleType

import keras
import numpy as np
import pytest
import torch

from runtime import ops
from tests.runtime.ops.calls import CALLS, data, names_in
from tests.runtime.ops.running import assert_same, chosen, comparable, flat, run

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
"""What torch says to Keras."""
MODULES = ("image", "linalg", "nn", "numpy")
WITHOUT_CALLS = {
    # Functions of functions: in test_control.py.
    *(
        "associative_scan",
        "cond",
        "custom_gradient",
        "fori_loop",
        "jvp",
        "map",
        "scan",
        "switch",
        "vectorize",
    ),
    *("vectorized_map", "while_loop"),
    # At random: in test_programs.py.
    "elastic_transform",
    # Their vectors may have any phase: tested by their size.
    "eig",
    "eigh",
    "svd",
    *MODULES,
}
UNLIKE_KERAS = {
    "count_nonzero(x, axis=1)": "Keras gives the axes that are left the other way round",
    "layer_normalization(x, axis=1)": "Keras fails, but says that it takes any axis",
}


def tensors(dtype="float32"):
    """The data, with `x` and `y` of another element type."""
    found = data()
    for name in "xy":
        values = found[name] * 3 if dtype != "float32" else found[name]
        values = np.abs(values) if dtype.startswith("uint") else values
        found[name] = values > 0 if dtype == "bool" else values.astype(dtype)
    return {name: torch.from_numpy(values) for name, values in found.items()}


@pytest.mark.parametrize("module", ["", *MODULES])
def test_names_are_those_of_keras(module):
    ours, theirs = (getattr(library, module) if module else library for library in (ops, keras.ops))
    public = {name for name in dir(theirs) if not name.startswith("_")}
    assert set(ours.__all__) == public
    assert list(ours.__all__) == sorted(ours.__all__)


@pytest.mark.parametrize("module", ["", *MODULES])
def test_signatures_are_those_of_keras(module):
    ours, theirs = (getattr(library, module) if module else library for library in (ops, keras.ops))
    for name in ours.__all__:
        function = getattr(ours, name)
        if isinstance(function, ModuleType):
            continue
        assert function.__name__ == getattr(theirs, name).__name__, name
        assert function.__doc__, name
        assert shape_of_signature(function) == shape_of_signature(getattr(theirs, name)), name


def shape_of_signature(function):
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def test_every_name_is_called():
    public = {*ops.__all__, *ops.image.__all__}
    assert public - {names_in(call) for call in CALLS} - WITHOUT_CALLS == set()


@pytest.mark.parametrize("dtype", ["float32", "int32", "int64", "bool", "uint8", "float64"])
def test_calls_give_what_they_give_in_keras(dtype):
    compared = 0
    for call in CALLS if dtype == "float32" else chosen([call for call in CALLS if "x" in call]):
        if call in UNLIKE_KERAS or (dtype != "float32" and "x" not in call):
            continue
        try:
            wanted = run(keras.ops, call, tensors(dtype))
        except Exception:
            # Not for this element type.
            assert dtype != "float32", call
            continue
        if (dtype, names_in(call)) in OTHER_TYPES:
            continue
        try:
            got = run(ops, call, tensors(dtype))
            if "empty" not in call:
                assert_same(got, wanted)
        except Exception as error:
            raise AssertionError(f"{call} of {dtype}") from error
        compared += 1
    assert compared > 90


OTHER_TYPES = {
    # Keras computes (x + 1) / 2 of x + 1 that has run over.
    ("uint8", "sparse_sigmoid"),
    # torch gives what comes of labels and outputs; here the labels follow the outputs.
    ("float64", "binary_crossentropy"),
}


@pytest.mark.parametrize(
    ("call", "shape"),
    [("count_nonzero(x, axis=1)", (2, 4)), ("layer_normalization(x, axis=1)", (2, 3, 4))],
)
def test_what_keras_does_not_compute_right(call, shape):
    assert run(ops, call, tensors()).shape == shape


NUMPY_CALLS = [
    "add(x, y)",
    "mean(x, axis=1)",
    "matmul(a, x)",
    "where(c, x, y)",
    "concatenate([x, y])",
    "clip(x, -1, 1)",
]


@pytest.mark.parametrize(
    "call", [*NUMPY_CALLS, "take(x, i, axis=2)", "relu(x)", "conv(img, k2)", "top_k(x, 2)"]
)
def test_arrays_are_taken(call):
    assert_same(run(ops, call, data()), run(keras.ops, call, data()))


@pytest.mark.parametrize(
    "value",
    [1, 1.5, True, 2**40, [1, 2], [1.0, 2], [[1], [2]], [True, 2], (), np.float64(1.5), np.arange(3)[::-1]],
    ids=str,
)
def test_numbers_and_lists_become_the_tensors_they_become_in_keras(value):
    if isinstance(value, np.ndarray):
        np.testing.assert_array_equal(ops.convert_to_tensor(value).numpy(), value)
    else:
        assert_same(ops.convert_to_tensor(value), keras.ops.convert_to_tensor(value))


def test_lists_of_tensors_are_stacked():
    rows = [torch.ones(2), torch.zeros(2)]
    assert_same(ops.sum(rows, axis=0), keras.ops.sum(rows, axis=0))


def test_weights_are_taken_and_get_gradients():
    weight = torch.nn.Parameter(torch.ones(3))
    ops.sum(ops.square(weight * 2)).backward()
    assert weight.grad.tolist() == [8.0, 8.0, 8.0]


def gradients(library, call):
    """How the data of floating numbers count in the results."""
    names = tensors()
    wanted = [value.requires_grad_() for value in names.values() if value.is_floating_point()]
    results = [
        result
        for result in flat(run(library, call, names))
        if isinstance(result, torch.Tensor) and result.is_floating_point() and result.requires_grad
    ]
    if not results:
        return []
    total = sum(
        (result * torch.linspace(0.5, 1.5, max(result.numel(), 1)).reshape(result.shape)).sum()
        for result in results
    )
    return torch.autograd.grad(total, wanted, allow_unused=True)


WITHOUT_GRADIENTS = {
    # Vectors of any phase.
    *("eigh", "svd", "eig", "qr", "lu_factor"),
    # Paths are followed as numbers.
    "ctc_decode",
    # In Keras these are parts of others and equal by chance only.
    *("sparse_plus", "sparse_sigmoid"),
}


def test_gradients_are_those_of_keras():
    compared = 0
    for call in chosen(CALLS):
        if call in UNLIKE_KERAS or names_in(call) in WITHOUT_GRADIENTS or "empty" in call:
            continue
        try:
            wanted = gradients(keras.ops, call)
        except Exception:
            continue
        try:
            got = gradients(ops, call)
            assert len(got) == len(wanted)
            for ours, theirs in zip(got, wanted, strict=True):
                assert (ours is None) == (theirs is None)
                if ours is None:
                    continue
                np.testing.assert_allclose(comparable(ours), comparable(theirs), rtol=1e-4, atol=1e-5)
        except Exception as error:
            raise AssertionError(f"gradient of {call}") from error
        compared += bool(wanted)
    assert compared > 140


@pytest.mark.parametrize(
    "kinds",
    [
        ("int32", "float32"),
        ("int64", "int64"),
        ("float16", "bfloat16"),
        ("bool", int),
        ("int8", "uint8"),
        ("int32", float),
        ("float16", float),
        ("float64",),
        (int, float),
        (int,),
        ("bool",),
        ("uint8", int),
        ("int64", "float16"),
    ],
    ids=str,
)
def test_types_go_together_as_in_keras(kinds):
    from runtime.ops.conversion import dtype_name, result_type

    assert dtype_name(result_type(*kinds)) == keras.backend.result_type(*kinds)
