"""Models as programs of torch: read back without the code that made them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from runtime import Input, Model, layers
from runtime.errors import FileFormatError
from tests.runtime.export.exporting import assert_close, predicted, random_inputs

READER = """
import sys, numpy, torch
given = [torch.as_tensor(numpy.load(path)) for path in sys.argv[2:]]
for number, one in enumerate(torch.export.load(sys.argv[1]).module()(*given)):
    numpy.save(f"out{number}.npy", one.detach().numpy())
assert "runtime" not in sys.modules
"""


def test_a_program_runs_where_only_torch_is(tmp_path: Path) -> None:
    ids, numbers = Input((5,), dtype="int32", name="ids"), Input((3,), name="numbers")
    x = layers.LSTM(4)(layers.Embedding(9, 4, mask_zero=True)(ids))
    joined = layers.Concatenate(name="joined")([layers.BatchNormalization()(numbers), x])
    model = Model([ids, numbers], [joined, layers.Dense(2, name="end")(joined)])
    receipt = model.export(tmp_path / "m.pt2", format="torch", verbose=False)
    assert receipt.largest_difference == pytest.approx(0, abs=1e-6)
    assert receipt.inputs == {"ids": ("batch", 5), "numbers": ("batch", 3)}
    assert receipt.outputs == {"joined": ("batch", 7), "end": ("batch", 2)}
    arrays = random_inputs(model, 6)
    for name, array in zip(receipt.inputs, arrays, strict=True):
        np.save(tmp_path / f"{name}.npy", array)
    command = [sys.executable, "-I", "-W", "ignore", "-c", READER, "m.pt2", "ids.npy", "numbers.npy"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert_close([np.load(tmp_path / f"out{number}.npy") for number in range(2)], predicted(model, arrays))


def test_the_name_must_be_the_one_torch_wants(tmp_path: Path) -> None:
    start = Input((3,))
    with pytest.raises(FileFormatError, match=r"\.pt2"):
        Model(start, layers.Dense(1)(start)).export(tmp_path / "m.pt", format="torch")
