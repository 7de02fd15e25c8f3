"""`SpectralNormalization`: holds the weights of the layer inside it to a largest stretch of 1."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, cast

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.initializers import TruncatedNormal
from runtime.layers.base import Layer
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.layers.wrappers import Wrapper
from runtime.types import Range, Shape

_EPSILON = 1e-7


@register("Wrappers")
class SpectralNormalization(Wrapper):
    """Keeps a layer from stretching its input, which calms the training of adversarial networks.

    At each call in training, the weights are divided by the largest factor by which they stretch any input,
    found by power iteration.

    Args:
        layer: The layer whose weights are held: one with a kernel, such as Dense or Conv2D, or an Embedding.
        power_iterations: How often the search for the factor is carried on in each call.

    Call args:
        inputs: What the layer inside takes.

    Source:
        Miyato et al. 2018, https://arxiv.org/abs/1802.05957
    """

    vector_u: Weight

    def __init__(
        self, layer: Layer, power_iterations: Annotated[int, Range(min=1)] = 1, **kwargs: Any
    ) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = power_iterations

    def build(self, input_shape: Shape) -> None:
        """Makes the weights of the layer inside, and the direction (1, columns) of the largest stretch.

        Raises:
            ParameterError: The layer inside has no weights to hold.
        """
        super().build(input_shape)
        self._features = input_shape[-1]
        self._held = next((name for name in ("kernel", "embeddings") if hasattr(self.layer, name)), "")
        if not self._held:
            raise ParameterError(
                f"SpectralNormalization(layer=…) got {self.layer.label}, which has no kernel and no "
                "embeddings.",
                parameter="layer",
                received=self.layer,
                hint="Take a layer with weights such as Dense, Conv2D or Embedding.",
            )
        # In Keras's files the kernel stands among the wrapper's own weights, too.
        self._own_weights.append(self.kernel)
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]),
            TruncatedNormal(stddev=0.02),
            name="vector_u",
            trainable=False,
            autocast=False,
        )

    @property
    def kernel(self) -> Weight:
        """The weights that are held."""
        return cast(Weight, self.layer._parameters[self._held])

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """What the layer inside makes of the inputs."""
        if not training:
            return self._typed(self.layer(inputs), inputs)
        kernel = self.kernel
        with torch.no_grad():
            direction, normalized = self.normalized_weights()
            # A layer that starts at zero stretches nothing, and stays as it is.
            zero = (kernel == torch.zeros_like(kernel)).all()
            self.vector_u.copy_(torch.where(zero, self.vector_u, direction))
            kernel.copy_(torch.where(zero, kernel, normalized))
        with self._copied(kernel):
            return self._typed(self.layer(inputs), inputs)

    @contextmanager
    def _copied(self, kernel: Weight) -> Generator[None]:
        """The layer inside finds a copy: a second call would change what the gradient of this one needs."""
        attributes = vars(self.layer)
        lowered = attributes.get(self._held)
        attributes[self._held] = kernel.clone() if lowered is None else kernel.to(lowered.dtype)
        try:
            yield
        finally:
            attributes.pop(self._held, None)
            if lowered is not None:
                attributes[self._held] = lowered

    def _typed(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        return outputs.to(inputs.dtype) if inputs.is_floating_point() else outputs

    def normalized_weights(self) -> tuple[Tensor, Tensor]:
        """The direction of the largest stretch, and the weights divided by that stretch."""
        weights, direction = self.kernel.reshape(-1, self.kernel.shape[-1]), cast(Tensor, self.vector_u)
        rows = direction @ weights.t()
        for _ in range(self.power_iterations):
            rows = _unit(direction @ weights.t())
            direction = _unit(rows @ weights)
        stretch = rows @ weights @ direction.t()
        return direction, self.kernel / stretch.reshape(())

    def compute_output_shape(self, input_shape: Shape) -> Any:
        """That of the layer inside."""
        if self.built and input_shape[-1] not in (None, self._features):
            raise ShapeError(
                f"{self.label} was built for {self._features} features, but gets {input_shape[-1]}.",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal size.",
            )
        return self.layer.compute_output_shape(input_shape)

    def output_dtype(self, dtypes: list[str]) -> str:
        """That of the layer inside."""
        return self.layer.output_dtype(dtypes)


def _unit(vector: Tensor) -> Tensor:
    """The vector made to a length of 1."""
    return vector * vector.square().sum().rsqrt().clamp_max(1 / _EPSILON)
