"""Rules about what flows through the wires: shapes and dtypes."""

from collections.abc import Iterator

from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding
from runtime.errors import DTypeError, ShapeError


class ShapeMismatch(Rule):
    """The tensor that comes in has not the shape the layer needs.

    Shapes are written batch × sizes: a batch of grey pictures is batch × 28 × 28 × 1, a batch of rows of a
    table is batch × features. Fully connected layers want rows, convolutions want pictures or sequences, and
    layers that add tensors want them alike. Change the layer before, or put one between that reshapes.
    """

    code = "NN201"
    title = "Shapes do not fit"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that refuses the shapes of its inputs."""
        for node_id, error in context.shapes.failures.items():
            if not isinstance(error, DTypeError):
                port = error.port if isinstance(error, ShapeError) else ""
                yield self.finding(error.message, error.hint, node=node_id, port=port or None)


class WrongDtype(Rule):
    """The tensor that comes in holds the wrong kind of numbers.

    "float32" are measurements, "int32" are whole numbers such as ids of words. The Input says which it takes.
    """

    code = "NN202"
    title = "The wrong kind of numbers"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that refuses the dtypes of its inputs."""
        for node_id, error in context.shapes.failures.items():
            if isinstance(error, DTypeError):
                yield self.finding(error.message, error.hint, node=node_id, port=error.port or None)


class WantsIds(Rule):
    """A layer that looks things up by whole numbers gets measurements.

    The numbers are cut down to whole ones: 0.7 becomes 0. If the data are ids, say so in the Input by its
    dtype "int32"; if they are measurements, this layer is not the right one for them.
    """

    code = "NN203"
    severity = "warning"
    title = "Measurements where ids are wanted"

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each wire that brings floating numbers to a port for ids."""
        for node_id, given in context.shapes.inputs.items():
            spec = context.instance(node_id).spec
            for name, tensors in given:
                port = spec.port(name) if spec else None
                if port is None or not port.whole:
                    continue
                for tensor in tensors if isinstance(tensors, tuple) else (tensors,):
                    if "float" in tensor.dtype:
                        yield self.finding(
                            f"{context.called(node_id)} wants whole numbers (ids) at '{name}', "
                            f"but gets {tensor.dtype}.",
                            'Set the dtype of the Input to "int32" if the data are ids.',
                            node=node_id,
                            port=name,
                        )
