"""What happens when a page goes wrong: a sentence for the user, the traceback for the log."""

import functools
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import ParamSpec

import streamlit as st
from streamlit.errors import FragmentHandledException

from app.components.words import plain
from app.components.workspace import designer
from runtime.errors import LayerloomError

P = ParamSpec("P")

LOG_FILE = "layerloom.log"
LOG_BYTES = 1_000_000
"""A log that is longer makes room for a new one; three old ones are kept."""

_log = logging.getLogger(__name__)


@contextmanager
def shielded() -> Generator[None]:
    """Shows what goes wrong inside as one sentence; everything around it goes on.

    Streamlit's own signals, to stop or to run again, are no errors: they pass.
    """
    try:
        yield
    except FragmentHandledException:
        # A part of the page has shown it already.
        raise
    except LayerloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception as error:
        st.error(plain(report(error)), icon=":material/report:")
        st.button("Try again", icon=":material/refresh:", key=f"again:{type(error).__name__}")


def guarded(callback: Callable[P, None]) -> Callable[P, None]:
    """The same for what a widget calls: it runs before the page, so a toast says what went wrong."""

    @functools.wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except LayerloomError as error:
            st.toast(plain(str(error)), icon=":material/error:", duration="long")
        except Exception as error:
            st.toast(plain(report(error)), icon=":material/report:", duration="long")

    return call


def report(error: Exception) -> str:
    """Writes an unexpected error to the log, and says what to do.

    Args:
        error: What was raised.

    Returns:
        A sentence for the user.
    """
    _log.error("A page went wrong", exc_info=error)
    sentence = (
        "Something went wrong here, and it is not your mistake. Your design is saved. Try again; if it "
        "happens again, go to another page and come back."
    )
    log_file = _write(error)
    return f"{sentence} What happened is written in {log_file}." if log_file else sentence


def _write(error: Exception) -> Path | None:
    """The file the traceback was written to; None when there is no such place."""
    try:
        path = designer().settings.data_dir / LOG_FILE
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True)
    except Exception:
        # The services themselves may be what went wrong.
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    record = _log.makeRecord(
        _log.name,
        logging.ERROR,
        __file__,
        0,
        "A page went wrong",
        (),
        (type(error), error, error.__traceback__),
    )
    try:
        handler.emit(record)
    finally:
        handler.close()
    return path
