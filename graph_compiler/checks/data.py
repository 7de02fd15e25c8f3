"""Rules about the model and the data it is made for."""

from abc import abstractmethod
from collections.abc import Iterator

from graph_compiler.checks.causes import origin, same_place, shape_story
from graph_compiler.checks.endings import (
    Ending,
    answers_by_class,
    compares_classes,
    ending_of,
    loss_of,
    shapes_agree,
    wants_class_numbers,
)
from graph_compiler.checks.mending import endings, fitting, wires
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.data_facts import DataFacts
from graph_compiler.findings import Finding
from runtime.layers.learning import learner
from runtime.losses import Loss
from runtime.types import Shape


def _shown(shape: Shape) -> str:
    """A shape without the batch, in words."""
    return " × ".join("?" if size is None else str(size) for size in shape) or "one number"


class NothingToLearnFrom(Rule):
    """A layer finds numbers of its own in the training data, but no data are chosen.

    Before training, such a layer is adapted: it looks at all training rows once. Choose a data set, or state
    in the layer's parameters what it would learn.
    """

    code = "NN431"
    severity = "warning"
    title = "A layer that learns from data, and no data"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such layer."""
        if context.data is not None or context.document.data is not None:
            return
        for node_id in context.document.nodes:
            layer = learner(context.instance(node_id).layer)
            if layer is None:
                continue
            stated = " and ".join(map(repr, layer.stated_instead))
            yield self.finding(
                f"{context.called(node_id)} learns from the training rows, but no data set is chosen.",
                f"Choose one on the page Data{f', or state {stated}' if stated else ''}.",
                node=node_id,
            )


class LearnsInside(Rule):
    """A layer inside of another layer would learn from the data, which it cannot do there.

    Only layers that are steps of the model themselves are adapted before training. Put it before the other
    layer, or state in its parameters what it would learn.
    """

    code = "NN432"
    severity = "warning"
    title = "A layer inside another cannot learn from data"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each layer that holds such a one."""
        for node_id in context.document.nodes:
            for inner in context.instance(node_id).inner:
                learning = learner(inner)
                if learning is not None:
                    stated = " and ".join(map(repr, learning.stated_instead))
                    yield self.finding(
                        f"{context.called(node_id)} holds {type(inner).__name__}, which cannot learn from "
                        "the training rows there.",
                        f"Put it before this layer{f', or state {stated}' if stated else ''}.",
                        node=node_id,
                    )


