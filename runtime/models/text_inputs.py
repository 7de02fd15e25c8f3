"""Models that are given texts: they predict, but train on the numbers that texts were turned into."""

from typing import Any

import numpy as np
import torch

from runtime.data.nested import flatten, packer
from runtime.errors import DataError
from runtime.layers.texts import as_texts, is_list_of_texts, is_text
from runtime.types import TEXT


def reads_texts(model: Any) -> bool:
    """True if one of a model's inputs is for texts."""
    # A sequential model that is not built yet has no inputs to ask for.
    inputs = getattr(model, "inputs", None) if model.built else None
    return any(tensor.dtype == TEXT for tensor in inputs or ())


def predict_texts(model: Any, x: Any, batch_size: int) -> Any:
    """Predictions of a model with texts among its inputs.

    Args:
        model: A built model.
        x: A list or array of texts; a list or dict of arrays for several inputs.
        batch_size: Rows at a time.

    Returns:
        An array, or a list or dict of them as the model has outputs.

    Raises:
        DataError: The inputs have different numbers of rows.
    """
    if isinstance(x, dict):
        x = [x[name] for name in model.input_names if name in x]
    single = not isinstance(x, list | tuple) or (is_list_of_texts(x) and len(model.inputs) == 1)
    arrays = [
        as_texts(values, model.label) if is_text(values) else np.asarray(values)
        for values in ([x] if single else x)
    ]
    if len({len(array) for array in arrays}) != 1:
        raise DataError(
            f"{model.label} got inputs of {', '.join(str(len(array)) for array in arrays)} rows.",
            hint="Give as many rows for each input.",
        )
    outputs: list[Any] = []
    with torch.no_grad():
        for start in range(0, len(arrays[0]), batch_size):
            batch = [array[start : start + batch_size] for array in arrays]
            outputs.append(model(batch if len(batch) > 1 else batch[0], training=False))
    columns = zip(*(flatten(output) for output in outputs), strict=True)
    return packer(outputs[0])[0]([torch.cat(column).cpu().numpy() for column in columns])
