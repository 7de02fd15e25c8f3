"""Vocabularies and other things learnt from data, in files of the real Keras and in ours.

Keras has layers for texts only where TensorFlow is: the golden files were written by Keras 3.15 on TensorFlow
2.21, see text_models.py. Where TensorFlow is installed, the real Keras reads our files, too.
"""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from runtime import layers, models
from runtime.errors import FileFormatError, NotBuiltError
from tests.runtime.saving.text_models import ASKED, MODELS, answers

GOLDEN = Path(__file__).parent / "golden"
ANSWERS = json.loads((GOLDEN / "answers.json").read_text("utf-8"))
NUMBERS = np.random.default_rng(4).normal(2, 3, (64, 3)).astype("float32")
every_model = pytest.mark.parametrize("name", MODELS)


def same(got, wanted):
    assert len(got) == len(wanted)
    for mine, real in zip(got, wanted, strict=True):
        np.testing.assert_allclose(np.array(mine), np.array(real), rtol=1e-5, atol=1e-6)


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, target, **changed):
    """An archive with other members; a member that is None is left out."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (contents(path) | changed).items():
            if content is not None:
                archive.writestr(name, content)
    return target


@every_model
def test_files_of_keras_bring_what_was_learnt(name):
    same(answers(name, models.load_model(GOLDEN / f"{name}.keras")), ANSWERS[name])


@every_model
def test_our_files_hold_what_those_of_keras_hold(name, tmp_path):
    model = models.load_model(GOLDEN / f"{name}.keras")
    model.save(tmp_path / "again.keras")
    ours, theirs = contents(tmp_path / "again.keras"), contents(GOLDEN / f"{name}.keras")
    assert {key: ours[key] for key in ours if key.startswith("assets/")} == {
        key: theirs[key] for key in theirs if key.startswith("assets/")
    }
    configs = [json.loads(members["config.json"])["config"]["layers"] for members in (ours, theirs)]
    for mine, real in zip(*configs, strict=True):
        assert bool(mine["config"].get("vocabulary")) == bool(real["config"].get("vocabulary"))
        if not mine["config"].get("vocabulary"):
            assert mine["config"].get("vocabulary_size") == real["config"].get("vocabulary_size")
    same(answers(name, models.load_model(tmp_path / "again.keras")), ANSWERS[name])


@every_model
def test_what_our_layers_have_learnt_comes_back(name, tmp_path):
    model = MODELS[name](layers, models)
    for ending in ("keras", "h5"):
        model.save(tmp_path / f"model.{ending}")
        again = models.load_model(tmp_path / f"model.{ending}")
        same(answers(name, again), answers(name, model))
    model.save_weights(tmp_path / "model.weights.h5")
    # A layer that came back from an archive can learn anew, as in Keras.
    again = models.load_model(tmp_path / "model.keras")
    for layer in again.layers:
        if getattr(layer, "learns_from_data", False):
            layer.adapt([1, 2] if "ids" in layer.name else ["new", "words"])


@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="Keras needs TensorFlow for texts")
def test_the_real_keras_reads_our_files(tmp_path):
    ours = {name: make(layers, models) for name, make in MODELS.items()}
    for name, model in ours.items():
        model.save(tmp_path / f"{name}.keras")
    run = subprocess.run(
        [sys.executable, "-m", "tests.runtime.saving.text_models", "read", str(tmp_path)],
        env=os.environ | {"KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout.splitlines()[-1])
    for name, model in ours.items():
        same(found[name], answers(name, model))


def test_in_h5_keras_loses_what_was_learnt_and_we_do_not(tmp_path):
    model = models.load_model(GOLDEN / "words.h5")
    with pytest.raises(NotBuiltError, match="no vocabulary yet"):
        model(np.array(ASKED))
    models.load_model(GOLDEN / "words.keras").save(tmp_path / "words.h5")
    same(answers("words", models.load_model(tmp_path / "words.h5")), ANSWERS["words"])


def numeric(library):
    scaled, ranges = library.Normalization(name="scaled"), library.Discretization(num_bins=4, name="ranges")
    scaled.adapt(NUMBERS)
    # Keras's adapt() of this layer needs TensorFlow, these two do not.
    ranges.update_state(NUMBERS)
    ranges.finalize_state()
    inputs = library.Input((3,))
    return inputs, [scaled(inputs), ranges(inputs)]


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_means_and_ranges_go_both_ways(ending, tmp_path):
    ours, theirs = models.Model(*numeric(layers)), keras.Model(*numeric(keras.layers))
    wanted = theirs.predict(NUMBERS, verbose=0)
    for mine, real in zip(ours.predict(NUMBERS, verbose=0), wanted, strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-6)
    ours.save(tmp_path / f"ours.{ending}")
    theirs.save(tmp_path / f"theirs.{ending}")
    readers = (
        keras.models.load_model(tmp_path / f"ours.{ending}", compile=False),
        models.load_model(tmp_path / f"theirs.{ending}", compile=False),
    )
    for again in readers:
        for mine, real in zip(again.predict(NUMBERS, verbose=0), wanted, strict=True):
            np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-6)


def test_words_that_are_no_lines_stand_in_the_config(tmp_path):
    model = models.Sequential([layers.Input((1,), dtype="string"), layer := layers.StringLookup()])
    layer.adapt(["two\nlines", "one"])
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert again.layers[0].get_vocabulary() == layer.get_vocabulary()


def test_texts_go_into_models_as_lists_and_arrays():
    model = models.load_model(GOLDEN / "words.keras")
    flat = [row[0] for row in ASKED]
    wanted = np.array(ANSWERS["words"][0])
    for texts in (flat, ASKED, np.array(flat), np.array(ASKED, dtype=object), np.array(ASKED, dtype="S")):
        np.testing.assert_allclose(
            model.predict(texts, batch_size=2, verbose=0), wanted, rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(model(texts).detach(), wanted, rtol=1e-5, atol=1e-6)


ASSET = "assets/layers/text_vectorization/vocabulary.txt"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\n[UNK]\nthe\nthe\nsat\ndog\ncat\na\nran", "stands more than once"),
        (b"\n[UNK]\nthe", "was to have 9 tokens, but has 3"),
        (b"\xff\xfe\n", "is broken"),
    ],
    ids=["repeated", "too few", "no text"],
)
def test_broken_vocabularies_are_told(content, message, tmp_path):
    path = rewritten(GOLDEN / "words.keras", tmp_path / "broken.keras", **{ASSET: content})
    with pytest.raises(FileFormatError, match=message):
        models.load_model(path)


def test_ids_that_are_no_numbers_are_told(tmp_path):
    asset = "assets/layers/integer_lookup/vocabulary.txt"
    path = rewritten(GOLDEN / "lookups.keras", tmp_path / "broken.keras", **{asset: b"-1\n7\nx\n9"})
    with pytest.raises(FileFormatError, match="IntegerLookup 'ids' cannot have learnt"):
        models.load_model(path)


def test_a_packed_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (contents(GOLDEN / "words.keras") | {ASSET: b"a" * 2**26}).items():
            archive.writestr(name, content)
    with pytest.raises(FileFormatError, match="claims"):
        models.load_model(path)


def test_an_archive_without_its_vocabulary_waits_for_one(tmp_path):
    removed = {ASSET: None, "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt": None}
    path = rewritten(GOLDEN / "words.keras", tmp_path / "without.keras", **removed)
    model = models.load_model(path)
    with pytest.raises(NotBuiltError, match="no vocabulary yet"):
        model(np.array(ASKED))
