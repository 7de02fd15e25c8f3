"""What `compile` leaves with a model: optimizer, losses and metrics, and their results."""

import copy
from collections.abc import Mapping
from typing import Any, Literal

from runtime import optimizers
from runtime.configurable import to_json
from runtime.data import flatten
from runtime.errors import CompileError
from runtime.metrics import Metric
from runtime.models.compiled_loss import CompiledLoss
from runtime.models.compiled_metrics import CompiledMetrics
from runtime.models.meter import LossTracker
from runtime.models.program import Plans


class CompiledState:
    """The part of a model that knows how it is trained."""

    name: str
    compiled: bool = False
    optimizer: Any = None
    loss: Any = None
    history: Any = None
    stop_training: bool = False
    _initial_epoch: int | None = None
    stop_evaluating: bool = False
    stop_predicting: bool = False
    run_eagerly: bool = False
    jit_compile: bool = False
    steps_per_execution: int = 1
    compile_arguments: dict[str, Any] | None = None
    _compile_loss: CompiledLoss | None = None
    _compile_metrics: CompiledMetrics | None = None
    _loss_tracker: LossTracker | None = None
    _term_trackers: tuple[LossTracker, ...] = ()

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | Literal["auto"] = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Says how the model is to be trained.

        Args:
            optimizer: How weights are changed: a name such as "adam", or an optimizer.
            loss: What training makes small: a name such as "mse", a function or a loss; for several outputs a
                list in order or a dict by name.
            loss_weights: Share of each output's loss, as list or dict.
            metrics: What is measured beside: a list of names, functions or metrics; for several outputs a
                list of lists or a dict by name.
            weighted_metrics: The same, for metrics that are given the sample weights.
            run_eagerly: True calls the layers one by one, so that a debugger can stop in them.
            steps_per_execution: How many batches lie between two calls of the callbacks.
            jit_compile: True has torch.compile translate the model, which takes a while at first.
            auto_scale_loss: True puts a `LossScaleOptimizer` around the optimizer of a model whose dtype
                policy is "mixed_float16".

        Raises:
            UnknownNameError: A name stands for nothing; close names are suggested.
            CompileError: An argument is of the wrong kind.
        """
        if not isinstance(steps_per_execution, int) or steps_per_execution < 1:
            raise CompileError(
                f"compile(steps_per_execution=…) got {steps_per_execution!r}.",
                hint="Give a number of at least 1.",
            )
        self.optimizer = optimizers.get(optimizer)
        policy: Any = getattr(self, "dtype_policy", None)
        scaled = isinstance(self.optimizer, optimizers.LossScaleOptimizer)
        if auto_scale_loss and policy is not None and policy.name == "mixed_float16" and not scaled:
            self.optimizer = optimizers.LossScaleOptimizer(self.optimizer)
        self._compile_loss = None if loss is None else CompiledLoss(loss, loss_weights)
        measured = metrics is not None or weighted_metrics is not None
        self._compile_metrics = CompiledMetrics(metrics, weighted_metrics) if measured else None
        self._loss_tracker = LossTracker()
        self._term_trackers = ()
        # Past the tracking of layers: a loss may be a torch module, which is no layer of the model.
        object.__setattr__(self, "loss", loss)
        arguments = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }
        object.__setattr__(self, "compile_arguments", arguments)
        self.run_eagerly = bool(run_eagerly)
        self.jit_compile = jit_compile is True and not run_eagerly
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self.compiled = True
        self._plans.clear()

    def get_compile_config(self) -> dict[str, Any] | None:
        """Arguments of `compile` as JSON values; None for a model that is not compiled."""
        if self.compile_arguments is None:
            return None
        return {name: to_json(value) for name, value in self.compile_arguments.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model with what `get_compile_config` returned."""
        self.compile(**copy.deepcopy(config))

    @property
    def _plans(self) -> Plans:
        return vars(self).setdefault("_plans_made", Plans())

    @property
    def metrics(self) -> list[Any]:
        """What is measured: loss, metrics of `compile`, losses of the outputs, metrics of one's own."""
        found: list[Any] = []
        if self._loss_tracker is not None:
            found.append(self._loss_tracker)
        if self._compile_metrics is not None:
            found.append(self._compile_metrics)
        return [*found, *self._term_trackers, *self._own_metrics()]

    @property
    def metrics_names(self) -> list[str]:
        """Names of `metrics`."""
        return [metric.name for metric in self.metrics]

    def _own_metrics(self) -> list[Metric]:
        """Metrics that the model or its layers keep as attributes."""
        found: dict[int, Metric] = {}
        for layer in self.flatten_layers():  # type: ignore[attr-defined]
            # The layers of this package keep none, and need not be searched after every epoch.
            if layer is not self and type(layer).__module__.startswith("runtime.layers."):
                continue
            for name, value in vars(layer).items():
                # Lists, tuples and dicts count, as for layers.
                if isinstance(value, Metric | list | tuple | dict) and name != "compile_arguments":
                    found |= {id(metric): metric for metric in flatten(value) if isinstance(metric, Metric)}
        return list(found.values())

    def reset_metrics(self) -> None:
        """Forgets all results."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """Name → result so far."""
        results: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {metric.name: value})
        return results

    def _metrics_by_name(self) -> dict[str, Metric]:
        """Name in the logs → metric, for callbacks that ask whether large or small is good."""
        entries = (self._compile_metrics.entries if self._compile_metrics else None) or []
        return {
            **{metric.name: metric for metric in self._own_metrics()},
            **{entry.metric.name: entry.metric for entry in entries},
            **{entry.key: entry.metric for entry in entries},
        }

    def _trackers_of_terms(self) -> list[LossTracker]:
        """One tracker for each output's loss, if there is more than one."""
        terms = (self._compile_loss.terms if self._compile_loss else None) or []
        if len(terms) > 1 and not self._term_trackers:
            self._term_trackers = tuple(LossTracker(f"{term.name}_loss") for term in terms)
        return list(self._term_trackers)

    def _in_order(self, logs: Mapping[str, Any]) -> Any:
        """Results as a list in the order of the metrics; a single one as itself."""
        names: list[str] = []
        for metric in self.metrics:
            names += (
                [one.name for one in metric.metrics] if isinstance(metric, CompiledMetrics) else [metric.name]
            )
        first = [name for name in names if name in logs]
        results = [logs[name] for name in [*first, *sorted(set(logs) - set(names))]]
        return results[0] if len(results) == 1 else results

    def _require_compiled(self, method: str) -> None:
        if not self.compiled:
            raise CompileError(
                f"Model '{self.name}' was not compiled, so {method}() does not know what to do.",
                hint="Call model.compile(optimizer=…, loss=…) first.",
            )
