"""What flows through ports, and what layers take."""

import pytest

from graph_compiler.kinds import accepted_kinds, kind_of
from runtime.types import TensorSpec


@pytest.mark.parametrize(
    ("shape", "dtype", "kind"),
    [
        ((None, 4), "float32", "features"),
        ((None, 9, 4), "float16", "sequence"),
        ((None, 9, 9, 3), "float32", "image"),
        ((None, 9, 9, 9, 3), "float32", "volume"),
        ((None, 9), "int32", "ids"),
        ((None, 1), "string", "text"),
        ((None,), "float32", "other"),
        ((None, 4), "bool", "other"),
    ],
)
def test_a_kind_is_told_by_axes_and_by_what_is_held(
    shape: tuple[int | None, ...], dtype: str, kind: str
) -> None:
    assert kind_of(TensorSpec(shape, dtype)) == kind


@pytest.mark.parametrize(
    ("layer", "params", "kinds"),
    [
        ("Conv2D", {"filters": 4, "kernel_size": [3, 3]}, {"inputs": ("image",)}),
        ("LSTM", {"units": 4}, {"sequences": ("sequence",)}),
        ("Dense", {"units": 4}, {}),
        ("Add", {}, {}),
        ("Embedding", {"input_dim": 9, "output_dim": 4}, {}),
        ("Conv2D", {"filters": -1}, {}),
        ("NoSuchLayer", {}, {}),
    ],
)
def test_what_a_layer_takes_is_found_by_trying(
    layer: str, params: dict[str, object], kinds: dict[str, tuple[str, ...]]
) -> None:
    assert accepted_kinds(layer, params) == kinds
