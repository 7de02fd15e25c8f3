"""Code generators: a design as a program."""

from graph_compiler.codegen.data_snippet import DataSnippet, sample_inputs, synthetic_data
from graph_compiler.codegen.keras import keras_code
from graph_compiler.codegen.mermaid import mermaid
from graph_compiler.codegen.notebook import notebook
from graph_compiler.codegen.pytorch import torch_code, torch_weights

__all__ = [
    "DataSnippet",
    "keras_code",
    "mermaid",
    "notebook",
    "sample_inputs",
    "synthetic_data",
    "torch_code",
    "torch_weights",
]
