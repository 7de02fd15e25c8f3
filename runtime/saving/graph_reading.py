"""Makes the graph of a functional model from its config, as Keras 2 or Keras 3 wrote it."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from runtime.errors import FileFormatError, RefusedError
from runtime.layers import Layer, Operation
from runtime.layers.calls import call_signature
from runtime.layers.spec import layer_spec
from runtime.saving.call_arguments import Call, Reference, reference
from runtime.saving.graph_entries import Entry, read_entries
from runtime.saving.reading import Reading, model_classes, read_layer
from runtime.symbolic import KerasTensor, find_symbolic


def read_graph(config: Any, reading: Reading) -> tuple[Any, Any]:
    """Makes the layers of a functional model and calls them on one another.

    Args:
        config: "layers", "input_layers" and "output_layers".
        reading: The file it stands in.

    Returns:
        The inputs and the outputs: symbolic tensors in the structure the model was made with.

    Raises:
        FileFormatError: The config is wrong, or its calls wait for one another.
        RefusedError: A layer that is not made from files.
    """
    reader = _GraphReader(reading)
    for entry in read_entries(config, reading):
        reader.add(entry)
    reader.connect()
    return reader.ends(config.get("input_layers")), reader.ends(config.get("output_layers"))


class _GraphReader:
    """The layers made so far, the calls still to be made, and the tensors there are."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.layers: dict[str, Layer] = {}
        self.calls: dict[str, list[Call]] = {}
        self.masked: dict[str, set[int]] = {}
        self.tensors: dict[str, list[list[KerasTensor]]] = {}
        self.old_form = reading.keras_version < 3

    def add(self, entry: Entry) -> None:
        """Makes a layer and notes its calls."""
        layer = read_layer(entry.config, self.reading)
        if isinstance(entry.config.get("config"), list):
            # The first Keras 2 wrote no name into the config of a sequential model.
            layer.name = entry.name
        self.layers[entry.name] = layer
        self.calls[entry.name] = entry.calls
        self.masked[entry.name] = entry.masked
        self.tensors[entry.name] = [] if entry.calls else [node.outputs for node in layer._nodes]
        self.old_form = self.old_form or any(call.old_form for call in entry.calls)

    def connect(self) -> None:
        """Makes the calls, each as soon as what it needs is there."""
        ready = deque(self.layers)
        waiting: dict[tuple[str, int], list[str]] = defaultdict(list)
        while ready:
            name = ready.popleft()
            while len(self.tensors[name]) < len(self.calls[name]):
                call = self.calls[name][len(self.tensors[name])]
                missing = next((key for key in map(self._key, call.references) if not self._made(key)), None)
                if missing is not None:
                    waiting[missing].append(name)
                    break
                place = len(self.tensors[name])
                self.tensors[name].append(self._perform(name, call))
                ready.extend(waiting.pop((name, place), []))
        stuck = next(
            (name for name, calls in self.calls.items() if len(self.tensors[name]) < len(calls)), None
        )
        if stuck is not None:
            needed = next(key for key, names in waiting.items() if stuck in names)
            raise FileFormatError(
                f"layer '{stuck}' waits for call {needed[1]} of layer '{needed[0]}', which never comes.",
                hint="The layers wait for one another in a circle, or a call is missing.",
            )

    def _perform(self, name: str, call: Call) -> list[KerasTensor]:
        layer = self.layers[name]
        with self.reading.inside(f"Layer '{name}'"):
            args = [_resolved(value, self._tensor) for value in call.args]
            kwargs = {key: _resolved(value, self._tensor) for key, value in call.kwargs.items()}
            if len(self.tensors[name]) in self.masked[name] and not _makes_mask(find_symbolic(args)):
                raise RefusedError(
                    "its call is given a mask that an operation computes, which is not read from files.",
                    what="mask",
                    hint="Compute the mask in a layer, such as Masking or Embedding(mask_zero=True).",
                )
            return find_symbolic(layer(**_bound(layer, args, kwargs)))

    def _key(self, wanted: Reference) -> tuple[str, int]:
        """Layer and call that a reference in a call means."""
        if wanted.layer not in self.layers:
            raise FileFormatError(f"a call names the layer '{wanted.layer}', which is not in the config.")
        return wanted.layer, wanted.call - self._own_call(wanted.layer, ends=False)

    def _own_call(self, name: str, *, ends: bool) -> int:
        """1 if the writer counted the making of a nested model as its first call.

        Keras 2 does so everywhere; Keras 3 only for functional models, and there only where the inputs and
        outputs of a model are listed.
        """
        layer = self.layers[name]
        if self.old_form:
            return int(isinstance(layer, tuple(model_classes.values())))
        return int(ends and isinstance(layer, model_classes["Functional"]))

    def _made(self, key: tuple[str, int]) -> bool:
        return 0 <= key[1] < len(self.tensors[key[0]])

    def _tensor(self, wanted: Reference) -> KerasTensor:
        name, call = self._key(wanted)
        return self._output(name, call, wanted.output)

    def _output(self, name: str, call: int, output: int) -> KerasTensor:
        if not self._made((name, call)) or not 0 <= output < len(self.tensors[name][call]):
            raise FileFormatError(f"layer '{name}' has no output {output} of call {call}.")
        return self.tensors[name][call][output]

    def ends(self, value: Any) -> Any:
        """Inputs or outputs of the model, in their structure."""
        found = reference(value)
        if found is not None:
            if found.layer not in self.layers:
                raise FileFormatError(f"'{found.layer}' is an input or output, but is not in the config.")
            return self._output(
                found.layer, found.call - self._own_call(found.layer, ends=True), found.output
            )
        if isinstance(value, dict) and value:
            return {str(name): self.ends(item) for name, item in value.items()}
        if isinstance(value, list | tuple) and value:
            # Keras 2 lists even a single input.
            return self.ends(value[0]) if self.old_form and len(value) == 1 else [self.ends(v) for v in value]
        raise FileFormatError(f"the inputs or outputs of the model are {str(value)[:100]}.")


