"""Models whose layers have learnt vocabularies: written and read by the real Keras on TensorFlow.

Run from the root of the project, with Keras and TensorFlow installed:
`python -m tests.runtime.saving.text_models write FOLDER` writes the golden files,
`python -m tests.runtime.saving.text_models read FOLDER` prints what Keras makes of the files there, as JSON.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

TEXTS = ["The cat sat.", "a dog ran", "the dog sat on a cat"]
ASKED: list[Any] = [["the dog"], ["zebra on a CAT!"], [""]]
WORDS = ["b", "a", "b", "c"]
IDS = [5, 7, 7, 40]
ASKED_WORDS: list[Any] = [["a"], ["z"], ["b"]]
ASKED_IDS = [[5, 7], [40, 9], [7, 7]]


def words(layers: Any, models: Any) -> Any:
    """Sequences of words into an embedding."""
    inputs = layers.Input((1,), dtype="string")
    vectorized = layers.TextVectorization(output_sequence_length=5, name="words")
    vectorized.adapt(TEXTS)
    found = layers.Embedding(vectorized.vocabulary_size(), 3)(vectorized(inputs))
    return models.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(found)))


def rare_words(layers: Any, models: Any) -> Any:
    """Rows of words, weighed by how rare they are."""
    inputs = layers.Input((1,), dtype="string")
    vectorized = layers.TextVectorization(output_mode="tf_idf", ngrams=2, name="rare_words")
    vectorized.adapt(TEXTS)
    return models.Model(inputs, vectorized(inputs))


def lookups(layers: Any, models: Any) -> Any:
    """Words and ids, learnt and stated, and bins of both."""
    word, ids = layers.Input((1,), dtype="string"), layers.Input((2,), dtype="int64")
    learnt = layers.StringLookup(output_mode="multi_hot", num_oov_indices=2, name="learnt")
    learnt.adapt(WORDS)
    stated = layers.StringLookup(vocabulary=["c", "a"], name="stated")
    rows = layers.IntegerLookup(output_mode="one_hot", name="ids")
    rows.adapt(IDS)
    bins = layers.Hashing(4, name="word_bins")
    id_bins = layers.Hashing(3, salt=[1, 2], output_mode="one_hot", name="id_bins")
    return models.Model([word, ids], [learnt(word), stated(word), rows(ids), bins(word), id_bins(ids)])


MODELS = {"words": words, "rare_words": rare_words, "lookups": lookups}


def answers(name: str, model: Any, convert: Any = np.array) -> list[Any]:
    """What a model makes of what it is asked, as lists."""
    asked = [ASKED_WORDS, ASKED_IDS] if name == "lookups" else [ASKED]
    inputs = [convert(values) for values in asked]
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [
        np.asarray(output.detach() if hasattr(output, "detach") else output).tolist() for output in outputs
    ]


def main(order: str, folder: Path) -> None:
    """Writes or reads files with the real Keras on TensorFlow."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    convert = keras.ops.convert_to_tensor
    found: dict[str, Any] = {}
    if order == "write":
        keras.utils.set_random_seed(1)
        for name, make in MODELS.items():
            model = make(keras.layers, keras.models)
            model.save(folder / f"{name}.keras")
            found[name] = answers(name, model, convert)
        keras.models.load_model(folder / "words.keras").save(folder / "words.h5")
        (folder / "answers.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        return
    for path in sorted(folder.glob("*.keras")):
        found[path.stem] = answers(path.stem, keras.models.load_model(path), convert)
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
