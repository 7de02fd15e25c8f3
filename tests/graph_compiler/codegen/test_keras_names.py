"""Optimizers, losses and metrics by name: each name of a design is one that the real Keras takes."""

import ast
from typing import Any

import keras
import pytest

from graph_compiler import analyze
from graph_compiler.codegen import keras_code, torch_code
from graph_compiler.compile_settings import Part
from graph_compiler.document import GraphDocument
from runtime.layers.parameters import find_registry
from runtime.registries import snake_case
from tests.graph_compiler.designs import mlp

ARGUMENTS: dict[Part, str] = {"optimizers": "optimizer", "losses": "loss", "metrics": "metrics"}
ALIASES: dict[Part, tuple[str, ...]] = {
    "optimizers": (),
    "losses": ("bce", "mse", "kld", "kullback_leibler_divergence", "logcosh", "cosine_proximity"),
    "metrics": ("mae", "kld", "KLD", "rmse", "RMSE", "logcosh"),
}


def with_name(part: Part, name: str) -> GraphDocument:
    """A design that has an optimizer, a loss or a metric of that name."""
    document = mlp()
    value = (name,) if part == "metrics" else name
    update = {"learning_rate": None, "loss": "mse", "metrics": (), ARGUMENTS[part]: value}
    return document.model_copy(update={"compile": document.compile.model_copy(update=update)})


def written(document: GraphDocument, part: Part) -> Any:
    """What the program of a design gives to `compile`."""
    tree = ast.parse(keras_code(document))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (compiled,) = (one for one in calls if ast.unparse(one.func) == "model.compile")
    (code,) = (ast.unparse(one.value) for one in compiled.keywords if one.arg == ARGUMENTS[part])
    value = eval(code, {"keras": keras})
    return value[0] if part == "metrics" else value


def is_found(part: Part, name: str) -> bool:
    """True if Keras knows the name."""
    try:
        getattr(keras, part).get(name)
    except ValueError:
        return False
    return True


def names_of(part: Part) -> list[str]:
    """All names a design may have."""
    own = find_registry(part).names()
    names = sorted({*own, *map(snake_case, own), *ALIASES[part]})
    return [name for name in names if analyze(with_name(part, name)).ok]


@pytest.mark.parametrize("part", ARGUMENTS)
def test_a_name_is_written_as_text_where_keras_finds_it(part: Part) -> None:
    names = names_of(part)
    assert len(names) > 20
    values = {name: written(with_name(part, name), part) for name in names}
    wrong = {name for name, value in values.items() if isinstance(value, str) != is_found(part, name)}
    assert wrong == set()


@pytest.mark.parametrize("part", ARGUMENTS)
def test_what_keras_does_not_find_is_written_as_an_object(part: Part) -> None:
    lost = [name for name in names_of(part) if not is_found(part, name)]
    assert lost
    for name in lost:
        value = written(with_name(part, name), part)
        own = find_registry(part).lookup(name)
        wanted = snake_case(own.__name__)
        assert wanted in (snake_case(type(value).__name__), getattr(value, "__name__", ""))
        assert callable(value) or isinstance(value, keras.optimizers.Optimizer)


@pytest.mark.parametrize("loss", ["categorical_generalized_cross_entropy", "circle"])
def test_targets_of_losses_for_class_numbers_are_class_numbers(loss: str) -> None:
    assert "y_train = rng.integers(3, size=256)" in keras_code(with_name("losses", loss))


@pytest.mark.parametrize(
    "loss", ["categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"]
)
def test_class_numbers_are_whole_in_pytorch(loss: str) -> None:
    assert "torch.as_tensor(y_train, dtype=torch.int64)" in torch_code(with_name("losses", loss))
