"""Torch's kernels that change all weights in one call.

`torch.optim` stands on the same functions, but costs a second and 70 MB to start, and has other formulas
than Keras.
"""

from typing import Any

import torch

kernels: Any = torch
"""Where the functions are found; their names begin with an underscore, so type checkers do not see them."""
