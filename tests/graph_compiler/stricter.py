"""Where we refuse what Keras takes and computes, and why that is right: all other such cases are faults."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph_compiler.document import Node
from graph_compiler.instances import find_spec
from tests.graph_compiler.keras_verdicts import Disagreement

Applies = Callable[[Disagreement, Any], bool]


@dataclass(frozen=True)
class Stricter:
    """One thing we refuse and Keras does not.

    Args:
        reason: Why we stay with it.
        about: The parameters or ports it is about; empty for any.
        layers: The layers it is about; empty for any.
        applies: True for a value, or a disagreement, that it is about.
        guests: True if it is only about nodes that share the layer of another.
    """

    reason: str
    about: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    applies: Applies = lambda found, value: True
    guests: bool = False

    def covers(self, found: Disagreement, node: Node) -> bool:
        """True if it is what stands behind a disagreement."""
        return (
            (not self.about or found.about in self.about)
            and (not self.layers or found.layer in self.layers)
            and (node.shares is not None or not self.guests)
            and self.applies(found, node.params.get(found.about))
        )


def _of_kind(*kinds: str) -> Callable[[Disagreement], bool]:
    def matches(found: Disagreement) -> bool:
        spec = find_spec(found.layer)
        param = spec.param(found.about) if spec else None
        return param is not None and param.kind in kinds

    return matches


def _is_fraction(found: Disagreement, value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _wants_number(found: Disagreement) -> bool:
    return "but it wants a number" in str(found.ours) or "but it wants a whole number" in str(found.ours)


_switch = _of_kind("bool")
_number = _of_kind("int", "float", "floats", "size", "ints", "shape", "json")
_text = _of_kind("str")
_start = _of_kind("registry")

STRICTER = (
    Stricter(
        "Python takes any value for yes or no; in a form it is a slip of the hand",
        applies=lambda found, value: _switch(found) and not isinstance(value, bool),
    ),
    Stricter(
        "Python counts True as 1; in a form it is a slip of the hand",
        applies=lambda found, value: value is True and not _switch(found),
    ),
    Stricter(
        "a list or a text for a number: it is never used, turned into one, or spread over the sizes that fit",
        applies=lambda found, value: (
            _number(found) and (isinstance(value, str) or (isinstance(value, list) and _wants_number(found)))
        ),
    ),
    Stricter(
        "no text for a text: it is never used",
        applies=lambda found, value: _text(found) and not isinstance(value, str),
    ),
    Stricter(
        "an empty value stands for the default in Keras by accident",
        about=("data_format",),
        applies=lambda found, value: not value,
    ),
    Stricter(
        "any other word than 'same' is 'valid' where Keras computes with torch, and fails elsewhere",
        about=("padding",),
        layers=tuple(f"{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
    ),
    Stricter(
        "None starts weights, even biases, at random numbers of a kind that nobody chose",
        applies=lambda found, value: _start(found) and found.about.endswith("_initializer") and value is None,
    ),
    Stricter("no sample is in a batch of 0", about=("batch_size",), layers=("InputLayer",)),
    Stricter(
        "the root of a number below 0 is none: all that comes out is NaN, or may become so",
        about=("epsilon",),
    ),
    Stricter(
        "an average that takes more than all of the old values runs away",
        about=("momentum", "renorm_momentum"),
        layers=("BatchNormalization",),
    ),
    Stricter("an axis with a fraction is cut to a whole one", about=("axis",), applies=_is_fraction),
    Stricter(
        "Softmax over no axis in particular is one over all of the batch",
        about=("axis",),
        layers=("Softmax",),
        applies=lambda found, value: value is None,
    ),
    Stricter("of a mode that there is not, nothing is flipped", about=("mode",), layers=("RandomFlip",)),
    Stricter(
        "a size that is unknown at a second call has to be that of the weights, which only data would show",
        applies=lambda found, value: "but it is unknown in" in str(found.ours),
        guests=True,
    ),
    Stricter(
        "more than everything cannot be dropped: Keras cuts the fraction to 1",
        about=("dropout", "recurrent_dropout"),
    ),
    Stricter(
        "the documentation bounds both numbers; Keras looks whether one of them is within",
        about=("factor",),
        applies=lambda found, value: isinstance(value, list),
    ),
    Stricter(
        "Keras reads a noise_shape with fewer axes from the first one, and spreads it from the last one",
        layers=("AlphaDropout", "Dropout"),
        applies=lambda found, value: "noise_shape" in str(found.ours),
    ),
    Stricter(
        "with two axes the rows of the batch look at each other",
        layers=("AdditiveAttention", "Attention"),
        applies=lambda found, value: "(2 axes)" in str(found.ours),
    ),
    Stricter(
        "axis 0 is the batch, and Keras takes it for the last axis",
        layers=("PReLU",),
        applies=lambda found, value: "shares axis 0" in str(found.ours),
    ),
    Stricter(
        "an axis that is named twice is a slip of the hand; where its size is 1, it happens to work",
        layers=("Normalization",),
        applies=lambda found, value: "twice" in str(found.ours),
    ),
    Stricter(
        "Keras takes three axes for one picture: the rows of the batch become rows of pixels",
        about=("inputs",),
        applies=lambda found, value: "wants pictures, batch" in str(found.ours) and _axes_in(found) == 3,
    ),
)
"""All of them."""


def _axes_in(found: Disagreement) -> int:
    return len(found.computed[0][0]) if isinstance(found.computed, list) else 0


def reason_for(found: Disagreement, node: Node) -> str:
    """Why we refuse what Keras takes; empty if nothing is known that speaks for it."""
    return next((known.reason for known in STRICTER if known.covers(found, node)), "")
