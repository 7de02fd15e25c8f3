from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graph_compiler.codegen import keras_code
from runtime.errors import ExportError
from tests.graph_compiler.codegen.test_keras import awkward, formatted, namespace
from tests.graph_compiler.designs import DESIGNS, branches, cnn, learning, mlp, text_model
from tests.graph_compiler.torch_designs import shared_layers

GOLDEN = Path(__file__).parents[1] / "golden" / "sequential"
CHAINS = {"cnn": cnn, "text_model": text_model}


@pytest.mark.parametrize("name", CHAINS)
def test_the_program_is_as_it_was(name, tmp_path):
    code = keras_code(CHAINS[name](), style="auto")
    assert code == (GOLDEN / f"{name}.txt").read_text("utf-8")
    (tmp_path / "program.py").write_text(code, "utf-8")
    run = formatted(tmp_path / "program.py")
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("name", CHAINS)
def test_both_styles_make_the_same_model(name):
    document = CHAINS[name]()
    chain: Any = namespace(keras_code(document, style="sequential"))["model"]
    other: Any = namespace(keras_code(document))["model"]
    assert isinstance(chain, keras.Sequential)
    assert [layer.name for layer in chain.layers] == [layer.name for layer in other.layers[1:]]
    chain.set_weights(other.get_weights())
    shape = [4, *(size or 6 for size in chain.input_shape[1:])]
    sample = np.random.default_rng(0).integers(2, size=shape).astype(chain.inputs[0].dtype)
    np.testing.assert_allclose(chain.predict(sample, verbose=0), other.predict(sample, verbose=0), rtol=1e-6)


@pytest.mark.parametrize("design", [branches, learning, shared_layers, awkward])
def test_what_is_no_chain_is_written_in_functional_style(design):
    assert "keras.Sequential" not in keras_code(design(), style="auto")
    with pytest.raises(ExportError, match="no chain of layers"):
        keras_code(design(), style="sequential")


def test_the_style_is_functional_if_nothing_is_said():
    assert "keras.Model(" in keras_code(mlp())
    assert "keras.Sequential(" in keras_code(DESIGNS["mlp"](), style="auto")
