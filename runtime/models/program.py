"""Turns a functional graph into one flat function, so that a step costs no look-ups and no checks.

For a chain of two layers the generated function is

    def program(i0):
        t0 = f0(i0)
        t1 = f1(t0, training=True)
        return [t1]

where f0 and f1 are the layers' own `call` methods. The text holds only numbered names made here, never
anything from a document or a file.
"""

from collections.abc import Callable
from typing import Any

from runtime.data import flatten
from runtime.layers import Layer
from runtime.layers.calls import CallSignature, call_signature
from runtime.layers.precision import in_precision, is_plain
from runtime.models.graph import Graph
from runtime.symbolic import KerasTensor, Node, find_symbolic

Program = Callable[..., list[Any]]
Around = Callable[[Layer, Callable[..., Any]], Callable[..., Any]]
"""A layer and the function that computes it → the function to call in its place."""


class Plans(dict[Any, Any]):
    """Compiled functions of a model. A copy of the model makes its own: they hold the layers of this one."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Plans":
        return Plans()

    def __reduce__(self) -> tuple[Any, ...]:
        return Plans, ()


def compile_program(
    graph: Graph, *, training: bool | None, preactivation: bool = False, around: Around | None = None
) -> Program:
    """Compiles a graph for training or for inference.

    Args:
        graph: What to compute; its layers must be built.
        training: The training flag every layer gets. Layers that do nothing in inference are left out of
            the inference program. None calls the layers one by one, each with the flag that was said where
            the graph was described, else with its own default or the flag of the call before it.
        preactivation: True leaves the activation of the last layer out, for a loss that has it inside.
        around: Wraps the function of each layer, for those who want to know which one computes.

    Returns:
        A function of one tensor for each input, and one mask each after those, to a list of the outputs.
    """
    return _Writer(graph, training=training, preactivation=preactivation, around=around).compile()


def is_quiet(graph: Graph) -> bool:
    """True if without a training flag every layer does what it does with the flag False."""
    for node in graph.nodes:
        inside = getattr(node.layer, "functional", node.layer)
        nested = getattr(inside, "graph", None)
        if node.arguments.get("training") or (nested is not None and not is_quiet(nested)):
            return False
    return all(
        type(layer).__module__.startswith("runtime.")
        and call_signature(type(layer)).training_default is not True
        and not getattr(layer, "asks_for_flag", False)
        for top in graph.layers
        for layer in top.flatten_layers()
    )


def can_skip_activation(graph: Graph) -> bool:
    """True if the only output comes from a layer that can leave its activation out."""
    if len(graph.outputs) != 1 or graph.outputs[0].node is None:
        return False
    node = graph.outputs[0].node
    used_once = sum(graph.outputs[0] in other.inputs for other in graph.nodes) == 0
    return used_once and hasattr(node.layer, "preactivation") and node.layer.activity_regularizer is None


class _Writer:
    """Writes the lines of one program."""

    def __init__(
        self, graph: Graph, *, training: bool | None, preactivation: bool, around: Around | None
    ) -> None:
        self.graph = graph
        self.around = around
        self.training = training
        self.last = graph.outputs[0].node if preactivation else None
        self.namespace: dict[str, Any] = {}
        self.lines: list[str] = []
        self.value_of: dict[int, str] = {}
        self.mask_of: dict[int, str] = {}
        # Layers that are called one by one pass masks on themselves.
        makes_masks = any(layer.creates_mask for layer in graph.layers)
        gives_masks = any(find_symbolic(node.arguments.get("mask")) for node in graph.nodes)
        self.uses_masks = training is not None and (makes_masks or gives_masks)
        # A graph of float32 alone needs no casts, and its program has none.
        parts = (part for layer in graph.layers for part in layer.flatten_layers())
        self.casts = not all(is_plain(part) for part in parts)

    def compile(self) -> Program:
        """The finished function."""
        arguments: list[str] = []
        for number, tensor in enumerate(self.graph.inputs):
            self.value_of[id(tensor)] = f"i{number}"
            arguments.append(f"i{number}")
        for number, tensor in enumerate(self.graph.inputs):
            self.mask_of[id(tensor)] = f"m{number}"
            arguments.append(f"m{number}=None")
            if self.training is None:
                self.lines.append(f"if m{number} is not None: i{number}._keras_mask = m{number}")
        for node in self.graph.nodes:
            if not all(id(tensor) in self.value_of for tensor in node.outputs):
                self._write_call(node)
        self._write_masks_of_outputs()
        results = ", ".join(self.value_of[id(tensor)] for tensor in self.graph.outputs)
        source = "\n    ".join([f"def program({', '.join(arguments)}):", *self.lines, f"return [{results}]"])
        exec(compile(source, "<program>", "exec"), self.namespace)
        return self.namespace["program"]

    def _write_masks_of_outputs(self) -> None:
        """Losses and metrics leave masked steps out: they find the mask on the output."""
        for tensor in self.graph.outputs:
            value, mask = self.value_of[id(tensor)], self.mask_of.get(id(tensor), "None")
            if self.uses_masks and mask != "None" and value.startswith("t"):
                self.lines.append(f"{value}._keras_mask = {mask}")

    def _write_call(self, node: Node) -> None:
        layer = node.layer
        identity = layer.identity_in_inference and self.training is False and len(node.inputs) == 1
        if identity and not self.casts:
            source, target = id(node.inputs[0]), id(node.outputs[0])
            self.value_of[target] = self.value_of[source]
            self.mask_of[target] = self.mask_of.get(source, "None")
            return
        function: Any = layer.preactivation if node is self.last else self._function(layer)
        if self.casts and function != layer.__call__ and not getattr(function, "casts", False):
            function = in_precision(layer, function)
        if self.around is not None:
            function = self.around(layer, function)
        signature = call_signature(type(layer))
        arguments = self._arguments(node, signature, leave_out_flags=node is self.last)
        outputs = [f"t{len(self.value_of) + place}" for place in range(len(node.outputs))]
        for tensor, name in zip(node.outputs, outputs, strict=True):
            self.value_of[id(tensor)] = name
        target = outputs[0] if len(outputs) == 1 else ", ".join(outputs)
        call = f"{self._constant(function)}({arguments})"
        if isinstance(node.template, dict | list | tuple):
            # Always more than the bare tensors: a list of one, a dict, lists in lists.
            call = f"{self._constant(flatten)}({call})"
            target = target if len(outputs) > 1 else f"[{target}]"
        self.lines.append(f"{target} = {call}")
        if self.uses_masks:
            self._write_mask(node, layer, signature)

    def _function(self, layer: Layer) -> Callable[..., Any]:
        return layer.to_program() if self.training is not None else layer.__call__

    def _arguments(self, node: Node, signature: CallSignature, *, leave_out_flags: bool) -> str:
        given = dict(node.arguments)
        given.pop("training", None)
        if self.training is None:
            given |= _own_flag(node, signature)
            leave_out_flags = True
        words: list[str] = []
        for name in signature.names:
            if name not in given:
                break
            words.append(self._expression(given.pop(name)))
        words += [f"{name}={self._expression(value)}" for name, value in given.items()]
        if signature.takes_training and not leave_out_flags:
            words.append(f"training={self.training}")
        if self.uses_masks and not leave_out_flags:
            ports = signature.port_values(node.arguments)
            words += [
                f"{argument}={self._mask_expression(ports[port])}"
                for argument, port in signature.masks_for(node.arguments).items()
                if port in ports and argument not in node.arguments
            ]
        return ", ".join(words)

    def _write_mask(self, node: Node, layer: Layer, signature: CallSignature) -> None:
        if not (layer.supports_mask or layer.creates_mask):
            return
        first = next(iter(signature.port_values(node.arguments).values()), None)
        stated = node.arguments.get("mask") if "mask" in signature.masks else None
        mask = self._mask_expression(first) if stated is None else self._expression(stated)
        given = f"{self._expression(first)}, {mask}"
        for name, value in signature.settings_of_mask(node.arguments).items():
            given += f", {name}={self._constant(value)}"
        masks = [f"n{len(self.mask_of) + place}" for place in range(len(node.outputs))]
        computed = f"{self._constant(layer.compute_mask)}({given})"
        if len(masks) == 1:
            self.lines.append(f"{masks[0]} = {computed}")
        else:
            self.lines.append(f"{', '.join(masks)} = {self._constant(_spread)}({computed}, {len(masks)})")
        self.mask_of |= {id(tensor): name for tensor, name in zip(node.outputs, masks, strict=True)}

    def _mask_expression(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            masks = [self.mask_of.get(id(tensor), "None") for tensor in find_symbolic(value)]
            return "None" if set(masks) == {"None"} else f"[{', '.join(masks)}]"
        return self.mask_of.get(id(value), "None")

    def _expression(self, value: Any) -> str:
        if isinstance(value, KerasTensor):
            return self.value_of[id(value)]
        if find_symbolic(value):
            if isinstance(value, dict):
                items = [f"{self._constant(key)}: {self._expression(item)}" for key, item in value.items()]
                return "{" + ", ".join(items) + "}"
            return "[" + ", ".join(self._expression(item) for item in value) + "]"
        return self._constant(value)

    def _constant(self, value: Any) -> str:
        name = f"k{len(self.namespace)}"
        self.namespace[name] = value
        return name


def _own_flag(node: Node, signature: CallSignature) -> dict[str, bool]:
    """The training flag of one call in a graph.

    Keras keeps what was said, and where the call was given nothing but one tensor the default of the layer.
    """
    if "training" in node.arguments:
        return {"training": node.arguments["training"]}
    (first, *others) = node.arguments.values()
    plain = not others and isinstance(first, KerasTensor) and first.dtype == node.layer.compute_dtype
    return (
        {"training": signature.training_default} if plain and signature.training_default is not None else {}
    )


def _spread(mask: Any, count: int) -> list[Any]:
    """One mask for each output; a single mask belongs to the first."""
    masks = list(mask) if isinstance(mask, list | tuple) else [mask]
    return masks + [None] * (count - len(masks))
