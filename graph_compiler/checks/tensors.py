"""Rules about what flows through the wires: shapes and dtypes."""

from collections.abc import Iterator

from graph_compiler.checks.causes import odd_wire, origin, same_dtype, shape_story
from graph_compiler.checks.mending import endings, fitting, values
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding
from runtime.errors import DTypeError, ShapeError
from runtime.types import show_shape


class ShapeMismatch(Rule):
    """The tensor that comes in has not the shape the layer needs.

    Shapes are written batch × sizes: a batch of grey pictures is batch × 28 × 28 × 1, a batch of rows of a
    table is batch × features. Fully connected layers want rows, convolutions want pictures or sequences, and
    layers that add tensors want them alike. Change the layer before, or put one between that reshapes.
    """

    code = "NN201"
    title = "Shapes do not fit"
    mending = (
        fitting.switch_parameters,
        fitting.match_sizes,
        fitting.insert_layers,
        fitting.replace_before,
        fitting.take_out_before,
        fitting.take_out_itself,
        fitting.shrink_windows,
        values.forget_any_parameter,
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that refuses the shapes of its inputs."""
        for node_id, error in context.shapes.failures.items():
            if not isinstance(error, DTypeError):
                port = error.port if isinstance(error, ShapeError) else ""
                cause, story = self._story(context, node_id, port)
                yield self.finding(
                    error.message + story, error.hint, node=node_id, port=port or None, cause=cause
                )

    def _story(self, context: Context, node_id: str, port: str) -> tuple[str | None, str]:
        """The node that made the shape what it is, and a sentence about it."""
        edges = context.wiring.incoming[node_id].get(port) or list(context.wiring.wires_into(node_id))
        edge = odd_wire(context, edges)
        given = context.shapes.at(edge) if edge is not None else None
        if edge is None or given is None:
            return None, ""
        cause = origin(context, edge.source)
        return cause, f" The shape {show_shape(given.shape)} comes {shape_story(context, cause)}."


class WrongDtype(Rule):
    """The tensor that comes in holds the wrong kind of numbers.

    "float32" are measurements, "int32" are whole numbers such as ids of words. The Input says which it takes.
    """

    code = "NN202"
    title = "The wrong kind of numbers"
    mending = (endings.input_ids, fitting.take_out_itself)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that refuses the dtypes of its inputs."""
        for node_id, error in context.shapes.failures.items():
            if isinstance(error, DTypeError):
                port = error.port or None
                wires = context.wiring.incoming[node_id].get(error.port) or list(
                    context.wiring.wires_into(node_id)
                )
                cause = origin(context, wires[0].source, same_dtype) if wires else None
                yield self.finding(error.message, error.hint, node=node_id, port=port, cause=cause)


class WantsIds(Rule):
    """A layer that looks things up by whole numbers gets measurements.

    The numbers are cut down to whole ones: 0.7 becomes 0. If the data are ids, say so in the Input by its
    dtype "int32"; if they are measurements, this layer is not the right one for them.
    """

    code = "NN203"
    severity = "warning"
    title = "Measurements where ids are wanted"
    mending = (endings.input_ids, fitting.take_out_itself)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each wire that brings floating numbers to a port for ids."""
        for node_id, given in context.shapes.inputs.items():
            spec = context.instance(node_id).spec
            for name, _ in given:
                port = spec.port(name) if spec else None
                if port is None or not port.whole:
                    continue
                for edge in context.wiring.incoming[node_id][name]:
                    tensor = context.shapes.at(edge)
                    if tensor is not None and "float" in tensor.dtype:
                        cause = origin(context, edge.source, same_dtype)
                        yield self.finding(
                            f"{context.called(node_id)} wants whole numbers (ids) at '{name}', "
                            f"but gets {tensor.dtype} from '{context.document.nodes[cause].name}'.",
                            'Set the dtype of the Input to "int32" if the data are ids.',
                            node=node_id,
                            port=name,
                            cause=cause,
                        )


class MeasuredIds(Rule):
    """Whole numbers that stand for things are multiplied with weights as if they were measurements.

    Id 7 is not more than id 3. A layer that looks up a learned row of numbers for each id comes first. If
    the numbers are counts or measurements, set the dtype of the Input to "float32".
    """

    code = "NN207"
    severity = "warning"
    title = "Ids that are taken for measurements"
    mending = (fitting.insert_for_ids, endings.input_ids)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer of weighted sums right behind an Input of whole numbers."""
        for node_id in context.having("linear"):
            for edge in context.wiring.wires_into(node_id):
                given = context.shapes.at(edge)
                if given is None or not context.is_source(edge.source):
                    continue
                if given.dtype.startswith(("int", "uint")):
                    yield self.finding(
                        f"{context.called(node_id)} multiplies the whole numbers ({given.dtype}) of "
                        f"'{context.document.nodes[edge.source].name}' with weights.",
                        'Look them up first, or set the dtype of the Input to "float32".',
                        node=node_id,
                        cause=edge.source,
                    )


class PoolsOnePlace(Rule):
    """There is a single place to pool over, so nothing is pooled.

    The picture or sequence has come down to size 1 already. The layer can go.
    """

    code = "NN205"
    severity = "warning"
    title = "Pooling of one place"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each pooling layer whose input has size 1 along all axes but the channels."""
        for node_id in context.having("pools"):
            given = context.given(node_id)
            if given is not None and node_id in context.shapes.outputs and set(given.shape[1:-1]) == {1}:
                yield self.finding(
                    f"{context.called(node_id)} pools over a single place.", "Delete it.", node=node_id
                )


class LostMask(Rule):
    """A layer before marks steps to be skipped, and this layer forgets which.

    The padding of short texts is then read as if it were text. Layers that know of masks, such as
    recurrent ones and global average pooling, have to come first.
    """

    code = "NN206"
    severity = "warning"
    title = "Marked steps are forgotten"
    mending = (fitting.switch_parameters,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that neither uses nor hands on a mask it gets."""
        carriers = {key for key in context.shapes.outputs if self._layer(context, key, "creates_mask")}
        for key in context.wiring.order if carriers else ():
            wires = [edge for edge in context.wiring.wires_into(key) if edge.source in carriers]
            if not wires or key not in context.shapes.outputs:
                continue
            if self._layer(context, key, "supports_mask"):
                if not self._ends_mask(context, key):
                    carriers.add(key)
            elif not context.instance(key).takes_mask:
                yield self.finding(
                    f"{context.called(key)} does not know which steps "
                    f"'{context.document.nodes[wires[0].source].name}' marked to be skipped.",
                    "Put a layer before it that knows of masks, or mark no steps.",
                    node=key,
                    cause=wires[0].source,
                )

    def _ends_mask(self, context: Context, node_id: str) -> bool:
        """True for a layer after which there are no steps left that could be marked."""
        return getattr(context.instance(node_id).layer, "return_sequences", True) is False

    def _layer(self, context: Context, node_id: str, trait: str) -> bool:
        return bool(getattr(context.instance(node_id).layer, trait, False))
