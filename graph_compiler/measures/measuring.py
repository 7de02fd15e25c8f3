"""Measures of all layers of a design and of the design as a whole, as far as it goes."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph_compiler.bypassing import without_bypassed
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import Instance
from graph_compiler.measures.memory import TrainingMemory, optimizer_bytes, peak_bytes, tensor_bytes
from graph_compiler.measures.receptive_fields import ReceptiveField, receptive_fields
from graph_compiler.measures.weights import Weights, weights_of
from graph_compiler.shapes import PortSpecs, Shapes, propagate, shapes_by_port
from graph_compiler.wiring import Wiring
from runtime.errors import LayerloomError
from runtime.layers.calls import shape_arguments
from runtime.types import TensorSpec

_REMEMBERED = 8192


@dataclass(frozen=True)
class LayerMeasures:
    """What one layer costs and sees; None is what is not known.

    Args:
        node: Its node.
        label: What the layer is called in the palette.
        outputs: What comes out of it, by port; empty when that is not known.
        trainable: Numbers in weights that training changes.
        frozen: Numbers in weights that it does not change.
        macs: Products that are made and added up for one sample; see `Layer.macs`.
        activation_bytes: What its outputs take for one batch.
        fields: Its receptive field in each input of the model that has places.
        waits_for: Id of the node whose mistake stands in the way, itself perhaps; None when it is known.
    """

    node: Node
    label: str
    outputs: Mapping[str, TensorSpec]
    trainable: int | None
    frozen: int | None
    macs: int | None
    activation_bytes: int | None
    fields: tuple[ReceptiveField, ...]
    waits_for: str | None = None

    @property
    def parameters(self) -> int | None:
        """Numbers in all weights."""
        return None if self.trainable is None or self.frozen is None else self.trainable + self.frozen


@dataclass(frozen=True)
class Measures:
    """What a design costs and sees.

    Args:
        layers: One for each node, each after those it needs, then those in or behind a loop.
        batch_size: Samples in the batch the memory is stated for.
        trainable: Numbers in weights that training changes, where known.
        frozen: Numbers in weights that it does not change, where known.
        macs: Products for one sample, of all layers that know them.
        inference_bytes: The most that outputs take at once when a batch is predicted.
        training: What training takes.
    """

    layers: tuple[LayerMeasures, ...]
    batch_size: int
    trainable: int
    frozen: int
    macs: int
    inference_bytes: int
    training: TrainingMemory

    @property
    def parameters(self) -> int:
        """Numbers in all known weights."""
        return self.trainable + self.frozen

    @property
    def without_macs(self) -> tuple[LayerMeasures, ...]:
        """Layers whose output is known but not their number of products: a size in it is open."""
        return tuple(layer for layer in self.layers if layer.outputs and layer.macs is None)

    @property
    def without_bytes(self) -> tuple[LayerMeasures, ...]:
        """Layers whose output is known but not what it takes."""
        return tuple(layer for layer in self.layers if layer.outputs and layer.activation_bytes is None)

    @property
    def waiting(self) -> tuple[LayerMeasures, ...]:
        """Layers of which nothing is known yet."""
        return tuple(layer for layer in self.layers if layer.waits_for is not None)


def measure(document: GraphDocument, batch_size: int | None = None) -> Measures:
    """Measures a design as far as it is known: a mistake hides only what depends on it.

    Args:
        document: The design.
        batch_size: Samples in a batch; None takes that of the design's training.
    """
    batch = document.training.batch_size if batch_size is None else batch_size
    document = without_bypassed(document)
    wiring = Wiring(document)
    shapes = propagate(wiring)
    fields = receptive_fields(wiring, shapes)
    order = [*wiring.order, *(key for key in document.nodes if key not in set(wiring.order))]
    # A layer that is called several times has its weights once.
    weights = {
        key: () if document.nodes[key].shares else _weights(shapes, key)
        for key in order
        if key in shapes.outputs
    }
    layers = tuple(
        _layer(document.nodes[key], shapes, weights.get(key), fields.get(key, ()), batch) for key in order
    )
    sizes = {one.node.id: one.activation_bytes for one in layers if one.activation_bytes is not None}
    every = tuple(weight for found in weights.values() for weight in found or ())
    results = [key for key in order if not wiring.outgoing[key]]
    return Measures(
        layers=layers,
        batch_size=batch,
        trainable=sum(one.trainable or 0 for one in layers),
        frozen=sum(one.frozen or 0 for one in layers),
        macs=sum(one.macs or 0 for one in layers),
        inference_bytes=peak_bytes(wiring, results, sizes),
        training=TrainingMemory(
            weights=sum(weight.bytes for weight in every),
            gradients=sum(weight.bytes for weight in every if weight.trainable),
            optimizer=optimizer_bytes(document.compile, every),
            activations=sum(sizes.values()),
        ),
    )


def _weights(shapes: Shapes, node_id: str) -> Weights | None:
    return weights_of(shapes.instances[node_id], shapes.inputs[node_id])


def _layer(
    node: Node, shapes: Shapes, weights: Weights | None, fields: tuple[ReceptiveField, ...], batch: int
) -> LayerMeasures:
    instance = shapes.instances[node.id]
    label = instance.spec.label if instance.spec else node.layer
    outputs = shapes.outputs.get(node.id)
    if outputs is None:
        cause = shapes.waiting.get(node.id, node.id)
        return LayerMeasures(node, label, {}, None, None, None, None, (), cause)
    sizes = [tensor_bytes(spec, batch) for spec in outputs.values()]
    known = [size for size in sizes if size is not None]
    return LayerMeasures(
        node=node,
        label=label,
        outputs=outputs,
        trainable=None if weights is None else sum(one.count for one in weights if one.trainable),
        frozen=None if weights is None else sum(one.count for one in weights if not one.trainable),
        macs=macs_of(instance, shapes.inputs[node.id]),
        activation_bytes=sum(known) if len(known) == len(sizes) else None,
        fields=fields,
    )


@lru_cache(_REMEMBERED)
def macs_of(instance: Instance, given: PortSpecs) -> int | None:
    """Products that a layer makes for one sample of what goes into it; None if not known."""
    layer: Any = instance.layer
    if layer is None or instance.spec is None:
        return None
    ports = {name: list(spec) if isinstance(spec, tuple) else spec for name, spec in given}
    arguments = shape_arguments(layer.macs, instance.spec, shapes_by_port(ports))
    settings = inspect.signature(layer.macs).parameters.keys() & instance.settings.keys()
    try:
        return layer.macs(**arguments, **{name: instance.settings[name] for name in settings})
    except LayerloomError:
        return None
