"""The one error tree of Layerloom: each error says what is wrong, what came, and how to mend it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

_LONGEST, _LONGEST_NAME = 800, 100


class LayerloomError(Exception):
    """Base of every error a user may see.

    Args:
        message: What is wrong and what was received.
        hint: How to mend it; empty when the message says all.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ParameterError(LayerloomError, ValueError):
    """An argument of a layer, optimizer, … has a value it cannot have."""

    def __init__(self, message: str, *, parameter: str = "", received: Any = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter
        self.received = received


class UnknownNameError(LayerloomError, ValueError):
    """A name that stands for nothing, with the close ones that do."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        self.kind = kind
        self.name = name
        self.suggestions = did_you_mean(name, names)
        if self.suggestions:
            hint = f"Did you mean {' or '.join(repr(near) for near in self.suggestions)}?"
        else:
            hint = f"Known names: {', '.join(names[:40])}."
        super().__init__(f"Unknown {kind} {name!r}.", hint=hint)


class ShapeError(LayerloomError, ValueError):
    """A tensor's shape does not fit the layer it goes into."""

    def __init__(self, message: str, *, port: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.port = port


class DTypeError(LayerloomError, TypeError):
    """A tensor's dtype does not fit the layer it goes into."""

    def __init__(self, message: str, *, port: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.port = port


class GraphError(LayerloomError, ValueError):
    """Layers are connected in a way that makes no model."""


class NotBuiltError(LayerloomError, ValueError):
    """Something was asked of a layer or model that has no weights yet."""


class CompileError(LayerloomError, ValueError):
    """A model was trained or evaluated without, or with wrong, compile settings."""


class DataError(LayerloomError, ValueError):
    """The data does not fit the model: wrong shapes, wrong labels, empty, not finite."""


class FileFormatError(LayerloomError, ValueError):
    """A file is broken, or is not of the kind its name says.

    Names in the message may be the file's own: characters that would change how the rest of a line is shown
    are written out by their numbers, and long messages are cut.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(_harmless(message), hint=_harmless(hint))


class DownloadError(LayerloomError, ValueError):
    """A file could not be fetched: no network, a wrong address, another content than it should have."""


class RefusedError(FileFormatError):
    """A file asks for something that is not read from files, such as code.

    Args:
        message: What was refused and where it stands.
        what: The name of the refused thing.
        hint: How to go on without it.
    """

    def __init__(self, message: str, *, what: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.what = what


class ExportError(LayerloomError, ValueError):
    """A design cannot be written in a form that computes the same.

    Args:
        message: What cannot be written, and why.
        layer: Name of the layer in the design; empty when it is no layer.
        hint: How to go on.
    """

    def __init__(self, message: str, *, layer: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.layer = layer


def _harmless(text: str) -> str:
    """The text with what cannot be printed written out, and not too long."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 60]} … {text[-50:]}"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


def did_you_mean(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The known names closest to a mistyped one, best first, at most three."""
    if len(name) > _LONGEST_NAME:
        return ()
    by_lower = {known.lower(): known for known in names}
    close = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return tuple(by_lower[lower] for lower in close)
