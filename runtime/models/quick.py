"""Plans the quick step for a model: everything that can be done before the first batch is done here."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from runtime import activations
from runtime.data import Batch, flatten
from runtime.formats import floatx
from runtime.layers.precision import policies
from runtime.models.arrangement import Arrangement, graph_of, is_ours
from runtime.models.compiled_loss import LossTerm
from runtime.models.compiled_metrics import OutputMetric
from runtime.models.meter import Meter
from runtime.models.outputs import Outputs
from runtime.models.program import Program, can_skip_activation, compile_program
from runtime.models.runner import QuickRunner
from runtime.models.step import MEANS, Step, TrainStep, make_loss_values
from runtime.models.translation import translated


@dataclass(frozen=True)
class QuickPlan:
    """How the batches of a model are carried out.

    Args:
        runner: Carries them out.
        arrangement: The form it wants them in.
        joins_batches: True if several batches may be evaluated as one.
        graph: The graph it was made for.
        trained: The weights it was made for.
        policies: How often a layer had been given another dtype policy by then.
    """

    runner: QuickRunner
    arrangement: Arrangement
    joins_batches: bool
    graph: Any
    trained: tuple[int, ...]
    policies: int

    def is_valid_for(self, model: Any) -> bool:
        """True if the model is still what it was: no layer added, none frozen."""
        same_policies = self.policies == policies["changes"]
        return same_policies and self.graph is graph_of(model) and self.trained == _trained(model)


def quick_plan(model: Any, sample: Batch, *, training: bool) -> QuickPlan:
    """Plans the quick step.

    Args:
        model: A compiled model; a subclassed one is built by this.
        sample: Some data, to see shapes.
        training: True to train, False to evaluate.
    """
    graph = graph_of(model)
    outputs = _outputs_of(model, graph, sample[0])
    targets = outputs.aligned(sample[1], "y")
    terms = model._compile_loss.resolve(outputs, targets) if model._compile_loss is not None else []
    metrics = model._compile_metrics.resolve(outputs, targets) if model._compile_metrics is not None else []
    arrangement = Arrangement(model, graph, outputs, terms)
    masked = graph is None or any(layer.creates_mask for layer in model.flatten_layers())
    joins = graph is not None and not masked and is_ours(model) and _add_up(terms, metrics)
    trackers = model._trackers_of_terms()
    # In half precision the activation rounds its values, and the loss sees them so.
    full = graph is not None and all(tensor.dtype == floatx() for tensor in graph.outputs)
    finish = _fused_activation(graph, terms) if full and floatx() in ("float32", "float64") else None
    if finish is not None:
        terms = [replace(terms[0], loss=terms[0].loss.from_logits_form())]
    meter = Meter(model._loss_tracker, trackers, metrics, finish, masked=masked)
    parts: dict[str, Any] = {
        "model": model,
        "forward": _forward(model, graph, training=training, fused=finish is not None),
        "loss_values": make_loss_values(terms, masked=masked or not full),
        "meter": meter,
        "penalties": [
            (w.regularizer, w) for w in model.weights if w.regularizer is not None and w.requires_grad
        ],
        # As in Keras, a model whose `call` takes no flag leaves it to its layers.
        "flag": training if graph is not None else None,
    }
    step = _train_step(model, parts) if training else Step(**parts)
    return QuickPlan(
        QuickRunner(model, step, meter), arrangement, joins, graph, _trained(model), policies["changes"]
    )


def _outputs_of(model: Any, graph: Any, x: Any) -> Outputs:
    if graph is not None:
        return Outputs(tuple(model.output_names), tuple(tensor.shape for tensor in graph.outputs))
    with torch.no_grad():
        return Outputs.of(model._predicted(x, training=False))


def _train_step(model: Any, parts: dict[str, Any]) -> TrainStep:
    optimizer, trained = model.optimizer, model.trainable_weights
    if not trained:
        warnings.warn(f"Model '{model.name}' has no weights to train.", stacklevel=7)
    optimizer.build(trained)
    own = optimizer._parameters
    same = len(trained) == len(own) and all(a is b for a, b in zip(trained, own, strict=True))
    apply = optimizer.apply if same else lambda gradients, _: optimizer.apply(gradients, trained)
    return TrainStep(apply=apply, scale=optimizer.loss_scale, parameters=trained, **parts)


def _trained(model: Any) -> tuple[int, ...]:
    return tuple(id(weight) for weight in model.trainable_weights)


def _add_up(terms: list[LossTerm], metrics: list[OutputMetric]) -> bool:
    """True if losses and metrics of joined batches are those of the single ones, taken together."""
    plain = all(
        type(term.loss).__module__.startswith("runtime.losses")
        and getattr(getattr(term.loss, "fn", None), "__module__", "runtime.").startswith("runtime.")
        and term.loss.reduction in MEANS
        and getattr(term.loss, "ignore_class", None) is None
        for term in terms
    )
    return plain and all(entry.per_sample for entry in metrics)


def _forward(model: Any, graph: Any, *, training: bool, fused: bool) -> Program:
    if graph is None:
        return lambda x: flatten(model._predicted(x, training=training))
    if fused:
        program = compile_program(graph, training=training, preactivation=True)
    else:
        program = model.program(training=training)
    return translated(program) if model.jit_compile else program


def _fused_activation(graph: Any, terms: list[LossTerm]) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """The last activation, if the loss can have it inside."""
    if graph is None or len(terms) != 1 or not can_skip_activation(graph):
        return None
    loss = terms[0].loss
    if loss.fuses_with is None or not type(loss).__module__.startswith("runtime.losses"):
        return None
    last = getattr(graph.outputs[0].node.layer, "activation", None)
    return last if last is activations.registry.lookup(loss.fuses_with) else None
