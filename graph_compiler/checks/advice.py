"""Advice a teacher gives at a look: nothing forbids such a design, but it hardly does what was meant."""

from collections.abc import Iterator
from itertools import chain, takewhile

from graph_compiler.checks.endings import activation_of
from graph_compiler.checks.mending import endings, fitting, habits
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding
from runtime.types import show_shape

_MUCH = 0.8
"""From this share on, a layer that disturbs leaves too little to learn from."""
_MANY_WEIGHTS = 10_000_000


def _way_back(context: Context, node_id: str) -> Iterator[str]:
    """The nodes before one, as long as there is a single wire; a loop is gone round once."""
    seen: set[str] = set()
    while node_id not in seen:
        seen.add(node_id)
        wires = context.wiring.wires_into(node_id)
        if len(wires) != 1:
            return
        node_id = wires[0].source
        yield node_id


def _before(context: Context, node_id: str) -> str | None:
    """The node before one with a single wire, past layers that only disturb."""
    way = _way_back(context, node_id)
    return next((key for key in way if not context.has(key, "disturbs")), None)


class DeadEnd(Rule):
    """What comes out of the layer goes nowhere, and nothing was learned in it.

    It becomes one more output of the model, which training compares with an answer. Draw a wire from it to
    where it is used, or delete it.
    """

    code = "NN115"
    severity = "warning"
    title = "A dead end"
    mending = (endings.delete_dead_end,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output without weights and activation, if there are others."""
        if context.data is not None or len(context.outputs) < 2:
            return
        for node_id in context.outputs:
            idle = context.weights_called(node_id) == 0 and activation_of(context, node_id) is None
            if idle and len(context.wiring.wires_into(node_id)) == 1:
                yield self.finding(
                    f"Nothing uses what comes out of {context.called(node_id)}, which learns nothing itself.",
                    "Draw a wire from it to where it is used, or delete it.",
                    node=node_id,
                )


class DisturbedAnswers(Rule):
    """The answers of the model are disturbed at random while it trains.

    Layers such as dropout make learning harder on purpose, between layers that learn. Behind the last of
    them they only make the answers wrong. Put it before the last layer with weights.
    """

    code = "NN116"
    severity = "warning"
    title = "Answers that are disturbed"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each disturbing layer with no weights between it and an output."""
        for output in context.outputs:
            way = chain((output,), _way_back(context, output))
            idle = takewhile(lambda key: not context.weights_called(key), way)
            node_id = next((key for key in idle if context.has(key, "disturbs")), None)
            if node_id is not None:
                yield self.finding(
                    f"{context.called(node_id)} disturbs the answers of the model in training: "
                    "no layer that learns comes behind it.",
                    "Put it before the last layer with weights, or delete it.",
                    node=node_id,
                )


class NormalizedAnswers(Rule):
    """The last layer brings the answers of each batch to one mean and spread.

    Then an answer depends on what else is in the batch, and its size says little. Normalize between the
    layers, and end with the one that answers.
    """

    code = "NN117"
    severity = "warning"
    title = "Answers that are normalized"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output that normalizes."""
        for node_id in context.outputs:
            if context.has(node_id, "normalizes") and context.shapes.parameters.get(node_id):
                yield self.finding(
                    f"{context.called(node_id)} is last: it normalizes the answers themselves.",
                    "Put it before the layer that answers, or delete it.",
                    node=node_id,
                )


class NoNonlinearity(Rule):
    """Two layers of weighted sums follow each other with no activation between them.

    A sum of sums is one sum: together they can do no more than the second alone could. Give the first an
    activation, such as "relu".
    """

    code = "NN118"
    severity = "warning"
    title = "No activation between two layers"
    mending = (habits.activate, fitting.take_out_itself)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such layer whose output only a layer of the same kind uses."""
        nodes = context.document.nodes
        for node_id in context.having("linear"):
            before = _before(context, node_id)
            if before is None or nodes[before].layer != nodes[node_id].layer:
                continue
            if not {before, node_id} <= context.shapes.outputs.keys():
                continue
            if activation_of(context, before) == "linear" and len(context.wiring.outgoing[before]) == 1:
                yield self.finding(
                    f"There is no activation between {context.called(before)} and {context.called(node_id)}: "
                    "together they compute one weighted sum.",
                    f"Set the activation of '{nodes[before].name}' to \"relu\".",
                    node=before,
                    param="activation",
                )


class Bottleneck(Rule):
    """Everything has to pass through a single number.

    What comes out of the layer is one number a sample, or one at each place, and other layers are to learn
    from it. Nearly all that was known of the sample is lost there. Give the layer more units.
    """

    code = "NN119"
    severity = "warning"
    title = "A bottleneck of one number"
    mending = (habits.widen, fitting.take_out_itself)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer with one unit before a layer with weights."""
        for node_id in context.having("linear"):
            before = _before(context, node_id)
            if before is None or not context.has(before, "linear"):
                continue
            made, after = context.output_spec(before), context.output_spec(node_id)
            given = context.given(before)
            if made is None or after is None or given is None or made.shape[-1] != 1:
                continue
            if given.shape[-1] != 1 and after.shape[-1] != 1:
                yield self.finding(
                    f"{context.called(before)} leaves one number of {given.shape[-1]}, and "
                    f"{context.called(node_id)} has to learn from that.",
                    "Give it more units.",
                    node=before,
                )


class EverythingFrozen(Rule):
    """No layer may learn: all weights are frozen.

    Training would compute the loss and change nothing. Set `trainable` of at least one layer, mostly the
    last, to true.
    """

    code = "NN127"
    severity = "warning"
    title = "Everything is frozen"
    mending = (endings.unfreeze,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if there are weights and all are frozen."""
        learned = [key for key, count in context.shapes.parameters.items() if count]
        layers = [context.instance(key).layer for key in learned]
        if layers and not any(layer is not None and layer.trainable for layer in layers):
            yield self.finding(
                f"All {len(layers)} layers with weights are frozen: training changes nothing."
                if len(layers) > 1
                else "The only layer with weights is frozen: training changes nothing.",
                "Let at least the last layer learn: set its `trainable` to true.",
            )


class NothingToTrain(Rule):
    """No layer has weights, so there is nothing that could learn.

    Layers that only reshape, pool or scale compute the same before and after training. Add a layer with
    weights, such as a fully connected one.
    """

    code = "NN128"
    severity = "warning"
    title = "Nothing to train"
    mending = (fitting.append_layers_at_end,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if all layers are known and none has weights."""
        counts = context.shapes.parameters
        if context.outputs and len(counts) == len(context.document.nodes) and not any(counts.values()):
            yield self.finding("No layer of the model has weights.", "Add one that learns.")


class HiddenSoftmax(Rule):
    """A layer in the middle ends with softmax, and another is to learn from its answers.

    Softmax makes the numbers compete: if one grows, all others shrink, and little is left to learn from. It
    belongs to the end of a model that chooses among classes. In the middle take "relu".
    """

    code = "NN122"
    severity = "warning"
    title = "Softmax in the middle"
    mending = (habits.activate, fitting.take_out_itself)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such layer before a layer of weighted sums."""
        for node_id in context.having("linear"):
            before = _before(context, node_id)
            known = context.shapes.outputs.keys() >= {before, node_id}
            if before is not None and known and activation_of(context, before) == "softmax":
                yield self.finding(
                    f"{context.called(before)} ends with softmax, and {context.called(node_id)} has to "
                    "learn from what is left.",
                    'Use the activation "relu" there.',
                    node=before,
                    param="activation",
                )


class SoftmaxTwice(Rule):
    """Softmax is applied to what is the answer of a softmax already.

    The second one makes all probabilities nearly equal, and the model can hardly be sure of anything. Keep
    one of the two.
    """

    code = "NN123"
    severity = "warning"
    title = "Softmax twice"
    mending = (fitting.take_out_itself, habits.deactivate)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that applies nothing but softmax behind another softmax."""
        for node_id in context.document.nodes:
            if context.has(node_id, "linear") or activation_of(context, node_id) != "softmax":
                continue
            before = _before(context, node_id)
            if before is not None and activation_of(context, before) == "softmax":
                yield self.finding(
                    f"{context.called(node_id)} applies softmax to the answer of {context.called(before)}, "
                    "which ends with softmax itself.",
                    "Delete one of the two.",
                    node=node_id,
                    cause=before,
                )


class DisturbsTooMuch(Rule):
    """The layer leaves hardly anything of what comes in while the model trains.

    A rate of 0.2 to 0.5 is usual. With more the layers behind it see so little that they hardly learn.
    """

    code = "NN124"
    severity = "warning"
    title = "Too much is dropped"
    mending = (habits.usual_rate,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each disturbing layer with a high rate."""
        for node_id in context.having("disturbs"):
            rate = context.document.nodes[node_id].params.get("rate")
            if isinstance(rate, float) and rate >= _MUCH:
                yield self.finding(
                    f"{context.called(node_id)} disturbs {rate:.0%} of what comes in.",
                    "Set its rate to 0.5 or less.",
                    node=node_id,
                    param="rate",
                )


class HugeRow(Rule):
    """A large picture is laid out in one row, and a layer has a weight for each number and unit.

    Nearly all weights of the model stand there; they take memory and learn the samples by heart. Make the
    picture smaller first by pooling, or keep one number for each channel.
    """

    code = "NN125"
    severity = "warning"
    title = "A huge row of numbers"
    mending = (fitting.replace_before,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer with very many weights behind one that made a row."""
        for node_id, count in context.shapes.parameters.items():
            if count < _MANY_WEIGHTS:
                continue
            before = _before(context, node_id)
            made = context.output_spec(before) if before else None
            given = context.given(before) if before else None
            if before and made and given and len(made.shape) == 2 < len(given.shape):
                yield self.finding(
                    f"{context.called(node_id)} has {count:,} weights, since "
                    f"'{context.document.nodes[before].name}' made a row of {made.shape[-1]:,} numbers of "
                    f"{show_shape(given.shape)}.",
                    "Pool before, or keep one number for each channel.",
                    node=node_id,
                    cause=before,
                )


class SkippedPlaces(Rule):
    """The window moves further than it is wide, so some of the input is never looked at.

    A stride of 1 looks at every place, a stride as large as the window at every place once.
    """

    code = "NN126"
    severity = "warning"
    title = "Places that no window sees"
    mending = (habits.shorter_strides,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer whose strides are larger than a window of more than 1."""
        for node_id in (*context.having("linear"), *context.having("pools")):
            layer = context.instance(node_id).layer
            window, strides = context.window(layer), getattr(layer, "strides", None)
            given, made = context.given(node_id), context.output_spec(node_id)
            if window is None or not isinstance(strides, tuple) or given is None or made is None:
                continue
            # Where the output is larger than the input, strides spread what is there instead of leaving out.
            grows = any(a and b and a < b for a, b in zip(given.shape[1:-1], made.shape[1:-1], strict=False))
            wide = [size for size, step in zip(window, strides, strict=False) if 1 < size < step]
            if wide and not grows:
                yield self.finding(
                    f"{context.called(node_id)} moves its window of {' × '.join(map(str, window))} by "
                    f"{' × '.join(map(str, strides))}: between are places it never sees.",
                    f"Set its strides to {min(wide)} or less.",
                    node=node_id,
                    param="strides",
                )
