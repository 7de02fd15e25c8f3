"""Published image models, at a small size, go to the real Keras and come from it in whole files.

Two of them in each run, all with APPLICATIONS_ALL=1.
"""

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from runtime import applications
from runtime.models import load_model
from runtime.naming import clear_session
from tests.runtime.applications.filling import random_weights
from tests.runtime.saving.zoo import outputs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OPTIONS: dict[str, dict[str, Any]] = {
    "MobileNetV2": {"input_shape": (32, 32, 3), "alpha": 0.35, "classes": 5},
    "EfficientNetB0": {"input_shape": (32, 32, 3), "classes": 5},
    "DenseNet121": {"input_shape": (32, 32, 3), "include_top": False},
    "InceptionV3": {"input_shape": (75, 75, 3), "include_top": False},
    "ResNet50": {"input_shape": (32, 32, 3), "include_top": False},
    "ResNet50V2": {"input_shape": (32, 32, 3), "include_top": False},
    "VGG16": {"input_shape": (32, 32, 3), "include_top": False},
    "Xception": {"input_shape": (71, 71, 3), "include_top": False},
}
TRIED = list(OPTIONS) if os.environ.get("APPLICATIONS_ALL") else list(OPTIONS)[:2]


@pytest.mark.parametrize("name", TRIED)
def test_both_ways(name: str, tmp_path: Path) -> None:
    clear_session()
    keras.utils.clear_session()
    ours = getattr(applications, name)(weights=None, **OPTIONS[name])
    theirs = getattr(keras.applications, name)(weights=None, **OPTIONS[name])
    filled = random_weights(theirs)
    images = np.random.default_rng(1).uniform(0, 1, (2, *OPTIONS[name]["input_shape"])).astype("float32")
    theirs.set_weights(filled)
    ours.set_weights(filled)
    # 1e-4 of the largest number, as the rounding of many layers adds up.
    wanted = outputs(ours, images)[0]
    scale = float(abs(wanted).max())
    for ending in (".keras", ".h5"):
        path = tmp_path / f"m{ending}"
        for writer, read in ((ours, keras.saving.load_model), (theirs, load_model)):
            writer.save(path)
            found: Any = read(path)
            assert [layer.name for layer in found.layers] == [layer.name for layer in ours.layers]
            for one, two in zip(found.get_weights(), filled, strict=True):
                np.testing.assert_array_equal(one, two)
            np.testing.assert_allclose(outputs(found, images)[0], wanted, rtol=1e-4, atol=1e-4 * scale)
            path.unlink()
