"""One small model for every layer of the registry, with all of its arguments at other than default values.

Layers, arguments and inputs are those of the layer contract, so that a new layer is in the matrix of files
without a line here.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

import runtime.layers
import runtime.models
from runtime.layers import layer_spec, registry
from tests.runtime.layers.samples import count_tries, sample_inputs, sample_shapes, tries

NAMES = [name for name in registry.names() if layer_spec(registry.lookup(name)).group]
"""The layers of the palette; recurrent cells, which are parts of others, are in models of the zoo."""

NOT_ON_TORCH_CPU = {"flash_attention": "wants a GPU", "synchronized": "is for TensorFlow alone"}
"""Arguments that the real Keras refuses here."""


@dataclass(frozen=True)
class LayerModel:
    """A model that is one layer.

    Args:
        layer: Name of the layer.
        place: Which of its sets of arguments.
        left_out: Arguments that are not given.
    """

    layer: str
    place: int = 0
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.layer}_{self.place}" if self.place else self.layer

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the layer, its name left out."""
        given = tries(self.layer)[self.place]
        return {
            name: value for name, value in given.items() if name not in {*NOT_ON_TORCH_CPU, *self.left_out}
        }

    def make(self) -> Any:
        """The layer of ours."""
        return registry.lookup(self.layer)(**self.arguments, name="layer")

    def ours(self) -> Any:
        """The model with our layer."""
        return self._built(runtime.layers, runtime.models, self.make)

    def theirs(self) -> Any:
        """The model with the real Keras's layer, made from our config: it has no two names for a thing."""
        cls: Any = getattr(keras.layers, self.layer)
        return self._built(keras.layers, keras.models, lambda: cls.from_config(self.make().get_config()))

    def inputs(self) -> Any:
        """Arrays for the inputs: one, or a list."""
        if self.is_source:
            return np.random.default_rng(5).integers(0, 9, (3, 6)).astype("int32")
        layer = self.make()
        arrays = self._flat(sample_inputs(layer, sample_shapes(layer)))
        arrays = [array.astype("int32") if array.dtype.kind == "i" else array for array in arrays]
        return arrays[0] if len(arrays) == 1 else arrays

    @property
    def is_source(self) -> bool:
        """True for inputs, which take nothing in."""
        return layer_spec(registry.lookup(self.layer)).is_source

    def _built(self, layers: Any, models: Any, make: Any) -> Any:
        if self.is_source:
            start = layers.Input((6,), dtype="int32", name="start")
            return models.Model(start, layers.Rescaling(0.5, name="layer")(start), name="model")
        spec, layer = layer_spec(registry.lookup(self.layer)), make()
        shapes = sample_shapes(self.make())
        ports: list[Any] = []
        for port in (port for port in spec.inputs if port.name in shapes):
            several = shapes[port.name] if port.variadic else [shapes[port.name]]
            tensors = [
                layers.Input(
                    batch_shape=(shape[0] if getattr(layer, "stateful", False) else None, *shape[1:]),
                    dtype="int32" if port.whole else "float32",
                    name=f"{port.name}_{number}",
                )
                for number, shape in enumerate(several)
            ]
            ports.append((port.name, tensors if port.variadic else tensors[0]))
        call = spec.call_arguments(dict(ports))
        # One thing alone has no name: Keras calls it otherwise in a few layers.
        outputs = layer(*call.values()) if len(call) == 1 else layer(**call)
        flat = self._flat(dict(ports))
        return models.Model(flat if len(flat) > 1 else flat[0], outputs, name="model")

    def _flat(self, value: Any) -> list[Any]:
        if isinstance(value, dict):
            value = list(value.values())
        return [item for one in value for item in self._flat(one)] if isinstance(value, list) else [value]


LAYER_MODELS = [
    LayerModel(name, place)
    for name in NAMES
    for place in range(count_tries(name))
    if place == 0 or "flash_attention" not in tries(name)[place]
]
