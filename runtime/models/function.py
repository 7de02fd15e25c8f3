"""`Function`: what lies between symbolic tensors, as a function of real ones."""

from typing import Any

from runtime.errors import GraphError
from runtime.layers import InputLayer, Layer
from runtime.models.functional import Functional
from runtime.symbolic import KerasTensor, find_symbolic


class Function(Functional):
    """What lies between symbolic tensors, as a function: a model that is not trained or saved as one.

    Args:
        inputs: One symbolic tensor, or a list or dict of them; they may come from no layer.
        outputs: One symbolic tensor, or a list or dict of them.
        name: Name of the function.

    Raises:
        GraphError: There are no inputs or no outputs, or an output depends on something else.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        for tensors, what in ((inputs, "inputs"), (outputs, "outputs")):
            if not find_symbolic(tensors):
                raise GraphError(
                    f"Function got no {what}.", hint="Give symbolic tensors, such as Input((3,))."
                )
        for tensor in find_symbolic(inputs):
            if tensor.node is None:
                _give_origin(tensor)
        super().__init__(inputs, outputs, name=name)

    @property
    def operations(self) -> list[Layer]:
        """All layers and operations, inputs included, those farthest from the output first."""
        return list(self.graph.layers)


def _give_origin(tensor: KerasTensor) -> None:
    layer = InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)  # type: ignore[arg-type]
    tensor.node = layer._nodes[0]
    tensor.node.outputs = [tensor]
