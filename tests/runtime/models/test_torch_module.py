"""A built model is a torch module like any other: copied, converted, compiled, exported, distributed."""

import copy
import io
import os
import pickle
import socket
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from runtime import Input, Model, Sequential, layers, models, utils
from runtime.errors import LayerloomError

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(24, 4)).astype("float32")
Y = RANDOM.integers(0, 3, 24)


def functional() -> Any:
    inputs = Input((4,))
    hidden = layers.Dense(5, activation="relu", kernel_regularizer="l2")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    return Model(inputs, layers.Dense(3, activation="softmax")(hidden))


def sequential() -> Any:
    return Sequential(
        [Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(3, activation="softmax")]
    )


class Own(Model):
    """Layers in a list, a dict and a tuple, a torch module and a parameter."""

    def __init__(self, units: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [layers.Dense(units, activation="relu") for _ in range(2)]
        self.ends = {"classes": layers.Dense(3)}
        self.pair = (layers.Dense(4), layers.Dense(4))
        self.linear = nn.Linear(4, 4)
        self.shift = nn.Parameter(torch.ones(4))

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        for layer in self.pair:
            inputs = layer(inputs)
        return torch.softmax(self.ends["classes"](self.linear(inputs) + self.shift), -1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def subclassed() -> Any:
    model = Own()
    model(X)
    return model


MAKERS: dict[str, Callable[[], Any]] = {
    "functional": functional,
    "sequential": sequential,
    "subclassed": subclassed,
}
every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def compiled(make: Callable[[], Any]) -> Any:
    model = make()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model: Any, epochs: int = 1) -> Any:
    return model.fit(X, Y, epochs=epochs, batch_size=8, shuffle=False, verbose=0).history["loss"]


@every_kind
def test_parameters_are_the_weights(make: Callable[[], Any]) -> None:
    model = make()
    names = dict(model.named_parameters())
    assert {id(one) for one in names.values()} == {id(one) for one in model.weights}
    assert len(names) == len(model.weights) == len(list(model.parameters()))


@every_kind
def test_a_state_dict_goes_into_a_model_made_anew(make: Callable[[], Any], tmp_path: Any) -> None:
    model, twin = make(), make()
    torch.save(model.state_dict(), tmp_path / "state.pt")
    assert not twin.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True)).missing_keys
    np.testing.assert_array_equal(model.predict(X, verbose=0), twin.predict(X, verbose=0))
    other = Sequential([Input((4,)), layers.Dense(7)])
    with pytest.raises(RuntimeError, match=r"(Missing|size mismatch)"):
        other.load_state_dict(model.state_dict())


@every_kind
@pytest.mark.parametrize("way", ["deepcopy", "pickle", "torch.save"])
def test_a_copy_trains_on_from_the_same_state(make: Callable[[], Any], way: str) -> None:
    model = compiled(make)
    fit(model)
    twin = copied(model, way)
    assert {id(one) for one in twin.weights}.isdisjoint(id(one) for one in model.weights)
    before = model.get_weights()
    losses = fit(twin, epochs=2)
    for mine, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, kept)
    assert losses == fit(model, epochs=2)
    assert [one.path for one in twin.weights] == [one.path for one in model.weights]


def copied(model: Any, way: str) -> Any:
    if way == "deepcopy":
        return copy.deepcopy(model)
    if way == "pickle":
        return pickle.loads(pickle.dumps(model))
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def test_lists_of_a_copy_take_in_further_layers() -> None:
    twin = copy.deepcopy(subclassed())
    twin.blocks.append(layers.Dense(4))
    assert twin.blocks[-1] in twin.layers


def test_a_deep_model_can_be_copied_and_pickled() -> None:
    inputs = hidden = Input((4,))
    for _ in range(60):
        hidden = layers.Dense(4)(hidden)
    model = Model(inputs, hidden)
    for way in ("deepcopy", "pickle"):
        np.testing.assert_array_equal(copied(model, way)(X).detach(), model(X).detach())


@every_kind
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_converted_model_computes_and_trains_in_its_type(
    make: Callable[[], Any], dtype: torch.dtype
) -> None:
    model = make()
    expected = model(X).detach()
    model.to(dtype)
    found = model(X)
    assert found.dtype == dtype
    tolerance = 1e-5 if dtype == torch.float64 else 0.1
    np.testing.assert_allclose(found.detach().float(), expected, atol=tolerance)
    model.compile("sgd", "sparse_categorical_crossentropy")
    losses = fit(model, epochs=2)
    assert np.isfinite(losses).all()
    assert all(weight.dtype == dtype for weight in model.weights)
    assert model.float()(X).dtype == torch.float32


@every_kind
def test_a_model_moves_to_another_device(make: Callable[[], Any]) -> None:
    model = make().to("meta")
    assert model(torch.zeros(2, 4, device="meta")).device.type == "meta"


def test_plain_parameters_stay_the_objects_they_were() -> None:
    model = subclassed()
    before = list(model.parameters())
    assert [one.path for one in model.weights][-3:] == ["weight", "bias", "shift"]
    assert all(one is other for one, other in zip(before, model.parameters(), strict=True))