def _makes_mask(tensors: list[KerasTensor]) -> bool:
    """True if some layer on the way to the tensors marks steps to be skipped."""
    seen: set[int] = set()
    pending = list(tensors)
    while pending:
        node = pending.pop().node
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if any(getattr(layer, "creates_mask", False) for layer in node.layer.flatten_layers()):
            return True
        pending += node.inputs
    return False


def _bound(layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a call by name; tensors that Keras 2 gave in one list go to one port each."""
    if isinstance(layer, Operation):
        return layer.bind(args, kwargs)
    signature = call_signature(type(layer))
    ports = layer_spec(type(layer)).inputs
    split = len(args) == 1 and isinstance(args[0], list) and 1 < len(args[0]) <= len(ports)
    if split and not ports[0].variadic and ports[0].part is None:
        named = {port.name: tensor for port, tensor in zip(ports, args[0], strict=False)}
        arguments = {**layer_spec(type(layer)).call_arguments(named), **kwargs}
    else:
        arguments = signature.bind(tuple(args), kwargs)
    known = {*signature.names, *(setting.name for setting in layer_spec(type(layer)).settings), "training"}
    for name in [name for name, value in arguments.items() if value is None or name not in known]:
        if arguments.pop(name) not in (None, False):
            raise FileFormatError(f"its call has an argument '{name[:100]}', which is not known here.")
    return arguments


def _resolved(value: Any, tensor_of: Callable[[Reference], KerasTensor]) -> Any:
    if isinstance(value, Reference):
        return tensor_of(value)
    if isinstance(value, list):
        return [_resolved(item, tensor_of) for item in value]
    if isinstance(value, dict):
        return {key: _resolved(item, tensor_of) for key, item in value.items()}
    return value
