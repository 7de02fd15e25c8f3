"""Names resolve to what is registered and to nothing else."""

import pytest

from runtime.configurable import Configurable
from runtime.errors import FileFormatError, ParameterError, UnknownNameError
from runtime.registries import Registry, snake_case


@pytest.fixture
def registry() -> Registry:
    made: Registry = Registry("thing", "keras.things")

    @made.register(aliases=("two",))
    class PairOfThings(Configurable):
        def __init__(self, first: int = 1, second: int = 2) -> None:
            self.total = first + second

    @made.register
    def double(x: float) -> float:
        return 2 * x

    return made


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Dense", "dense"),
        ("MaxPooling2D", "max_pooling2d"),
        ("LSTM", "lstm"),
        ("BatchNormalization", "batch_normalization"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("ReLU", "re_lu"),
        ("GlobalAveragePooling1D", "global_average_pooling1d"),
    ],
)
def test_snake_case_is_as_in_keras(name: str, snake: str) -> None:
    from keras.src.utils.naming import to_snake_case

    assert snake_case(name) == snake == to_snake_case(name)


def test_names_aliases_and_configs_find_the_same(registry: Registry) -> None:
    assert registry.get("PairOfThings").total == 3
    assert registry.get("pair_of_things").total == 3
    assert registry.get("two").total == 3
    config = {"class_name": "PairOfThings", "config": {"first": 5}}
    assert registry.get(config).total == 7
    assert registry.get("double")(4) == 8
    assert registry.get(None) is None
    assert registry.names() == ("PairOfThings", "double")


def test_serialized_objects_come_back(registry: Registry) -> None:
    made = registry.lookup("PairOfThings")(first=8)
    written = registry.serialize(made)
    assert written == {
        "module": "keras.things",
        "class_name": "PairOfThings",
        "config": {"first": 8, "second": 2},
        "registered_name": None,
    }
    assert registry.get(written).total == 10
    assert registry.serialize(registry.get("double")) == "double"


def test_unknown_names_suggest_close_ones(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown thing 'doubel'\. Did you mean 'double'\?"):
        registry.get("doubel")


def test_what_is_no_member_is_refused(registry: Registry) -> None:
    with pytest.raises(ParameterError, match="3 is no thing"):
        registry.get(3)
    with pytest.raises(FileFormatError, match="no class_name"):
        registry.get({"klass": "PairOfThings"})


def test_a_config_cannot_reach_outside_the_registry(registry: Registry) -> None:
    with pytest.raises(UnknownNameError):
        registry.get({"module": "os", "class_name": "system", "config": {"command": "true"}})
    with pytest.raises(UnknownNameError):
        registry.get({"module": "builtins", "class_name": "function", "config": "eval"})
