"""Start values have the distributions of Keras's: mean, variance and, by Kolmogorov and Smirnov, shape."""

from typing import Any

import keras
import numpy as np
import pytest
from scipy.stats import ks_2samp

from runtime import initializers

SHAPES = [(120, 80), (3, 3, 20, 40)]
RANDOM: dict[str, dict[str, Any]] = {
    "RandomNormal": {"mean": 0.5, "stddev": 0.2},
    "RandomUniform": {"minval": -0.3, "maxval": 0.8},
    "TruncatedNormal": {"mean": -0.5, "stddev": 0.4},
    "VarianceScaling": {"scale": 2.0, "mode": "fan_avg", "distribution": "uniform"},
    "GlorotNormal": {},
    "GlorotUniform": {},
    "HeNormal": {},
    "HeUniform": {},
    "LecunNormal": {},
    "LecunUniform": {},
    "Orthogonal": {"gain": 1.5},
}
FIXED = {"Zeros", "Ones", "Constant", "Identity", "STFT"}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", RANDOM)
def test_start_values_are_distributed_as_in_keras(name: str, shape: tuple[int, ...]) -> None:
    draws = [
        np.asarray(getattr(lib, name)(**RANDOM[name], seed=11)(shape)).ravel().astype("float64")
        for lib in (initializers, keras.initializers)
    ]
    mine, theirs = draws
    spread = theirs.std()
    # Five standard errors: a false alarm once in a million.
    assert abs(mine.mean() - theirs.mean()) < 5 * spread * (2 / len(mine)) ** 0.5
    assert mine.std() == pytest.approx(spread, rel=5 * (1 / len(mine)) ** 0.5)
    assert ks_2samp(mine, theirs, method="asymp").pvalue > 1e-4
    assert abs(mine - mine.mean()).max() == pytest.approx(abs(theirs - theirs.mean()).max(), rel=0.25)


def test_every_initializer_is_compared() -> None:
    # Those without chance are held to Keras's numbers elsewhere.
    assert {name for name in initializers.registry.names() if name[0].isupper()} <= set(RANDOM) | FIXED
