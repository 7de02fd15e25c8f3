"""From the config of a model, as Keras 2 or Keras 3 wrote it, to steps: models inside of it are laid open."""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from graph_compiler.importers.layers import Described, class_name, described
from graph_compiler.importers.steps import MAX_OUTPUTS, Frame, Step, Steps, Tensor, tensors_in
from graph_compiler.importers.wires import wired
from graph_compiler.instances import find_spec
from runtime.config import floatx
from runtime.errors import FileFormatError, RefusedError
from runtime.layers import Layer, layer_names
from runtime.saving import tf_nodes, tf_operations
from runtime.saving.call_arguments import Call, Reference, read_call, reference
from runtime.saving.graph_entries import Entry, read_entries
from runtime.saving.reading import MAX_NESTING, Reading, class_and_config, model_classes

Path = tuple[str, ...]

_COMPUTED_MASK = "It is given a mask that a function computes, which a design has no wire for."


def read_steps(config: Any, reading: Reading) -> Steps:
    """Finds the layers of a model and how they are joined; no layer is built, nothing is run.

    Args:
        config: {"class_name", "config"} of a functional or sequential model.
        reading: The file it stands in.

    Raises:
        FileFormatError: It is no model, or its layers cannot be joined.
    """
    name, inner = class_and_config(config, "model")
    if name not in model_classes:
        raise FileFormatError(
            f"The file holds a {name[:100]}, which is neither a functional nor a sequential model.",
            hint="A model written as a class of its own cannot be drawn: its layers are joined by its code.",
        )
    walk = _Walk(reading)
    walk.found.name = str(inner.get("name") or "model")[:200] if isinstance(inner, dict) else "model"
    walk.found.outputs = walk.model(config, (), None)
    return walk.found


