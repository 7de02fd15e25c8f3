"""Messages for the person at the terminal or notebook."""

import sys


def say(message: str, end: str = "\n") -> None:
    """Writes a message to standard output at once.

    Args:
        message: The text. What the terminal cannot show is written as "?".
        end: Put behind it.
    """
    text = message + end
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.replace("━", "=").encode(encoding, errors="replace").decode(encoding))
    sys.stdout.flush()


def is_dynamic() -> bool:
    """True if a line can be drawn over again: in a terminal or a notebook, not in a file."""
    return bool(getattr(sys.stdout, "isatty", bool)()) or "ipykernel" in sys.modules
