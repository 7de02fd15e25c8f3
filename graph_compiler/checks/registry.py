"""All rules, in the order their findings are shown."""

from graph_compiler.checks import (
    advice,
    callbacks,
    compiling,
    data,
    imported,
    parameters,
    portions,
    structure,
    tensors,
    whole,
)
from graph_compiler.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    whole.EmptyDesign(),
    whole.NoInput(),
    whole.NoOutput(),
    structure.UnknownLayer(),
    imported.LockedLayer(),
    imported.LostOwner(),
    parameters.UnknownParameter(),
    parameters.MissingParameter(),
    parameters.BadParameter(),
    parameters.BadSetting(),
    parameters.Refused(),
    whole.DuplicateName(),
    whole.BadName(),
    structure.Cycle(),
    structure.PortFull(),
    structure.UnknownPort(),
    structure.MissingInput(),
    structure.IncompleteState(),
    structure.NothingFlowsIn(),
    whole.UnusedInput(),
    tensors.ShapeMismatch(),
    imported.SharedMisfit(),
    tensors.WrongDtype(),
    tensors.WantsIds(),
    structure.SingleMerge(),
    compiling.UnknownOptimizer(),
    compiling.BadOptimizerParameter(),
    compiling.UnknownLoss(),
    compiling.BadLossParameter(),
    compiling.UnknownMetric(),
    compiling.SoftmaxOfOne(),
    compiling.ClassLossOnOneUnit(),
    compiling.NotProbabilities(),
    compiling.LogitsOfProbabilities(),
    compiling.SigmoidOfExclusive(),
    compiling.SoftmaxOfYesNo(),
    compiling.SharedMeasurements(),
    compiling.AccuracyOfMeasurements(),
    compiling.LongSteps(),
    compiling.TinySteps(),
    callbacks.BadCallback(),
    callbacks.WatchesNothing(),
    data.InputCount(),
    data.InputShape(),
    data.OutputCount(),
    data.LabelForm(),
    data.TooFewClasses(),
    data.TooManyClasses(),
    data.TargetShape(),
    data.BinaryLossManyClasses(),
    data.ClassLossOnMeasurements(),
    data.NothingToLearnFrom(),
    data.LearnsInside(),
    portions.TooFewIds(),
    portions.RawNumbers(),
    tensors.MeasuredIds(),
    tensors.LostMask(),
    tensors.PoolsOnePlace(),
    portions.TooManyWeights(),
    portions.BatchLargerThanData(),
    portions.NoValidationRows(),
    advice.NothingToTrain(),
    advice.EverythingFrozen(),
    advice.NoNonlinearity(),
    advice.HiddenSoftmax(),
    advice.SoftmaxTwice(),
    advice.Bottleneck(),
    advice.HugeRow(),
    advice.SkippedPlaces(),
    advice.DisturbsTooMuch(),
    advice.DisturbedAnswers(),
    advice.NormalizedAnswers(),
    advice.DeadEnd(),
)


def rule_help(code: str) -> str:
    """The help page of a rule: its title and its docstring, for the page that explains a finding.

    Args:
        code: A code such as "NN201".

    Returns:
        Markdown text; empty for a code that is none.
    """
    for rule in RULES:
        if rule.code == code:
            lines = [line.strip() for line in (rule.__doc__ or "").strip().splitlines()]
            return f"### {rule.title}\n\n" + "\n".join(lines)
    return ""
