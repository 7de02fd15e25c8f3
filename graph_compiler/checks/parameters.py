"""Rules about parameters and call settings of layers."""

from collections.abc import Iterator
from typing import ClassVar

from graph_compiler.checks.mending import values
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding
from graph_compiler.instances import ProblemKind


class _ProblemRule(Rule):
    """A rule that reports one kind of problem found when the layer was made."""

    kinds: ClassVar[tuple[ProblemKind, ...]]

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each such problem."""
        for node_id, instance in context.shapes.instances.items():
            for problem in instance.problems:
                if problem.kind in self.kinds:
                    yield self.finding(
                        problem.message, problem.hint, node=node_id, param=problem.name or None
                    )


class BadParameter(_ProblemRule):
    """A parameter has a value the layer cannot have.

    The message says which values it takes. Numbers have bounds, names come from a list, sizes are one whole
    number or one for each axis.
    """

    code = "NN301"
    title = "A parameter has a wrong value"
    mending = (values.mend_parameter,)
    kinds = ("bad_param",)


class UnknownParameter(_ProblemRule):
    """The layer has no parameter of that name.

    It may be misspelt, or come from another version of Keras.
    """

    code = "NN302"
    title = "Unknown parameter"
    mending = (values.rename_parameter, values.forget_parameter)
    kinds = ("unknown_param",)


class MissingParameter(_ProblemRule):
    """A parameter that has no default was left empty.

    The layer cannot guess it. A fully connected layer, for instance, must be told how many features come out.
    """

    code = "NN303"
    title = "A parameter is missing"
    mending = (values.fill_parameter,)
    kinds = ("missing_param",)


class BadSetting(_ProblemRule):
    """A setting of the layer's call is unknown or has a wrong value.

    Call settings are what is given where the layer is used rather than where it is made.
    """

    code = "NN304"
    title = "A call setting is wrong"
    mending = (values.rename_parameter, values.mend_parameter)
    kinds = ("unknown_setting", "bad_setting")


class Refused(_ProblemRule):
    """Each parameter could be right by itself, but together they make no layer.

    The message is the layer's own. Change one of the parameters it speaks of.
    """

    code = "NN305"
    title = "Parameters do not go together"
    mending = (values.forget_any_parameter,)
    kinds = ("refused",)
