"""Files of Keras 2.0 to 2.15 open with the predictions of the model they were made from."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from runtime.models import load_model
from tests.runtime.saving.old_files import DIALECTS, write
from tests.runtime.saving.zoo import ZOO, Builder, assert_same_outputs, samples, stir, theirs

NEWER = {
    # Keras 2.0 had no attention, no normalization over features and no such GRU.
    "2.0.8": {"attentive", "scored", "gates", "both_directions", "words"},
}


@cache
def real_of(build: Builder) -> Any:
    model = theirs(build)
    stir(model)
    return model


def _cases() -> list[Any]:
    return [
        pytest.param(build, version, id=f"{build.__name__}-{version}")
        for build in ZOO
        for version in DIALECTS
        if build.__name__ not in NEWER.get(version, ())
    ]


@pytest.mark.parametrize(("build", "version"), _cases())
def test_a_model_opens(build: Builder, version: str, tmp_path: Path) -> None:
    real = real_of(build)
    write(tmp_path / "m.h5", real, DIALECTS[version])
    opened = load_model(tmp_path / "m.h5")
    assert_same_outputs(opened, real, samples(real))
    if (build.__name__, version) != ("three_deep", "2.0.8"):
        # The first Keras 2 wrote no names of models in a bare list.
        assert [layer.name for layer in opened.layers] == [layer.name for layer in real.layers]
