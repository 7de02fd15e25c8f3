"""Computing in half precision with weights in float32: the names Keras has for it from of old.

Source: https://keras.io/api/mixed_precision/
"""

from runtime.dtype_policies.policy import DTypePolicy, dtype_policy, set_dtype_policy
from runtime.optimizers.loss_scale import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
