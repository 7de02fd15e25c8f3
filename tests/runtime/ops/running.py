"""Runs the calls of `calls.py` here and with the real Keras."""

import os
import re
from typing import Any

import numpy as np
import torch

from tests.runtime.ops.calls import names_in

BATCHED = ("x", "y", "p", "q", "n", "m", "a", "i", "c", "s", "img", "vol", "rows")
"""The names whose first axis is the batch."""


def run(library: Any, call: str, names: dict[str, Any]) -> Any:
    """What a call gives."""
    functions = {name: getattr(library, name) for name in dir(library) if not name.startswith("_")}
    if call.startswith("get_item"):
        functions["slice"] = slice
    return eval(call, {**functions, **names})


def flat(result: Any) -> list[Any]:
    """All results of a call in one list."""
    return [leaf for item in result for leaf in flat(item)] if isinstance(result, list | tuple) else [result]


def used(call: str) -> list[str]:
    """The batched names in a call."""
    return [name for name in BATCHED if re.search(rf"(?<![\w.'\"]){name}\b(?!['\"=])", call)]


def comparable(value: torch.Tensor) -> np.ndarray:
    """A tensor as numbers that numpy compares."""
    wide = torch.complex128 if value.is_complex() else torch.float64
    return value.detach().resolve_conj().to(wide).numpy()


def assert_same(got: Any, wanted: Any, *, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """The same values, shapes and element types."""
    assert len(flat(got)) == len(flat(wanted))
    for ours, theirs in zip(flat(got), flat(wanted), strict=True):
        if not isinstance(theirs, torch.Tensor):
            assert type(ours) is type(theirs)
            assert np.all(ours == theirs)
            continue
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(comparable(ours), comparable(theirs), rtol=rtol, atol=atol)


ALL_CALLS = bool(os.environ.get("LAYERLOOM_ALL_CALLS"))


def chosen(calls: list[str]) -> list[str]:
    """One call for each function; all of them, if the environment asks for it."""
    return calls if ALL_CALLS else list({names_in(call): call for call in reversed(calls)}.values())
