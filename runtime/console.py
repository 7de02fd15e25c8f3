"""Messages for the person at the terminal or notebook."""

import logging
import sys

from runtime.switches import is_interactive_logging_enabled


def say(message: str, end: str = "\n") -> None:
    """Writes a message to standard output at once, or to Python's logging if the program wants it so.

    Args:
        message: The text. What the terminal cannot show is written as "?".
        end: Put behind it.
    """
    text = message + end
    if not is_interactive_logging_enabled():
        shown = text.replace("\b", "").replace("\r", "").strip()
        if shown:
            logging.getLogger("runtime").info(shown)
        return
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.replace("━", "=").encode(encoding, errors="replace").decode(encoding))
    sys.stdout.flush()


def is_dynamic() -> bool:
    """True if a line can be drawn over again: in a terminal or a notebook, not in a file."""
    return bool(getattr(sys.stdout, "isatty", bool)()) or "ipykernel" in sys.modules
