"""What a step does on a device that is not the CPU.

Torch's device "meta" stands for a card: as there, tensors of two devices do not go together, and a number
that Python wants to read (for which a card would have to be waited for) is an error.
"""

from typing import Any

import numpy as np
import pytest
import torch

import runtime
from runtime import layers, losses, models, optimizers
from runtime.layers import layer_spec, registry
from runtime.layers.calls import call_signature
from runtime.losses import Loss
from tests.runtime.layers.samples import count_tries, sample_inputs, sample_shapes, tries

# They look at numbers: how many categories there are, which of several ways a picture is varied.
LAYERS_THAT_READ = {
    "AugMix",
    "CategoryEncoding",
    "Discretization",
    "RandAugment",
    "RandomCrop",
    "RandomElasticTransform",
}
LOSSES_THAT_READ = {"CTC"}
LOSSES_OF_IDS = {"CategoricalGeneralizedCrossEntropy", "Circle", "SparseCategoricalCrossentropy"}
META = torch.device("meta")


@pytest.fixture(autouse=True)
def on_meta():
    runtime.set_device("meta")
    yield
    runtime.set_device(None)


def moved(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [moved(item) for item in value]
    return torch.as_tensor(value).to(META)


def flat(value: Any) -> list[torch.Tensor]:
    return [one for item in value for one in flat(item)] if isinstance(value, list | tuple) else [value]


LAYERS = [
    (name, place)
    for name in registry.names()
    if layer_spec(registry.lookup(name)).group and not layer_spec(registry.lookup(name)).is_source
    if name not in LAYERS_THAT_READ
    for place in range(count_tries(name))
]


@pytest.mark.parametrize(("name", "place"), LAYERS, ids=str)
def test_layers_compute_where_their_weights_are_and_read_nothing(name: str, place: int) -> None:
    arguments = tries(name)[place]
    if "seed" in arguments:
        # There are no generators of random numbers on this device.
        arguments = {**arguments, "seed": None}
    layer = registry.lookup(name)(**arguments)
    inputs = {port: moved(value) for port, value in sample_inputs(layer, sample_shapes(layer)).items()}
    settings = [{}, {"training": True}] if call_signature(type(layer)).takes_training else [{}]
    for given in settings:
        outputs = flat(layer(**inputs, **given))
        assert {output.device for output in outputs} == {META}
        grounds = [output.sum() for output in outputs if output.requires_grad]
        if grounds:
            torch.stack(grounds).sum().backward()


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in losses.registry.names()
        if isinstance(losses.registry.lookup(name), type)
        and name not in LOSSES_THAT_READ | {"LossFunctionWrapper"}
    ],
)
def test_losses_read_nothing(name: str) -> None:
    loss: Loss = getattr(losses, name)()
    y_pred = torch.zeros(6, 5, device=META)
    y_true = torch.zeros(6, dtype=torch.int64, device=META) if name in LOSSES_OF_IDS else y_pred
    assert loss(y_true, y_pred).device == META
    assert loss(y_true, y_pred, sample_weight=moved(np.ones(len(y_true), "float32"))).device == META


@pytest.mark.parametrize(
    "settings", [{}, {"global_clipnorm": 1.0, "use_ema": True}, {"clipnorm": 1.0}], ids=str
)
@pytest.mark.parametrize("name", optimizers.registry.names())
def test_optimizers_read_nothing(name: str, settings: dict[str, Any]) -> None:
    weights = [torch.nn.Parameter(torch.ones(size, device=META)) for size in ((4, 3), (3,))]
    optimizer = getattr(optimizers, name)(**settings)
    optimizer.build(weights)
    for _ in range(3):
        optimizer.apply([torch.ones_like(weight) for weight in weights])
    assert {tensor.device for slot in optimizer._slots.values() for tensor in slot} <= {META}


def two_heads() -> Any:
    inputs = layers.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu", kernel_regularizer="l2")(layers.RandomFlip()(inputs))
    x = layers.Dropout(0.2)(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling2D()(x)
    kind = layers.Dense(3, activation="softmax", name="kind")(x)
    return models.Model(inputs, {"kind": kind, "size": layers.Dense(1, name="size")(x)})


def compiled_two_heads() -> tuple[Any, Any, Any, Any]:
    model = two_heads()
    model.compile(
        optimizers.AdamW(global_clipnorm=1.0),
        {"kind": "sparse_categorical_crossentropy", "size": "mse"},
        metrics={"kind": ["accuracy"], "size": ["mae"]},
    )
    y = {"kind": np.zeros(12, "int64"), "size": np.zeros((12, 1), "float32")}
    return model, np.zeros((12, 8, 8, 3), "uint8"), y, np.ones(12, "float32")


def compiled_sequences() -> tuple[Any, Any, Any, Any]:
    model = models.Sequential(
        [
            layers.Input((5,), dtype="int32"),
            layers.Embedding(10, 4, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.Bidirectional(layers.GRU(4)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    return model, np.ones((12, 5), "int32"), np.zeros((12, 1), "float32"), None


@pytest.mark.parametrize("compiled", [compiled_two_heads, compiled_sequences])
@pytest.mark.parametrize("training", [True, False])
def test_steps_read_nothing(compiled: Any, training: bool) -> None:
    model, x, y, weight = compiled()
    from runtime.callbacks import CallbackList
    from runtime.data import make_batches

    batches = make_batches(x, y, weight, device=META, batch_size=4, shuffle=training)
    runner = model._runner(batches, CallbackList(model=model), training=training, check=False)
    model._set_mode(training=training)
    with torch.set_grad_enabled(training):
        for batch in batches.epoch():
            runner.run(*batch)
    assert {weight.device for weight in model.weights} == {META}
