"""In which element types layers compute and keep their weights.

Source: https://keras.io/api/mixed_precision/policy/
"""

from runtime.dtype_policies.finding import deserialize, get, serialize
from runtime.dtype_policies.policy import DTypePolicy, FloatDTypePolicy
from runtime.dtype_policies.policy_map import DTypePolicyMap

__all__ = ["DTypePolicy", "DTypePolicyMap", "FloatDTypePolicy", "deserialize", "get", "serialize"]
