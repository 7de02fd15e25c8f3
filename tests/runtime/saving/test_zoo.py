"""Models of every kind go to the real Keras and come from it, in every kind of file, and predict the same."""

from functools import cache
from pathlib import Path
from typing import Any

import h5py
import keras
import pytest

from runtime.models import clone_model, load_model, model_from_json
from runtime.naming import clear_session
from tests.runtime.saving.zoo import ZOO, Builder, assert_same_outputs, ours, samples, stir, theirs

# The real Keras hands its weights to h5py in a way that numpy wants otherwise.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # The name that both Keras 2 and Keras 3 read.
    pytest.mark.filterwarnings("ignore:Argument `alpha` is deprecated:UserWarning"),
]

# Each is built once; every test begins by giving it weights.
mine_of, real_of = cache(ours), cache(theirs)

for_each_model = pytest.mark.parametrize("build", ZOO, ids=lambda build: build.__name__)
in_whole_files = pytest.mark.parametrize("ending", [".h5", ".keras"])
in_weight_files = pytest.mark.parametrize("ending", [".h5", ".weights.h5"])


@for_each_model
@in_whole_files
def test_from_keras_to_here(build: Builder, ending: str, tmp_path: Path) -> None:
    real = real_of(build)
    stir(real)
    real.save(tmp_path / f"m{ending}")
    mine = load_model(tmp_path / f"m{ending}")
    assert_same_outputs(mine, real, samples(real))
    assert [layer.name for layer in mine.layers] == [layer.name for layer in real.layers]


@for_each_model
@in_whole_files
def test_from_here_to_keras(build: Builder, ending: str, tmp_path: Path) -> None:
    mine = mine_of(build)
    stir(mine)
    mine.save(tmp_path / f"m{ending}")
    real = keras.saving.load_model(tmp_path / f"m{ending}")
    assert_same_outputs(mine, real, samples(mine))
    assert _no_masks(listed(real.get_config())) == _no_masks(_as_keras_reads_it(build))


@for_each_model
@in_weight_files
def test_weights_go_both_ways(build: Builder, ending: str, tmp_path: Path) -> None:
    real, mine = real_of(build), mine_of(build)
    stir(mine)
    mine.save_weights(tmp_path / f"m{ending}")
    real.load_weights(tmp_path / f"m{ending}")
    assert_same_outputs(mine, real, samples(mine))
    if ending == ".weights.h5":
        stir(real, seed=4)
        real.save_weights(tmp_path / f"real{ending}")
        mine.load_weights(tmp_path / f"real{ending}")
        assert_same_outputs(mine, real, samples(mine))


@for_each_model
def test_the_layout_is_keras_own(build: Builder, tmp_path: Path) -> None:
    """The same groups, names and shapes, as h5py sees them.

    The paths in `weight_names` may differ (the real Keras puts a sequential model's name before them).
    """
    for ending in (".h5", ".weights.h5"):
        real, mine = real_of(build), mine_of(build)
        save = "save" if ending == ".h5" else "save_weights"
        getattr(real, save)(tmp_path / f"real{ending}")
        getattr(mine, save)(tmp_path / f"mine{ending}")
        names = ("weight_names",) if ending == ".h5" else ()
        assert _layout(tmp_path / f"mine{ending}", names) == _layout(tmp_path / f"real{ending}", names)


@for_each_model
@in_whole_files
def test_what_is_loaded_is_saved_again_alike(build: Builder, ending: str, tmp_path: Path) -> None:
    mine = mine_of(build)
    stir(mine)
    mine.save(tmp_path / f"m{ending}")
    again = load_model(tmp_path / f"m{ending}")
    assert again.get_config() == mine.get_config()
    assert_same_outputs(again, mine, samples(mine))
    again.save(tmp_path / f"n{ending}")
    third = load_model(tmp_path / f"n{ending}")
    assert third.get_config() == mine.get_config()


@for_each_model
def test_descriptions_go_both_ways(build: Builder) -> None:
    real, mine = real_of(build), mine_of(build)
    again = keras.models.model_from_json(mine.to_json())
    assert _no_masks(listed(again.get_config())) == _no_masks(_as_keras_reads_it(build))
    clear_session()
    from_keras = model_from_json(real.to_json())
    stir(from_keras)
    mine.set_weights(from_keras.get_weights())
    assert_same_outputs(from_keras, mine, samples(mine))


@for_each_model
def test_a_clone_computes_the_same_once_it_has_the_weights(build: Builder) -> None:
    mine = mine_of(build)
    stir(mine)
    copy = clone_model(mine)
    assert copy.get_config() == mine.get_config()
    copy.set_weights(mine.get_weights())
    assert_same_outputs(copy, mine, samples(mine))
    assert not {id(weight) for weight in copy.weights} & {id(weight) for weight in mine.weights}


def _layout(path: Path, shortened: tuple[str, ...]) -> list[Any]:
    found: list[Any] = []

    def note(name: str, member: Any) -> None:
        attributes = {key: _plain(value) for key, value in member.attrs.items()}
        for key in attributes.keys() & set(shortened):
            attributes[key] = [text.split("/")[-1] for text in attributes[key]]
        if isinstance(member, h5py.Dataset):
            place = name.rsplit("/", maxsplit=1)[-1] if shortened else name
            found.append((place, member.shape, str(member.dtype), attributes))
        elif attributes and (shortened or len(member)):
            found.append((name, attributes))

    with h5py.File(path) as file:
        file.visititems(note)
    return sorted(found, key=str)


@cache
def _as_keras_reads_it(build: Builder) -> Any:
    """The real Keras forgets some things in its own configs, such as `trainable` of a sequential model."""
    real = real_of(build)
    return listed(type(real).from_config(real.get_config()).get_config())


def _no_masks(config: Any) -> Any:
    """A config without the operations that compute masks: not written here, found anew by the real Keras."""
    config = listed(config)
    layers = [layer for layer in config["layers"] if not layer["module"].startswith("keras.src.ops")]
    for layer in layers:
        for node in layer.get("inbound_nodes", []):
            node["kwargs"].pop("mask", None)
    return {**config, "layers": layers}


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def listed(config: Any) -> Any:
    """A config as JSON has it: without tuples."""
    if isinstance(config, dict):
        return {key: listed(value) for key, value in config.items()}
    return [listed(item) for item in config] if isinstance(config, list | tuple) else config
