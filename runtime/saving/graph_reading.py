"""Makes the graph of a functional model from its config, as Keras 2 or Keras 3 wrote it."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from runtime.errors import FileFormatError
from runtime.layers import Layer
from runtime.layers.calls import call_signature
from runtime.layers.spec import layer_spec
from runtime.saving.call_arguments import Call, Reference, read_call, reference
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
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise FileFormatError("the config of a functional model has no list of layers.")
    reader = _GraphReader(reading)
    for entry in config["layers"]:
        reader.add(entry)
    reader.connect()
    return reader.ends(config.get("input_layers")), reader.ends(config.get("output_layers"))


class _GraphReader:
    """The layers made so far, the calls still to be made, and the tensors there are."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.layers: dict[str, Layer] = {}
        self.calls: dict[str, list[Call]] = {}
        self.tensors: dict[str, list[list[KerasTensor]]] = {}
        self.old_form = reading.keras_version < 3

    def add(self, entry: Any) -> None:
        """Makes a layer and notes its calls."""
        layer = read_layer(entry, self.reading)
        name = entry.get("name", layer.name)
        nodes = entry.get("inbound_nodes") or []
        if not isinstance(name, str) or not isinstance(nodes, list):
            raise FileFormatError(
                f"the name or the inbound_nodes of layer '{layer.name}' are of a wrong kind."
            )
        if name in self.layers:
            raise FileFormatError(f"two layers are called '{name}'.")
        self.layers[name] = layer
        self.old_form = self.old_form or any(isinstance(node, list) for node in nodes)
        with self.reading.inside(f"Layer '{name}'"):
            self.calls[name] = [read_call(node) for node in nodes if node]
        self.tensors[name] = [node.outputs for node in layer._nodes] if not self.calls[name] else []

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
        self.reading.count_call()
        with self.reading.inside(f"Layer '{name}'"):
            args = [_resolved(value, self._tensor) for value in call.args]
            kwargs = {key: _resolved(value, self._tensor) for key, value in call.kwargs.items()}
            outputs = layer(**_bound(layer, args, kwargs))
            return find_symbolic(outputs)

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


def _bound(layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a call by name; tensors that Keras 2 gave in one list go to one port each."""
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
