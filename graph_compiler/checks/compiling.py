"""Rules about optimizer, loss and metrics, and how the loss goes with the last layer."""

from collections.abc import Iterator

from graph_compiler.checks.endings import ending_of, loss_of
from graph_compiler.checks.mending import endings, values
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.compile_settings import metric_problem, optimizer_problem
from graph_compiler.findings import Finding
from runtime.errors import LayerloomError, UnknownNameError

_PROBABILITIES = ("softmax", "sigmoid", "hard_sigmoid", "sparsemax", "sparse_sigmoid")
"""Activations whose values lie between 0 and 1."""


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
        if isinstance(found, LayerloomError):
            yield self.finding(found.message, found.hint, param="loss")
        elif found is None:
            yield self.finding("No loss is chosen.", "Choose what training should make small.", param="loss")


class UnknownMetric(Rule):
    """There is no metric of that name, or not from its name alone.

    Metrics are shown during training and change nothing. "accuracy" fits all kinds of classes.
    """

    code = "NN404"
    title = "Unknown metric"
    mending = (values.nearest_metric,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each name that stands for nothing."""
        for name in context.document.compile.metrics:
            error = metric_problem(name)
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