def test_train_and_eval_reach_plain_torch_modules_only() -> None:
    model = Sequential([Input((4,)), layers.Dropout(0.5), layers.Dense(2)])
    assert model.train().training
    np.testing.assert_array_equal(model(X).detach(), model(X).detach())
    assert not model.eval().training
    assert not np.array_equal(model(X, training=True).detach(), model(X, training=True).detach())


@every_kind
def test_a_hand_written_loop_trains(make: Callable[[], Any]) -> None:
    utils.set_random_seed(1)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    losses = []
    for _ in range(5):
        loss = nn.functional.nll_loss(torch.log(model(torch.tensor(X), training=True)), torch.tensor(Y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


# torch itself uses what it warns of when it loads its compiler.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@every_kind
def test_torch_compile_gives_the_same_numbers(make: Callable[[], Any]) -> None:
    model = make()
    # Its program is written when it is called for the first time.
    model(X, training=True)
    model(X)
    # One graph without breaks; the backend that needs no C++ compiler, for time's sake.
    translated = torch.compile(model, backend="aot_eager", fullgraph=True)
    inputs = torch.tensor(X)
    np.testing.assert_allclose(translated(inputs).detach(), model(inputs).detach(), rtol=1e-5, atol=1e-6)
    translated(inputs, training=True).sum().backward()
    assert all(one.grad is not None for one in model.trainable_weights)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(
    not any(os.access(os.path.join(path, "g++"), os.X_OK) for path in os.environ["PATH"].split(":")),
    reason="needs g++",
)
def test_jit_compile_trains_as_without_it() -> None:
    plain = sequential()
    quick = copy.deepcopy(plain)
    plain.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    quick.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=True)
    np.testing.assert_allclose(fit(quick, epochs=2), fit(plain, epochs=2), rtol=1e-5)
    np.testing.assert_allclose(quick.get_weights()[0], plain.get_weights()[0], rtol=1e-4, atol=1e-6)


# Exporting.


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_torchs_own_exporter_takes_a_model_for_any_batch() -> None:
    """As it is, without what `runtime.export` does around it."""
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    model = functional()
    some = torch.tensor(X[:3])
    exported = torch.onnx.export(
        model,
        (some,),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    assert exported is not None
    session = onnxruntime.InferenceSession(exported.model_proto.SerializeToString())
    (found,) = session.run(None, {session.get_inputs()[0].name: X[:7]})
    np.testing.assert_allclose(found, model(X[:7]).detach(), rtol=1e-5, atol=1e-5)


# Several processes.


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def part_of_the_work(rank: int, port: int, results: Any) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2
    )
    torch.manual_seed(0)
    model = sequential()
    shared = nn.parallel.DistributedDataParallel(model)
    half = slice(rank * 12, rank * 12 + 12)
    nn.functional.nll_loss(torch.log(shared(torch.tensor(X[half]))), torch.tensor(Y[half])).backward()
    if rank == 0:
        results.put([one.grad.numpy().copy() for one in model.parameters()])
    torch.distributed.destroy_process_group()


def test_two_processes_have_the_gradients_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # New processes run the main module, and tests of pages leave one of theirs in its place.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    work = torch.multiprocessing.get_context("spawn")
    results = work.Queue()
    port = free_port()
    both = [work.Process(target=part_of_the_work, args=(rank, port, results)) for rank in range(2)]
    for one in both:
        one.start()
    found = results.get(timeout=120)
    for one in both:
        one.join(timeout=60)
        assert one.exitcode == 0
    torch.manual_seed(0)
    model = sequential()
    nn.functional.nll_loss(torch.log(model(torch.tensor(X))), torch.tensor(Y)).backward()
    for mine, theirs in zip(found, model.parameters(), strict=True):
        np.testing.assert_allclose(mine, theirs.grad, rtol=1e-5, atol=1e-7)


# Saving.


@pytest.mark.parametrize("built", [True, False])
def test_a_model_of_ones_own_comes_back_from_a_file(built: bool, tmp_path: Any) -> None:
    model = subclassed() if built else Own()
    if not built:
        model.build((None, 4))
    model.compile("adam", "sparse_categorical_crossentropy")
    fit(model)
    model.save(tmp_path / "own.keras")
    again = models.load_model(tmp_path / "own.keras", custom_objects={"Own": Own})
    np.testing.assert_array_equal(model.predict(X, verbose=0), again.predict(X, verbose=0))
    assert fit(model) == fit(again)
    model.save_weights(tmp_path / "own.weights.h5")
    twin = Own()
    with pytest.raises(LayerloomError, match="no weights yet"):
        twin.load_weights(tmp_path / "own.weights.h5")
    twin.build((None, 4))
    twin.load_weights(tmp_path / "own.weights.h5")
    np.testing.assert_array_equal(model.predict(X, verbose=0), twin.predict(X, verbose=0))