class InputCount(Rule):
    """The model has more or fewer inputs than the data.

    Every Input of the model gets one array of the data set, in the order they were made.
    """

    code = "NN421"
    title = "Inputs and data differ in number"
    mending = (endings.delete_spare_inputs,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the numbers differ and the model has inputs at all."""
        if context.data is None or not context.inputs:
            return
        have, want = len(context.inputs), len(context.data.input_shapes)
        if have != want:
            yield self.finding(
                f"The model has {have} input{'s' * (have != 1)}, but the data set has {want}.",
                "Add or delete an Input, or choose other data.",
                node=context.inputs[want] if have > want else None,
            )


class InputShape(Rule):
    """The Input says another shape than the samples of the data have.

    Set the shape of the Input to that of one sample, without the batch.
    """

    code = "NN422"
    title = "The data have another shape"
    mending = (endings.fit_input,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each input that does not fit its data."""
        if context.data is None or len(context.inputs) != len(context.data.input_shapes):
            return
        for node_id, wanted in zip(context.inputs, context.data.input_shapes, strict=True):
            stated = context.output_spec(node_id)
            if stated is not None and not shapes_agree(stated.shape[1:], wanted):
                yield self.finding(
                    f"{context.called(node_id)} lets in {_shown(stated.shape[1:])}, "
                    f"but a sample of the data is {_shown(wanted)}.",
                    f"Set its shape to {', '.join(map(str, wanted))}.",
                    node=node_id,
                    param="shape",
                )


class OutputCount(Rule):
    """The model has several outputs, but the data have one answer for each sample.

    What no wire takes further is an output. Wire the loose end, or delete it.
    """

    code = "NN423"
    title = "More outputs than answers in the data"
    mending = (endings.delete_dead_end, wires.connect_to)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding at each output but the last."""
        if context.data is None or len(context.outputs) < 2:
            return
        names = [context.document.nodes[key].name for key in context.outputs]
        for node_id in context.outputs[:-1]:
            yield self.finding(
                f"The data have one answer a sample, but the model has {len(names)} outputs: "
                f"{', '.join(names)}.",
                f"Draw a wire from {context.called(node_id)} to where it is used, or delete it.",
                node=node_id,
            )


class _OutputRule(Rule):
    """A rule that compares the only output of a model with the answers of the data."""

    def check(self, context: Context) -> Iterator[Finding]:
        """At most one finding, at the output."""
        loss = loss_of(context)
        if context.data is None or len(context.outputs) != 1 or not isinstance(loss, Loss):
            return
        node_id = context.outputs[0]
        ending = ending_of(context, node_id)
        if ending is None:
            return
        found = self.compare(context.called(node_id), ending, loss, context.data)
        if found is not None:
            made = origin(context, node_id, same_place)
            cause = made if made != node_id and len(ending.shape) > 1 else None
            story = f" The axes before the last come {shape_story(context, made)}." if cause else ""
            yield self.finding(found[0] + story, found[1], node=node_id, cause=cause)

    @abstractmethod
    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Message and hint if the output does not go with the answers."""


class TooFewClasses(_OutputRule):
    """The last layer has fewer units than the data have classes.

    Each class needs a unit whose value is its probability.
    """

    code = "NN424"
    title = "Fewer units than classes"
    mending = (endings.fit_ending,)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Counts units and classes."""
        if not compares_classes(loss) or data.classes is None or ending.size is None:
            return None
        if ending.size >= data.classes or ending.size == 1:
            return None
        return (
            f"{output} has {ending.size} units, but the data have {data.classes} classes.",
            f"Give it {data.classes} units.",
        )


class TooManyClasses(_OutputRule):
    """The last layer has more units than the data have classes.

    The spare units learn to stay at 0: no harm, but hardly meant.
    """

    code = "NN425"
    severity = "warning"
    title = "More units than classes"
    mending = (endings.fit_ending,)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Counts units and classes where the labels are numbers."""
        if not answers_by_class(loss) or data.classes is None or ending.size is None:
            return None
        if ending.size <= data.classes:
            return None
        return (
            f"{output} has {ending.size} units, but the data have only {data.classes} classes.",
            f"Give it {data.classes} units.",
        )


class LabelForm(_OutputRule):
    """The loss wants the right classes in another form than the data give them.

    Classes come as numbers (3) or as one-hot rows (0, 0, 0, 1, …). There is a crossentropy for each form:
    "sparse_categorical_crossentropy" for numbers, "categorical_crossentropy" for rows.
    """

    code = "NN426"
    title = "The loss wants labels of another form"
    mending = (endings.fit_ending,)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Looks whether the labels are numbers or rows."""
        if not compares_classes(loss) or data.classes is None:
            return None
        if wants_class_numbers(loss) and data.one_hot:
            return (
                f"The loss '{loss.name}' wants classes as numbers, but the data have one-hot rows.",
                'Choose the loss "categorical_crossentropy".',
            )
        if not wants_class_numbers(loss) and not data.one_hot:
            return (
                f"The loss '{loss.name}' wants one-hot rows, but the data have classes as numbers.",
                'Choose the loss "sparse_categorical_crossentropy".',
            )
        return None


class TargetShape(_OutputRule):
    """What the model answers has another shape than the right answers.

    They are compared number by number, so the last layer must have as many units as an answer has numbers,
    and the other axes must be the same.
    """

    code = "NN427"
    title = "Answers of another shape"
    mending = (endings.fit_ending, fitting.insert_layers, fitting.append_layers, fitting.switch_parameters)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Compares shapes; for class numbers without the axis of the classes."""
        if wants_class_numbers(loss):
            if data.one_hot or shapes_agree(ending.shape[:-1], data.target_shape):
                return None
            return (
                f"{output} answers with {_shown(ending.shape)}, but there is one class "
                f"for {_shown(data.target_shape) if data.target_shape else 'each sample'}.",
                "Bring the output to one row of probabilities for each label, for instance by flattening.",
            )
        if compares_classes(loss) and data.classes is not None and not data.one_hot:
            return None
        if shapes_agree(ending.shape, data.target_shape):
            return None
        return (
            f"{output} answers with {_shown(ending.shape)}, but right is {_shown(data.target_shape)}.",
            f"The last axis has to be {data.target_shape[-1] if data.target_shape else 1}.",
        )


class BinaryLossManyClasses(_OutputRule):
    """The loss knows yes and no, but the data have more than two classes.

    Take one unit for each class with "softmax" and the loss "sparse_categorical_crossentropy".
    """

    code = "NN428"
    severity = "warning"
    title = "A yes-or-no loss for many classes"
    mending = (endings.fit_ending,)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Looks for class numbers above 1."""
        if getattr(loss, "fuses_with", None) != "sigmoid" or data.classes is None:
            return None
        if data.classes <= 2 or data.one_hot:
            return None
        return (
            f"The loss '{loss.name}' knows two classes, but the data have {data.classes}.",
            f'Use {data.classes} units with "softmax" and the loss "sparse_categorical_crossentropy".',
        )


class ClassLossOnMeasurements(_OutputRule):
    """The loss compares classes, but the right answers are measurements.

    For measurements take "mean_squared_error" or "mean_absolute_error", and a last layer without activation.
    """

    code = "NN429"
    severity = "warning"
    title = "A loss for classes, and measurements"
    mending = (endings.fit_ending,)

    def compare(self, output: str, ending: Ending, loss: Loss, data: DataFacts) -> tuple[str, str] | None:
        """Looks whether the data have classes at all."""
        if data.classes is not None or not compares_classes(loss):
            return None
        return (
            f"The loss '{loss.name}' compares classes, but the answers of the data are measurements.",
            'Choose the loss "mean_squared_error".',
        )
