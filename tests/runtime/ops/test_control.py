"""Functions of functions: loops, choices, gradients of one's own; compared with the real Keras."""

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import ops
from runtime.errors import GraphError, LayerloomError
from tests.runtime.ops.running import assert_same

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
"""torch.func loads what torch itself no longer wants."""
ROWS = torch.arange(12, dtype=torch.float32).reshape(4, 3) / 10

CALLS = {
    "map": lambda o: o.map(lambda row: row * 2 + 1, ROWS),
    "map of pairs": lambda o: o.map(lambda pair: {"sum": pair[0] + pair[1]}, (ROWS, ROWS * 2)),
    "scan": lambda o: o.scan(lambda state, row: (state + row, state * row), torch.zeros(3), ROWS),
    "scan backwards": lambda o: o.scan(
        lambda state, row: (state + row, state), torch.zeros(3), ROWS, reverse=True
    ),
    "scan without rows": lambda o: o.scan(lambda state, _: (state * 2, state), torch.ones(2), length=3),
    "scan of a dict": lambda o: o.scan(
        lambda state, row: ({"a": state["a"] + row["x"]}, row["x"]), {"a": torch.zeros(3)}, {"x": ROWS}
    ),
    "associative_scan": lambda o: o.associative_scan(lambda a, b: a + b, ROWS),
    "associative_scan backwards": lambda o: o.associative_scan(
        lambda a, b: a * b, ROWS, reverse=True, axis=1
    ),
    "associative_scan of pairs": lambda o: o.associative_scan(
        lambda a, b: [a[0] * b[0], a[1] * b[0] + b[1]], [ROWS, ROWS + 1]
    ),
    "while_loop": lambda o: o.while_loop(lambda i, x: i < 4, lambda i, x: (i + 1, x * 2), (0, torch.ones(2))),
    "while_loop of one": lambda o: o.while_loop(lambda x: x < 100, lambda x: x * 3, 1.5),
    "while_loop, not for ever": lambda o: o.while_loop(
        lambda x: True, lambda x: x + 1, 0, maximum_iterations=5
    ),
    "fori_loop": lambda o: o.fori_loop(1, 4, lambda i, x: x + i, torch.zeros(2)),
    "cond": lambda o: o.cond(torch.tensor(True), lambda: torch.ones(2), lambda: torch.zeros(2)),
    "cond, not": lambda o: o.cond(torch.sum(ROWS) < 0, lambda: torch.ones(2), lambda: torch.zeros(2)),
    "switch": lambda o: o.switch(1, [lambda x: x, lambda x: x * 5, lambda x: -x], ROWS),
    "switch, too high": lambda o: o.switch(9, [lambda x: x, lambda x: -x], ROWS),
    "vectorized_map": lambda o: o.vectorized_map(lambda row: o.sum(row) * row, ROWS),
    "vectorized_map of pairs": lambda o: o.vectorized_map(lambda pair: o.dot(pair[0], pair[1]), (ROWS, ROWS)),
    "vectorize": lambda o: o.vectorize(lambda a, b: a * b + 1)(ROWS, ROWS[0]),
    "vectorize rows": lambda o: o.vectorize(o.dot, signature="(n),(n)->()")(ROWS, ROWS[1]),
    "jvp": lambda o: o.jvp(lambda x: x**2, (ROWS,), (torch.ones(4, 3),)),
    "custom_gradient": lambda o: o.custom_gradient(lambda x: (x**2, lambda *_, upstream: upstream))(ROWS),
    "unstacked": lambda o: o.unstack(ROWS, axis=1),
    "eig": lambda o: o.sort(o.real(o.linalg.eig(torch.eye(3) * 2 + torch.diag(torch.arange(3.0)))[0])),
}


@pytest.mark.parametrize("name", CALLS)
def test_gives_what_keras_gives(name):
    got, wanted = CALLS[name](ops), CALLS[name](keras.ops)
    if isinstance(wanted, dict):
        got, wanted = list(got.values()), list(wanted.values())
    elif isinstance(wanted, tuple) and isinstance(wanted[0], dict):
        got, wanted = [got[0]["a"], got[1]], [wanted[0]["a"], wanted[1]]
    assert_same(got, wanted)


def test_gradients_of_ones_own():
    @ops.custom_gradient
    def log1pexp(x):
        e = ops.exp(x)

        def gradient(*_, upstream):
            return ops.multiply(upstream, 1.0 - 1.0 / ops.add(1, e))

        return ops.log(1 + e), gradient

    x = torch.tensor([1.0, 100.0], requires_grad=True)
    log1pexp(x).sum().backward()
    assert x.grad[0] == pytest.approx(1 - 1 / (1 + np.e), rel=1e-6)


def test_what_is_stopped_has_no_gradient():
    x = torch.ones(2, requires_grad=True)
    assert not ops.stop_gradient(x * 2).requires_grad


def test_gradients_go_through_loops():
    x = torch.tensor(0.5, requires_grad=True)
    ops.scan(lambda state, _: (state * x, None), torch.tensor(1.0), length=3)[0].backward()
    assert x.grad.item() == pytest.approx(0.75)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ops.scan(None, 0, ROWS),
        lambda: ops.scan(lambda s, x: (s, x), 0),
        lambda: ops.scan(lambda s, x: (s, x), 0, ROWS, unroll=0),
        lambda: ops.associative_scan(lambda a, b: a, [ROWS, ROWS[:2]]),
        lambda: ops.vectorize(3),
        lambda: ops.add("1", 2),
        lambda: ops.cast(ROWS, "float31"),
        lambda: ops.split(ROWS, 3),
        lambda: ops.expand_dims(ROWS, 4),
        lambda: ops.one_hot([1], 3, sparse=True),
        lambda: ops.linspace(0, 1, axis=1),
        lambda: ops.where(ROWS > 0, ROWS),
        lambda: ops.max(ROWS[:0]),
        lambda: ops.ldexp(ROWS, ROWS),
        lambda: ops.fft(ROWS),
        lambda: ops.image.resize(ROWS, (2, 2)),
        lambda: ops.image.map_coordinates(ROWS, ROWS, 1),
        lambda: ops.linalg.inv(ROWS),
        lambda: ops.linalg.cholesky(-torch.eye(2)),
        lambda: ops.rearrange(ROWS, "a b -> a c"),
        lambda: ops.binary_crossentropy(ROWS, ROWS[0]),
        lambda: ops.stft(ROWS, 4, 0, 4),
        lambda: ops.normalize(ROWS, order=0),
    ],
)
def test_wrong_arguments_are_told(call):
    with pytest.raises(LayerloomError):
        call()


STEPS = {
    "map": lambda x: ops.map(lambda row: row * 2, x),
    "scan": lambda x: ops.scan(lambda state, row: (state + row, {"both": row * state}), torch.zeros(3), x)[1][
        "both"
    ],
    "associative_scan": lambda x: ops.associative_scan(lambda a, b: a + b, x),
    "while_loop": lambda x: ops.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (0, x))[1],
    "fori_loop": lambda x: ops.fori_loop(0, 3, lambda i, x: x + i, x),
    "vectorized_map": lambda x: ops.vectorized_map(lambda row: row / ops.sum(row), x),
    "switch": lambda x: ops.switch(1, [lambda x: x, lambda x: x * 5], x),
}


@pytest.mark.parametrize("name", STEPS)
def test_loops_are_steps_of_graphs(name):
    x = runtime.Input((3,))
    model = runtime.Model(x, STEPS[name](x))
    assert model.output_shape == (None, 3)
    torch.testing.assert_close(model(ROWS + 1), STEPS[name](ROWS + 1))
    with pytest.raises(GraphError, match="holds a function"):
        model.get_config()
