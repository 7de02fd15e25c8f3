"""`Model`: a layer that can be trained, evaluated, saved and summarised."""

from functools import cache
from typing import Any, ClassVar, Self

from runtime.errors import ParameterError, UnknownNameError
from runtime.layers import Layer, layer_spec
from runtime.layers.building import default_build
from runtime.layers.calls import as_shapes
from runtime.layers.inference import probe_output_shapes
from runtime.models.stored import Stored
from runtime.models.training import Trainer


class Model(Trainer, Stored, Layer):
    """Layers put together: `Model(inputs, outputs)` from a graph, or a subclass with its own `call`.

    Args:
        inputs: Symbolic tensor(s) made by `Input`.
        outputs: Symbolic tensor(s) computed from them.
        name: Name of the model.
    """

    _module: ClassVar[str] = "keras"

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """`Model(inputs, outputs)` makes a functional model."""
        if cls is Model and (args or "inputs" in kwargs):
            from runtime.models.functional import Functional  # noqa: PLC0415 (a subclass of this one)

            return Functional.__new__(Functional, *args, **kwargs)  # type: ignore[return-value]
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args and "inputs" not in kwargs:
            Layer.__init__(self, **kwargs)
            return
        from runtime.models.functional import Functional  # noqa: PLC0415 (a subclass of this one)

        # A subclass that hands on inputs and outputs is a functional model with methods of its own.
        self.__class__ = _joined_class(type(self), Functional)
        Functional.__init__(self, *args, **kwargs)

    @default_build
    def build(self, input_shape: Any) -> None:
        """Makes the weights of a model of one's own: its layers are called on zeros of that shape.

        Args:
            input_shape: Shape of the input, batch first; a list or dict of them for several.
        """
        port = layer_spec(type(self)).inputs[0].name
        probe_output_shapes(self, {port: as_shapes(input_shape)})

    @property
    def layers(self) -> list[Layer]:
        """The layers held directly by the model."""
        return [layer for layer in self.sublayers if isinstance(layer, Layer)]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """One layer of the model.

        Args:
            name: Its name.
            index: Its place in `layers`.

        Raises:
            UnknownNameError: There is no layer of that name; close names are suggested.
            ParameterError: Not exactly one of both was given, or there are fewer layers.
        """
        if (name is None) == (index is None):
            raise ParameterError(
                f"get_layer(name={name!r}, index={index!r}) says {'neither' if name is None else 'both'}.",
                parameter="name",
                received=name,
                hint="Give the name or the index of a layer.",
            )
        if index is not None:
            count = len(self.layers)
            if not -count <= index < count:
                raise ParameterError(
                    f"get_layer(index={index}): model '{self.name}' has {count} layers.",
                    parameter="index",
                    received=index,
                    hint=f"They are number 0 to {count - 1}.",
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise UnknownNameError("layer of the model", str(name), [layer.name for layer in self.layers])


@cache
def _joined_class(own: type, functional: type) -> type:
    return type(
        own.__name__, (own, functional), {"__module__": own.__module__, "__qualname__": own.__qualname__}
    )
