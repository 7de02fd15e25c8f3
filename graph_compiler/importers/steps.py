"""What importers find in a model: layers and the calls that join them, before a document is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from runtime.errors import FileFormatError

MAX_STEPS = 10_000
"""Most calls of layers that are drawn; a model inside of others counts each time it is called."""

MAX_OUTPUTS = 10_000
"""Most outputs of one call: each has a port, and the number of a port is part of its name."""


@dataclass(frozen=True)
class Tensor:
    """What comes out of a step.

    Args:
        step: Number of the step.
        output: Which of its outputs.
    """

    step: int
    output: int = 0


@dataclass
class Step:
    """One call of a layer: a node to be.

    Args:
        path: Names of the models it is in, and its own.
        layer: Name of the layer in the registry, or the class name in the file.
        params: Its parameters as a document has them.
        ports: What goes into it, by port.
        settings: Settings of the call.
        outputs: Names of its output ports.
        shares: Number of the step that called the same layer first.
        locked: Why it cannot be computed; empty if it can.
    """

    path: tuple[str, ...]
    layer: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])
    ports: dict[str, list[Tensor]] = field(default_factory=dict[str, list[Tensor]])
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    outputs: tuple[str, ...] = ("output",)
    shares: int | None = None
    locked: str = ""

    def port_of(self, output: int) -> str:
        """Name of an output port; those that nobody named are counted."""
        if output < len(self.outputs):
            return self.outputs[output]
        return f"output_{output}" if output else "output"


@dataclass(frozen=True)
class Frame:
    """The steps of a model inside of another.

    Args:
        title: Its name.
        steps: Their numbers.
    """

    title: str
    steps: tuple[int, ...]


@dataclass
class Steps:
    """A model as steps.

    Args:
        name: Name of the model.
        steps: The steps; each stands behind those it needs.
        inputs: Numbers of the steps where data enters, in the model's order.
        outputs: What comes out of the model, in its order.
        frames: The models inside.
        remarks: What a person should know, in words.
    """

    name: str = "model"
    steps: list[Step] = field(default_factory=list[Step])
    inputs: list[int] = field(default_factory=list[int])
    outputs: list[Tensor] = field(default_factory=list[Tensor])
    frames: list[Frame] = field(default_factory=list[Frame])
    remarks: list[str] = field(default_factory=list[str])

    def add(self, step: Step) -> int:
        """Puts a step at the end; returns its number.

        Raises:
            FileFormatError: There are too many.
        """
        if len(self.steps) >= MAX_STEPS:
            raise FileFormatError(f"The model calls layers more than {MAX_STEPS:,} times.")
        self.steps.append(step)
        return len(self.steps) - 1

    def remark(self, text: str) -> None:
        """Notes something, once."""
        if text not in self.remarks:
            self.remarks.append(text)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """All tensors in nested lists and dicts, in order; those of a dict in the order of their names."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from tensors_in(value[key])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
