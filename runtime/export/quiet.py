"""Silence while other libraries work: what they have to say of their progress is nothing to act on."""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager

_TALKATIVE = ("torch.onnx", "torch.export", "torch.__trace", "onnxscript", "onnx_ir")


@contextmanager
def quiet() -> Generator[None]:
    """Within this, torch and onnx say nothing of their progress."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
