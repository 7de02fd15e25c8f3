"""Code generators: a design as a program."""

from graph_compiler.codegen.data_snippet import DataSnippet, synthetic_data
from graph_compiler.codegen.keras import keras_code

__all__ = ["DataSnippet", "keras_code", "synthetic_data"]
