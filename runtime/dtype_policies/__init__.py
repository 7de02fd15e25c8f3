"""In which element types layers compute and keep their weights.

Source: https://keras.io/api/mixed_precision/policy/
"""

from runtime.dtype_policies.finding import deserialize, get, serialize
from runtime.dtype_policies.finding import load_map as __getattr__  # noqa: F401 (Python itself calls it)
from runtime.dtype_policies.policy import DTypePolicy, FloatDTypePolicy

__all__ = [
    "DTypePolicy",
    "DTypePolicyMap",  # type: ignore[reportUnsupportedDunderAll] (loaded when a program names it)
    "FloatDTypePolicy",
    "deserialize",
    "get",
    "serialize",
]
