"""The layers every model has: input, Dense, Activation."""

from typing import Annotated, Any, Literal

import torch

from runtime import activations
from runtime.errors import ParameterError, ShapeError
from runtime.formats import floatx
from runtime.layers.arguments import ActivationLike, ConstraintLike, Count, InitializerLike, RegularizerLike
from runtime.layers.base import Layer
from runtime.layers.checking import require_known
from runtime.layers.measured import product
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.layers.reshaping import Rearranging
from runtime.layers.weights import Weight
from runtime.symbolic import KerasTensor, Node
from runtime.types import From, Range, Shape, TensorSpec, show_shape


@register("Core", rank=0, label="Input", constructor="keras.Input")
class InputLayer(Layer):
    """Where data enters the model: says the shape of one sample.

    Args:
        shape: Sizes of one sample, without the batch: (28, 28, 1) for a small grey picture.
        batch_size: Number of samples in every batch; None leaves it open.
        dtype: "float32" for measurements, "int32" for ids such as words, "string" for texts that a layer
            turns into numbers.
        batch_shape: The shape with the batch, in place of `shape`.
    """

    def __init__(
        self,
        shape: Annotated[Shape | None, Range(min=1)] = None,
        batch_size: Annotated[int | None, Range(min=1)] = None,
        dtype: Literal[
            "float32", "int32", "int64", "bool", "float64", "float16", "bfloat16", "uint8", "string"
        ]
        | None = None,
        batch_shape: Shape | None = None,
        **kwargs: Any,
    ) -> None:
        for ignored in ("sparse", "ragged", "optional"):
            kwargs.pop(ignored, None)
        old_style = kwargs.pop("batch_input_shape", None) or kwargs.pop("input_shape", None)
        if batch_shape is not None and (shape is not None or batch_size is not None):
            other, value = ("shape", shape) if shape is not None else ("batch_size", batch_size)
            raise ParameterError(
                f"An Input got batch_shape={batch_shape!r} and, besides, {other}={value!r}.",
                parameter=other,
                received=value,
                hint="Give batch_shape alone, or shape and batch_size.",
            )
        super().__init__(dtype=floatx() if dtype is None else dtype, **kwargs)
        if batch_shape is None and old_style is not None:
            batch_shape = tuple(old_style)
        sample = (shape,) if isinstance(shape, int) else tuple(shape or ())
        self.batch_shape: Shape = tuple(batch_shape) if batch_shape else (batch_size, *sample)
        self.built = True
        node = Node(self, {})
        node.outputs = [KerasTensor(self.batch_shape, self.dtype, self.name, node)]
        self._nodes.append(node)

    def get_config(self) -> dict[str, Any]:
        """As Keras 3 writes it: `batch_shape`, whichever way the shape was given."""
        return {"batch_shape": list(self.batch_shape), "dtype": self.dtype, "name": self.name}

    def call(self) -> None:
        """Nothing is computed: the values are the data."""

    def compute_output_shape(self) -> Shape:
        """The stated shape."""
        return self.batch_shape

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """The stated shape and dtype."""
        del ports, settings
        return {"output": TensorSpec(self.batch_shape, self.dtype)}


def Input(  # noqa: N802
    shape: Shape | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> KerasTensor:
    """A symbolic tensor from which a functional model starts.

    Args:
        shape: Sizes of one sample, without the batch.
        batch_size: Number of samples in every batch; None leaves it open.
        dtype: Element type; `floatx()` by default, which is "float32".
        sparse: Accepted for Keras's sake; tensors here are dense.
        ragged: Accepted for Keras's sake; tensors here are dense.
        batch_shape: The shape with the batch, in place of `shape`.
        name: Name of the input.
        tensor: Accepted for Keras's sake.
        optional: Accepted for Keras's sake.
    """
    del sparse, ragged, tensor, optional
    layer = InputLayer(shape=shape, batch_size=batch_size, batch_shape=batch_shape, dtype=dtype, name=name)
    return layer.output


@register("Core", rank=0)
class Dense(Layer):
    """Every output is a weighted sum of all inputs, plus a bias, through an activation.

    The last axis of the input holds the features; all other axes are kept.

    Formula: output = activation(inputs · kernel + bias)

    Args:
        units: How many features come out.
        activation: Function applied to the sums; None for none.
        use_bias: True adds a learned number to each sum.
        kernel_initializer: Start values of the weights.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large weights.
        bias_regularizer: Penalty on large biases.
        kernel_constraint: Rule the weights are held to after each step.
        bias_constraint: Rule the biases are held to after each step.

    Call args:
        inputs: (batch, …, features).

    Source:
        https://keras.io/api/layers/core_layers/dense/
    """

    supports_mask = True
    traits = frozenset({"linear"})
    kernel: Weight
    bias: Weight | None

    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """As many units as the last axis should have, where the other axes are right."""
        if wanted is None or given.shape[:-1] != wanted[:-1] or wanted[-1] is None:
            return None
        return {"units": wanted[-1]}

    def __init__(
        self,
        units: Count,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel (features, units) and the bias (units,)."""
        features = require_known(self, input_shape, -1, "number of features (the last axis)")
        self.kernel = self.add_weight(
            (features, self.units),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def preactivation(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.kernel.dtype)
        if self.bias is None:
            return inputs @ self.kernel
        if inputs.ndim == 2:
            return torch.addmm(self.bias, inputs, self.kernel)
        return inputs @ self.kernel + self.bias

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Weighted sums through the activation: (batch, …, units)."""
        return activations.activated(self.preactivation(inputs), self.activation)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The last axis becomes `units`."""
        if len(input_shape) < 2:
            raise ShapeError(
                f"{self.label} wants at least batch × features, but gets {show_shape(input_shape)}.",
                port="inputs",
                hint="Give the Input a shape of at least one axis.",
            )
        features = require_known(self, input_shape, -1, "number of features (the last axis)")
        if self.built and features != self.kernel.shape[0]:
            raise ShapeError(
                f"{self.label} was built for {self.kernel.shape[0]} features, but gets {features}.",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal size.",
            )
        return (*input_shape[:-1], self.units)

    def macs(self, input_shape: Shape) -> int | None:
        """Each output is a sum over all features."""
        return product(*input_shape[1:], self.units)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Features are mixed; places stay."""
        del place
        return kept(range(1, len(shape) - 1))


@register("Activation")
class Activation(Layer):
    """Applies an activation function to every number.

    Args:
        activation: The function, by name.

    Call args:
        inputs: Any shape.
    """

    supports_mask = True

    def __init__(
        self, activation: Annotated[Any, From("activations", keeps_shape=False)] | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.built = True

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Some functions look at all features of a place, and none at other places."""
        del place
        return kept(range(1, len(shape) - 1))

    def preactivation(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input itself."""
        return inputs

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The activation of each number."""
        return inputs if self.activation is None else self.activation(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays; "glu" halves the last axis."""
        if self.activation is not activations.glu:
            return input_shape
        size = input_shape[-1]
        if size is not None and size % 2:
            raise ShapeError(
                f"{self.label} lets one half of the features gate the other, but gets {size} features.",
                port="inputs",
                hint="Give the layer before it an even number of units.",
            )
        return (*input_shape[:-1], None if size is None else size // 2)


@register("Core", rank=2)
class Identity(Rearranging):
    """Passes its input on as it is: a place for a layer that is not wanted now.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/core_layers/identity/
    """

    supports_mask = True
    identity_in_inference = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input itself."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape
