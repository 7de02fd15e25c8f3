"""Sequences of one length, under the name Keras has for the module."""

from runtime.utils import pad_sequences

__all__ = ["pad_sequences"]
