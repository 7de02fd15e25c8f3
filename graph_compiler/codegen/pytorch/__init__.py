"""A design as a program in plain PyTorch, and its weights."""

from graph_compiler.codegen.pytorch.module import torch_weights
from graph_compiler.codegen.pytorch.program import torch_code

__all__ = ["torch_code", "torch_weights"]