class _Walk:
    """Goes through a model and the models inside of it, and notes the steps."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found = Steps()
        self.first: dict[Path, int] = {}
        self.layers: dict[Path, Described] = {}

    def model(self, config: Any, path: Path, given: list[Tensor] | None) -> list[Tensor]:
        """The steps of one call of a model.

        Args:
            config: The model.
            path: Names of the models it is in, and its own; empty for the outermost.
            given: What it is called on; None for the outermost.

        Returns:
            What comes out of it.
        """
        if len(path) > MAX_NESTING:
            raise FileFormatError(f"Models are nested more than {MAX_NESTING} deep.")
        name, inner = class_and_config(config, "model")
        begin = len(self.found.steps)
        if model_classes[name] is model_classes["Functional"]:
            outputs = _GraphWalk(self, inner, path, given).outputs()
        else:
            outputs = self._chain(inner, path, given)
        if isinstance(inner, dict) and inner.get("trainable") is False:
            self._freeze(range(begin, len(self.found.steps)))
        if path:
            self.found.frames.append(Frame(path[-1], tuple(range(begin, len(self.found.steps)))))
        return outputs

    def step(self, path: Path, config: Any, args: list[Any], kwargs: Mapping[str, Any]) -> int:
        """One call of a layer."""
        known = self.layers.get(path)
        if known is None:
            known = self.layers[path] = described(config, self.reading)
        step = wired(Step(path, known.name, locked=known.locked), known, args, kwargs, self.found)
        step.shares = self.first.get(path)
        if step.shares is None:
            step.params = known.params
        number = self.found.add(step)
        self.first.setdefault(path, number)
        return number

    def source(self, path: Path, config: Any) -> int:
        """A layer where data enters the model."""
        known = described(config, self.reading)
        number = self.found.add(Step(path, known.name, known.params, locked=known.locked))
        self.found.inputs.append(number)
        return number

    def makes_masks(self) -> bool:
        """True if some layer found so far marks steps to be skipped, by itself or by a layer inside."""
        layers = [known.layer for known in self.layers.values() if known.layer is not None]
        return any(part.creates_mask for layer in layers for part in layer.flatten_layers())

    def _chain(self, config: Any, path: Path, given: list[Tensor] | None) -> list[Tensor]:
        entries = config.get("layers") if isinstance(config, dict) else config
        if not isinstance(entries, list) or not entries:
            raise FileFormatError("The config of a sequential model has no list of layers.")
        self.reading.count_calls(len(entries))
        tail = None if given is None else given[:1]
        for place, entry in enumerate(entries):
            own = (*path, _name_in(entry, f"layer_{place}"))
            if _is_source(entry):
                tail = tail or [Tensor(self.source(own, entry))]
                continue
            if tail is None:
                tail = [Tensor(self.source((*path, "input"), self._start(config, entry)))]
            if class_name(entry) in model_classes:
                tail = self.model(entry, own, tail)
            else:
                tail = [Tensor(self.step(own, entry, [tail[0]], {}))]
        return tail or []

    def _start(self, config: Any, first: Any) -> dict[str, Any]:
        """The input of a sequential model that does not list one."""
        shape = _stated_shape(first) or (
            config.get("build_input_shape") if isinstance(config, dict) else None
        )
        if not isinstance(shape, list | tuple):
            self.found.remark("The file does not say which shape the data have: set it at the input.")
            shape = [None, 1]
        spec = find_spec(class_name(first))
        whole = bool(spec and spec.inputs and spec.inputs[0].whole)
        source = {"batch_shape": list(shape), "dtype": "int32" if whole else floatx(), "name": "input"}
        return {"class_name": source_layer(), "config": source}

    def _freeze(self, numbers: range) -> None:
        """Layers of a model that does not learn do not learn either."""
        for step in self.found.steps[numbers.start : numbers.stop]:
            known = self.layers.get(step.path)
            if (
                known
                and known.layer
                and not step.locked
                and step.shares is None
                and _has_weights(known.layer)
            ):
                step.params = {**step.params, "trainable": False}


class _GraphWalk:
    """One call of a functional model: its layers in the order in which they can be called."""

    def __init__(self, walk: _Walk, config: Any, path: Path, given: list[Tensor] | None) -> None:
        self.walk = walk
        self.config = config if isinstance(config, dict) else {}
        self.path = path
        self.made: dict[tuple[str, int], int | list[Tensor]] = {}
        entries = read_entries(_without_unknown_functions(self.config), walk.reading)
        self.entries = {entry.name: entry for entry in entries}
        self.old_form = walk.reading.keras_version < 3 or any(
            call.old_form for entry in entries for call in entry.calls
        )
        self._begin(given)
        self._connect()

    def outputs(self) -> list[Tensor]:
        """What comes out of the model, in its order."""
        return [self._tensor(wanted, ends=True) for wanted in _ends(self.config.get("output_layers"))]

    def _begin(self, given: list[Tensor] | None) -> None:
        inputs = _ends(self.config.get("input_layers"))
        if given is not None and len(given) != len(inputs):
            raise FileFormatError(
                f"the model '{self.path[-1]}' has {len(inputs)} inputs and is called on {len(given)}."
            )
        for place, wanted in enumerate(inputs):
            entry = self._entry(wanted.layer)
            if given is not None:
                self.made[entry.name, 0] = [given[place]]
            else:
                self.made[entry.name, 0] = self.walk.source((*self.path, entry.name), entry.config)

    def _connect(self) -> None:
        """Makes the calls, each as soon as what it needs is there."""
        ready = deque(self.entries)
        done: dict[str, int] = dict.fromkeys(self.entries, 0)
        waiting: dict[tuple[str, int], list[str]] = defaultdict(list)
        while ready:
            name = ready.popleft()
            calls = self.entries[name].calls
            while done[name] < len(calls):
                call = calls[done[name]]
                keys = [self._key(wanted, ends=False) for wanted in call.references]
                missing = next((key for key in keys if key not in self.made), None)
                if missing is not None:
                    waiting[missing].append(name)
                    break
                self.made[name, done[name]] = self._perform(self.entries[name], call, done[name])
                ready.extend(waiting.pop((name, done[name]), []))
                done[name] += 1
        stuck = next((name for name, entry in self.entries.items() if done[name] < len(entry.calls)), None)
        if stuck is not None:
            needed = next(key for key, names in waiting.items() if stuck in names)
            raise FileFormatError(
                f"Layer '{stuck}' waits for call {needed[1]} of layer '{needed[0]}', which never comes.",
                hint="The layers wait for one another in a circle, or a call is missing.",
            )

    def _perform(self, entry: Entry, call: Call, number: int) -> int | list[Tensor]:
        args = [self._resolved(value) for value in call.args]
        kwargs = {key: self._resolved(value) for key, value in call.kwargs.items()}
        path = (*self.path, entry.name)
        if not self._is_model(entry.name):
            made = self.walk.step(path, entry.config, args, kwargs)
            if number in entry.masked and not self.walk.makes_masks():
                self.walk.found.steps[made].locked = _COMPUTED_MASK
            return made
        if kwargs.get("training") is not None:
            self.walk.found.remark(
                f"The model '{entry.name}' is called with training={kwargs['training']}, which a design "
                "cannot say: freeze its layers instead."
            )
        given = args[0] if len(args) == 1 else args
        return self.walk.model(entry.config, path, self._in_order(entry, given))

    def _in_order(self, entry: Entry, given: Any) -> list[Tensor]:
        """What a model is called on, in the order of its inputs."""
        inner = entry.config.get("config")
        names = inner.get("input_layers") if isinstance(inner, dict) else None
        if isinstance(given, dict) and isinstance(names, list):
            listed = [wanted.layer for wanted in _ends(names)]
            given = [given[name] for name in listed] if set(listed) <= set(given) else given
        return list(tensors_in(given))

    def _is_model(self, name: str) -> bool:
        return class_name(self.entries[name].config) in model_classes

    def _entry(self, name: str) -> Entry:
        if name not in self.entries:
            raise FileFormatError(f"A call names the layer '{name[:100]}', which is not in the config.")
        return self.entries[name]

    def _key(self, wanted: Reference, *, ends: bool) -> tuple[str, int]:
        """Layer and call that a reference means.

        Keras 2 counts the making of a model inside as its first call; Keras 3 only that of a functional one,
        and only where the ends of a model are listed.
        """
        kind = model_classes.get(class_name(self._entry(wanted.layer).config))
        counted = self.old_form or (ends and kind is model_classes["Functional"])
        return wanted.layer, wanted.call - int(kind is not None and counted)

    def _tensor(self, wanted: Reference, *, ends: bool = False) -> Tensor:
        found = self.made.get(self._key(wanted, ends=ends))
        if isinstance(found, int) and 0 <= wanted.output < MAX_OUTPUTS:
            return Tensor(found, wanted.output)
        if isinstance(found, list) and 0 <= wanted.output < len(found):
            return found[wanted.output]
        raise FileFormatError(
            f"Layer '{wanted.layer[:100]}' has no output {wanted.output} of call {wanted.call}."
        )

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Reference):
            return self._tensor(value)
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        if isinstance(value, dict):
            return {key: self._resolved(item) for key, item in value.items()}
        return value


def source_layer() -> str:
    """Name of the layer where data enters a model."""
    return next(name for name in layer_names() if (spec := find_spec(name)) and spec.is_source)


def _without_unknown_functions(config: dict[str, Any]) -> dict[str, Any]:
    """The config with functions of TensorFlow that are not known here as layers that are not known."""
    layers = config.get("layers")
    if not isinstance(layers, list):
        return config
    return {**config, "layers": [_as_unknown_layer(layer) for layer in layers]}


def _as_unknown_layer(layer: Any) -> Any:
    inner = layer.get("config") if isinstance(layer, dict) else None
    kind = class_name(layer)
    translate = tf_operations.translated if kind in tf_operations.CLASSES else tf_nodes.translated_node
    if not isinstance(inner, dict) or kind not in (*tf_operations.CLASSES, tf_nodes.CLASS):
        return layer
    nodes = layer.get("inbound_nodes")
    try:
        translate(inner, [read_call(node) for node in nodes or [] if node])
    except RefusedError as error:
        return {**layer, "class_name": f"tf.{inner.get('function') or error.what or kind}"}
    return layer


def _is_source(entry: Any) -> bool:
    spec = find_spec(class_name(entry))
    return spec is not None and spec.is_source


def _name_in(entry: Any, otherwise: str) -> str:
    inner = entry.get("config") if isinstance(entry, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else otherwise


def _stated_shape(entry: Any) -> Any:
    """The shape that a first layer states in the manner of Keras 2."""
    inner = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(inner, dict):
        return None
    if class_name(entry) in model_classes:
        layers = inner.get("layers")
        return _stated_shape(layers[0]) if isinstance(layers, list) and layers else None
    whole = inner.get("batch_input_shape") or inner.get("batch_shape")
    if isinstance(whole, list | tuple):
        return list(whole)
    sample = inner.get("input_shape", inner.get("input_dim"))
    if sample is None:
        return None
    return [None, *(sample if isinstance(sample, list | tuple) else [sample])]


def _ends(value: Any) -> list[Reference]:
    """Inputs or outputs of a model as a flat list; those of a dict in the order of their names."""
    found = reference(value)
    if found is not None:
        return [found]
    if isinstance(value, dict):
        return [one for name in sorted(value, key=str) for one in _ends(value[name])]
    if isinstance(value, list | tuple):
        return [one for item in value for one in _ends(item)]
    raise FileFormatError(f"The inputs or outputs of the model are {str(value)[:100]}.")


def _has_weights(layer: Layer) -> bool:
    return type(layer).build is not Layer.build or bool(layer.sublayers)
