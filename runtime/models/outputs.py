"""A model's outputs by name and shape: what losses, metrics and targets are matched to."""

from dataclasses import dataclass
from typing import Any

from runtime.data import flatten
from runtime.errors import CompileError, DataError, did_you_mean


@dataclass(frozen=True)
class Outputs:
    """The outputs of a model, in order.

    Args:
        names: Their names; None where an output has none (a subclassed model that returns a list).
        shapes: Their shapes, batch first.
        measured: True if they were seen on a batch, so that a 1 may be its number of samples.
    """

    names: tuple[str | None, ...]
    shapes: tuple[tuple[int | None, ...], ...]
    measured: bool = False

    def __len__(self) -> int:
        return len(self.shapes)

    @classmethod
    def of(cls, y_pred: Any) -> "Outputs":
        """The outputs a subclassed model has just returned."""
        leaves = flatten(y_pred)
        names = (
            tuple(sorted(y_pred, key=str))
            if isinstance(y_pred, dict) and len(y_pred) == len(leaves)
            else (None,) * len(leaves)
        )
        return cls(names, tuple((None, *leaf.shape[1:]) for leaf in leaves), measured=True)

    def aligned(self, value: Any, what: str) -> list[Any]:
        """One entry for each output, from a list in order, a dict by name, or one entry for the only output.

        Args:
            value: Targets or weights.
            what: What they are called in messages: "y".

        Raises:
            DataError: There are too many or too few, or a name is no output's.
        """
        if isinstance(value, dict):
            if len(self) == 1 and len(value) == 1:
                return list(value.values())
            self._check_names(value, what)
            return [value.get(name) for name in self.names]
        entries = value if isinstance(value, list | tuple) else [value]
        if len(entries) == 1 and len(self) > 1 and entries[0] is None:
            return [None] * len(self)
        if len(entries) != len(self):
            raise DataError(
                f"The model has {len(self)} output{'s' if len(self) > 1 else ''}{self._told_names()}, "
                f"but {what} has {len(entries)} array{'s' if len(entries) != 1 else ''}.",
                hint="Give a list with one array for each output, or a dict by name.",
            )
        return list(entries)

    def spread(self, value: Any, what: str) -> list[Any]:
        """One compile setting for each output, from a list in order, a dict by name, or one for all.

        Args:
            value: Losses, weights or metrics.
            what: What they are called in messages: "loss".

        Raises:
            CompileError: They do not fit the outputs.
        """
        if isinstance(value, dict):
            if len(self) == 1 and self.names[0] is None and len(value) == 1:
                return list(value.values())
            self._check_names(value, what)
            return [value.get(name) for name in self.names]
        if isinstance(value, list | tuple):
            if len(value) != len(self):
                raise CompileError(
                    f"compile({what}=…) got a list of {len(value)}, but the model has {len(self)} "
                    f"output{'s' if len(self) > 1 else ''}{self._told_names()}.",
                    hint="Give one entry for each output, or a dict by name.",
                )
            return list(value)
        return [value] * len(self)

    def _check_names(self, value: dict[Any, Any], what: str) -> None:
        for name in value:
            if name not in self.names:
                known = [str(one) for one in self.names]
                close = did_you_mean(str(name), known)
                error = DataError if what in ("y", "sample_weight") else CompileError
                raise error(
                    f"{what} names the output {name!r}, which the model does not have.",
                    hint=f"Did you mean {close[0]!r}?" if close else f"Its outputs are {', '.join(known)}.",
                )

    def _told_names(self) -> str:
        names = [name for name in self.names if name is not None]
        return f" ({', '.join(names)})" if names else ""
