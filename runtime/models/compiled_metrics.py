"""The metrics of `compile`, matched to the outputs of the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.data import flatten
from runtime.errors import CompileError, UnknownNameError
from runtime.metrics import MeanMetricWrapper, Metric, registry, resolve_accuracy
from runtime.models.outputs import Outputs

_ACCURACY = ("accuracy", "acc")
"""Names for the kind of accuracy that fits the shapes."""


@dataclass(frozen=True)
class OutputMetric:
    """A metric of one output.

    Args:
        output: Place of the output.
        metric: What measures.
        key: Its name in the logs.
        weighted: True if it is given the sample weights.
        per_sample: True if several batches may be measured as one: the result is the same.
    """

    output: int
    metric: Metric
    key: str
    weighted: bool
    per_sample: bool


class CompiledMetrics:
    """All metrics of a model; itself used like one metric whose result is a dict.

    Args:
        metrics: Names, functions or metrics; with several outputs a list or dict of them, one an output.
        weighted_metrics: The same, for those that are given the sample weights.
    """

    name = "compile_metrics"

    def __init__(self, metrics: Any, weighted_metrics: Any = None) -> None:
        for value, what in ((metrics, "metrics"), (weighted_metrics, "weighted_metrics")):
            if value is not None and not isinstance(value, list | tuple | dict):
                raise CompileError(
                    f"compile({what}=…) got {value!r}.", hint=f"Put it in a list: {what}=['accuracy']."
                )
            for name in flatten(value):
                if isinstance(name, str) and name.lower() not in _ACCURACY:
                    _check_name(name)
        self._given = {"metrics": metrics, "weighted_metrics": weighted_metrics}
        self.entries: list[OutputMetric] | None = None
        self.outputs: Outputs | None = None

    @property
    def metrics(self) -> list[Metric]:
        """The metrics; none before the outputs are known."""
        return [entry.metric for entry in self.entries or ()]

    def resolve(self, outputs: Outputs, targets: list[Any]) -> list[OutputMetric]:
        """Matches metrics and outputs, once.

        Args:
            outputs: The outputs of the model.
            targets: A target for each; the kind of accuracy is chosen by their shapes.
        """
        if self.entries is None:
            entries: list[OutputMetric] = []
            keys: dict[str, int] = {}
            for what, given in self._given.items():
                for place, identifiers in enumerate(_by_output(given, outputs, what)):
                    for identifier in identifiers:
                        metric = _metric(identifier, targets[place], outputs.shapes[place])
                        prefix = outputs.names[place] if len(outputs) > 1 else None
                        weighted = what == "weighted_metrics"
                        key = _unused(metric.name, prefix, keys, weighted=weighted)
                        entries.append(OutputMetric(place, metric, key, weighted, _is_per_sample(metric)))
            self.entries, self.outputs = entries, outputs
        return self.entries

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes in one batch."""
        outputs = self.outputs or Outputs.of(y_pred)
        predictions = flatten(y_pred)
        targets = outputs.aligned(y_true, "y")
        if sample_weight is None:
            weights: list[Any] = [None] * len(predictions)
        elif isinstance(sample_weight, list | tuple | dict):
            weights = outputs.aligned(sample_weight, "sample_weight")
        else:
            weights = [sample_weight] * len(predictions)
        for entry in self.resolve(outputs, targets):
            place = entry.output
            if targets[place] is None:
                continue
            entry.metric.update_state(
                targets[place], predictions[place], sample_weight=weights[place] if entry.weighted else None
            )

    def reset_state(self) -> None:
        """Forgets all batches."""
        for entry in self.entries or ():
            entry.metric.reset_state()

    def result(self) -> dict[str, Any]:
        """Name in the logs → value."""
        results: dict[str, Any] = {}
        for entry in self.entries or ():
            value = entry.metric.result()
            results.update(value if isinstance(value, dict) else {entry.key: value})
        return results


def _check_name(name: str) -> None:
    try:
        registry.lookup(name)
    except UnknownNameError:
        raise UnknownNameError("metric", name, [*registry.names(), *_ACCURACY, "mae", "mse"]) from None


def _by_output(given: Any, outputs: Outputs, what: str) -> Iterator[list[Any]]:
    """Lists of metrics, one for each output."""
    if not given:
        return
    if len(outputs) == 1:
        if isinstance(given, dict):
            given = outputs.spread(given, what)
        yield flatten(given)
        return
    for identifiers in outputs.spread(given, what):
        yield flatten(identifiers)


def _metric(identifier: Any, target: Any, predicted: tuple[int | None, ...]) -> Metric:
    if isinstance(identifier, str) and identifier.lower() in _ACCURACY:
        if target is None:
            raise CompileError("The metric 'accuracy' needs a target.", hint="Give y.")
        metric: Any = resolve_accuracy(tuple(target.shape), predicted)
    else:
        metric = registry.get(identifier)
    if isinstance(metric, type):
        metric = metric()
    if metric is None or not (isinstance(metric, Metric) or callable(metric)):
        raise CompileError(f"{identifier!r} is no metric.", hint="Give a name such as 'mae', or a function.")
    if not isinstance(metric, Metric):
        metric = MeanMetricWrapper(metric, name=getattr(metric, "__name__", type(metric).__name__))
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _is_per_sample(metric: Metric) -> bool:
    """True for metrics of this package: they count sample by sample. Others may look at whole batches."""
    function = getattr(metric, "fn", None) or getattr(metric, "_fn", None)
    return all(
        getattr(one, "__module__", "").startswith("runtime.")
        for one in (type(metric), function)
        if one is not None
    )


def _unused(name: str, output: str | None, keys: dict[str, int], *, weighted: bool) -> str:
    """A name for the logs that no other metric has, chosen as Keras does."""
    prefix = f"{output}_" if output else ""
    key = f"{prefix}{name}"
    if weighted and key in keys:
        key = f"{prefix}weighted_{name}"
    count = keys.get(key, 0)
    keys[key] = count + 1
    return f"{key}_{count}" if count else key
