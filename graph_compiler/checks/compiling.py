"""Rules about optimizer, loss and metrics, and how the loss goes with the last layer."""

import json
from collections.abc import Iterator

from graph_compiler.checks.endings import compares_classes, ending_of, is_of_classes, loss_of
from graph_compiler.checks.mending import endings, values
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.compile_settings import (
    FROM_LOGITS,
    METRICS_BY_OUTPUT,
    largest_rate,
    metric_problem,
    optimizer_problem,
)
from graph_compiler.findings import Finding
from runtime.errors import LayerloomError, UnknownNameError
from runtime.losses import Loss

_PROBABILITIES = ("softmax", "sigmoid", "hard_sigmoid", "sparsemax", "sparse_sigmoid")
"""Activations whose values lie between 0 and 1."""
SMALLEST_RATE = 1e-7


class UnknownOptimizer(Rule):
    """There is no optimizer of that name.

    The optimizer decides how the weights follow the loss downhill. "adam" is a good first choice.
    """

    code = "NN401"
    title = "Unknown optimizer"
    mending = (values.nearest_optimizer,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the name stands for nothing."""
        error = optimizer_problem(context.document.compile)
        if isinstance(error, UnknownNameError):
            yield self.finding(error.message, error.hint, param="optimizer")


class BadOptimizerParameter(Rule):
    """The optimizer cannot have one of its parameters.

    The message says which, and what the optimizer takes.
    """

    code = "NN402"
    title = "A parameter of the optimizer is wrong"
    mending = (values.mend_optimizer_parameters, values.nearest_optimizer)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the optimizer is known but cannot be made."""
        error = optimizer_problem(context.document.compile)
        if error is not None and not isinstance(error, UnknownNameError):
            yield self.finding(error.message, error.hint, param="optimizer_params")


class UnknownLoss(Rule):
    """There is no loss of that name.

    The loss is the number that training makes small. For classes given as numbers it is
    "sparse_categorical_crossentropy", for measurements "mean_squared_error".
    """

    code = "NN403"
    title = "Unknown loss"
    mending = (values.nearest_loss, endings.fit_ending)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the name stands for nothing."""
        found = loss_of(context)
        if isinstance(found, UnknownNameError):
            yield self.finding(found.message, found.hint, param="loss")
        elif found is None:
            yield self.finding("No loss is chosen.", "Choose what training should make small.", param="loss")


class BadLossParameter(Rule):
    """The loss cannot have one of its parameters.

    The message says which, and what the loss takes.
    """

    code = "NN414"
    title = "A parameter of the loss is wrong"
    mending = (values.mend_loss_parameters, values.nearest_loss)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the loss is known but cannot be made."""
        found = loss_of(context)
        if isinstance(found, LayerloomError) and not isinstance(found, UnknownNameError):
            yield self.finding(found.message, found.hint, param="loss_params")


class UnknownMetric(Rule):
    """There is no metric of that name, or not from its name alone, or not with its parameters.

    Metrics are shown during training and change nothing. "accuracy" fits all kinds of classes.
    """

    code = "NN404"
    title = "Unknown metric"
    mending = (values.nearest_metric,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each name that stands for nothing."""
        given = context.document.compile.metric_params
        for name in context.document.compile.metrics:
            error = metric_problem(name, json.dumps(given.get(name) or {}))
            if error is not None:
                yield self.finding(error.message, error.hint, param="metrics")


class SoftmaxOfOne(Rule):
    """The last layer has one unit and softmax, so its answer is 1 whatever comes in.

    Softmax shares 1 among the units; a single unit gets all of it. For yes or no use one unit with
    "sigmoid", for several classes as many units as there are classes.
    """

    code = "NN405"
    severity = "warning"
    title = "Softmax with a single unit"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such output."""
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.size == 1 and ending.activation == "softmax":
                yield self.finding(
                    f"{context.called(node_id)} has one unit with softmax: its answer is always 1.",
                    'Use the activation "sigmoid", or one unit for each class.',
                    node=node_id,
                    param="activation",
                )


class ClassLossOnOneUnit(Rule):
    """The loss compares classes, but the model answers with a single number.

    A crossentropy of several classes needs one unit for each class. For yes or no take
    "binary_crossentropy", for a measurement "mean_squared_error".
    """

    code = "NN406"
    severity = "warning"
    title = "A loss for classes, and one unit"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output of size 1."""
        loss = loss_of(context)
        if getattr(loss, "fuses_with", None) != "softmax":
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.size == 1:
                yield self.finding(
                    f"The loss '{context.document.compile.loss}' compares classes, "
                    f"but {context.called(node_id)} answers with one number.",
                    'Use the loss "binary_crossentropy" or "mean_squared_error", or one unit for each class.',
                    node=node_id,
                )


class NotProbabilities(Rule):
    """The loss wants probabilities, but the last layer answers with any number.

    Crossentropy takes the logarithm of the answers: they have to lie between 0 and 1. End with "softmax"
    where exactly one class is right, with "sigmoid" where each answer is a yes or no of its own.
    """

    code = "NN407"
    severity = "warning"
    title = "The loss wants probabilities"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output whose activation is known and leaves 0-1."""
        wanted = getattr(loss_of(context), "fuses_with", None)
        if wanted is None:
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.activation and ending.activation not in _PROBABILITIES:
                yield self.finding(
                    f"The loss '{context.document.compile.loss}' wants probabilities, but "
                    f"{context.called(node_id)} ends with the activation '{ending.activation}'.",
                    f'Set its activation to "{wanted}".',
                    node=node_id,
                    param="activation",
                )


class LogitsOfProbabilities(Rule):
    """The loss takes the values before the activation, but the last layer gives probabilities.

    With `from_logits` the loss does the last activation itself; done twice, all answers come out nearly alike
    and hardly anything is learned. Leave the activation of the last layer away, or `from_logits`.
    """

    code = "NN415"
    severity = "warning"
    title = "Probabilities for a loss from logits"
    mending = (values.forget_from_logits,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output that ends with probabilities."""
        if not context.document.compile.loss_params.get(FROM_LOGITS):
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.activation in _PROBABILITIES:
                yield self.finding(
                    f"The loss '{context.document.compile.loss}' takes values before the activation "
                    f"({FROM_LOGITS}), but {context.called(node_id)} ends with '{ending.activation}'.",
                    f"Turn {FROM_LOGITS} off, or leave the activation away.",
                    node=node_id,
                    param="activation",
                )


class SigmoidOfExclusive(Rule):
    """Exactly one class is right, but each unit answers yes or no by itself.

    With "sigmoid" several classes may be likely at once, and the probabilities do not add up to 1. Where one
    class excludes the others take "softmax".
    """

    code = "NN408"
    severity = "warning"
    title = "Sigmoid for classes that exclude each other"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output with several sigmoid units under a loss for one class."""
        if not compares_classes(loss_of(context)):
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.activation == "sigmoid" and (ending.size or 0) > 1:
                yield self.finding(
                    f"{context.called(node_id)} ends with sigmoid, but by the loss "
                    f"'{context.document.compile.loss}' only one of its {ending.size} classes can be right.",
                    'Set its activation to "softmax".',
                    node=node_id,
                    param="activation",
                )


class SoftmaxOfYesNo(Rule):
    """The loss takes each unit for a yes or no of its own, but softmax lets only one be likely.

    For several yes-or-no questions end with "sigmoid"; for one choice among classes keep "softmax" and take
    a categorical crossentropy.
    """

    code = "NN409"
    severity = "warning"
    title = "Softmax with a yes-or-no loss"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each output with several softmax units under a yes-or-no loss."""
        if getattr(loss_of(context), "fuses_with", None) != "sigmoid":
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.activation == "softmax" and (ending.size or 0) > 1:
                yield self.finding(
                    f"{context.called(node_id)} chooses one of {ending.size} classes by softmax, but "
                    f"the loss '{context.document.compile.loss}' takes each for a question of its own.",
                    'Use the loss "categorical_crossentropy", or the activation "sigmoid".',
                    node=node_id,
                )


class LongSteps(Rule):
    """The learning rate is far larger than this optimizer's usual one.

    Each step goes past the place where the loss is small, and the loss jumps about or becomes infinite.
    """

    code = "NN410"
    severity = "warning"
    title = "A very large learning rate"
    mending = (endings.fit_learning_rate,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the rate is known to be too large for the optimizer."""
        rate, largest = context.document.compile.learning_rate, largest_rate(context.document.compile)
        if rate is not None and largest is not None and rate > largest:
            yield self.finding(
                f"A learning rate of {rate:g} is very large for the optimizer "
                f"'{context.document.compile.optimizer}'.",
                "Take 0.001 to begin with, or leave it to the optimizer.",
                param="learning_rate",
            )


class TinySteps(Rule):
    """The learning rate is so small that hardly anything changes.

    Rates of 0.01 to 0.0001 are usual. With much smaller ones training takes forever, and numbers of 32 bits
    may not change at all.
    """

    code = "NN411"
    severity = "warning"
    title = "A very small learning rate"
    mending = (endings.fit_learning_rate,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding if the rate is below all usual ones."""
        rate = context.document.compile.learning_rate
        if rate is not None and rate < SMALLEST_RATE:
            yield self.finding(
                f"A learning rate of {rate:g} changes hardly anything.",
                "Take 0.001 to begin with, or leave it to the optimizer.",
                param="learning_rate",
            )


class AccuracyOfMeasurements(Rule):
    """Accuracy counts right classes, but the loss is one for measurements.

    It asks whether an answer is exactly the right number, which it hardly ever is. For measurements look at
    the mean absolute error ("mae").
    """

    code = "NN412"
    severity = "warning"
    title = "Accuracy of measurements"
    mending = (endings.fit_metrics,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such metric, if neither the loss nor the data speak of classes."""
        loss = loss_of(context)
        if not isinstance(loss, Loss) or is_of_classes(loss):
            return
        if context.document.compile.loss_params.get(FROM_LOGITS):
            return
        if context.data is not None and context.data.classes is not None:
            return
        for name in context.document.compile.metrics:
            if name in METRICS_BY_OUTPUT:
                yield self.finding(
                    f"The metric '{name}' counts right classes, but the loss "
                    f"'{context.document.compile.loss}' is for measurements.",
                    'Use the metric "mae".',
                    param="metrics",
                )


class SharedMeasurements(Rule):
    """The answers are measurements, but softmax makes them shares of 1.

    All answers of a sample lie between 0 and 1 and add up to 1 then. For measurements end without an
    activation.
    """

    code = "NN413"
    severity = "warning"
    title = "Softmax for measurements"
    mending = (endings.fit_ending,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each softmax output where the data have measurements."""
        if context.data is None or context.data.classes is not None or compares_classes(loss_of(context)):
            return
        for node_id in context.outputs:
            ending = ending_of(context, node_id)
            if ending is not None and ending.activation == "softmax" and (ending.size or 0) > 1:
                yield self.finding(
                    f"{context.called(node_id)} ends with softmax, but the answers are measurements.",
                    "Leave the activation away.",
                    node=node_id,
                    param="activation",
                )
