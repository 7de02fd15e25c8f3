"""Weights that let something through: fresh ones make the numbers of a deep model vanish."""

import numpy as np


def random_weights(model, seed=0):
    """Weights by which numbers neither vanish nor explode."""
    random = np.random.default_rng(seed)
    filled = []
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name == "count":
            value = np.zeros(shape, "int32")
        elif weight.name in ("gamma", "moving_variance", "variance"):
            value = random.uniform(0.8, 1.2, shape)
        elif len(shape) > 1:
            # Depthwise kernels meet one feature map only.
            inputs = np.prod(shape[:-2] if "depthwise" in weight.path else shape[:-1])
            value = random.normal(0, np.sqrt(2 / inputs), shape)
        else:
            value = random.uniform(-0.1, 0.1, shape)
        filled.append(np.asarray(value, "int32" if weight.name == "count" else "float32"))
    return filled
