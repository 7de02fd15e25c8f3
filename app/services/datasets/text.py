"""Phrases whose language is to be found, letter by letter."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable

import numpy as np

from app.services.datasets.catalogue import in_catalogue
from app.services.datasets.dataset import Answer, Array, Dataset, DatasetInfo, Gate, Split
from app.services.datasets.splits import stratified
from app.services.settings import ASSETS

LENGTH = 32
PADDING, UNKNOWN = 0, 1
VOCABULARY = 80
LANGUAGES = {
    "en": "English",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "tr": "Turkish",
    "fi": "Finnish",
    "cs": "Czech",
}


def _card(name: str, codes: Iterable[str], rows: int, gate: float) -> DatasetInfo:
    names = tuple(LANGUAGES[code] for code in codes)
    return DatasetInfo(
        name=name,
        title=f"Language of a phrase, {len(names)} languages",
        description=(
            f"Short phrases (countries, languages, units) in {', '.join(names[:-1])} and {names[-1]}. Which "
            f"language is it? Each of the first {LENGTH} characters is a number from 2 to {VOCABULARY - 1}; "
            "1 stands for a rare character, 0 for nothing. Begin with an Embedding layer."
        ),
        answer=Answer.one_of(*names),
        preview="text",
        source="Unicode CLDR, through Babel",
        licence="Unicode License v3",
        rows=rows,
        input_shape=(LENGTH,),
        input_dtype="int32",
        gate=Gate("accuracy", gate, "one convolution, 12 epochs"),
        vocabulary_size=VOCABULARY,
    )


@in_catalogue(
    _card("language_id", LANGUAGES, rows=9239, gate=0.70),
    _card("language_id_4", ("en", "fr", "de", "es"), rows=3476, gate=0.77),
)
def languages(info: DatasetInfo) -> Dataset:
    """Phrases as rows of character numbers."""
    with gzip.open(ASSETS / "data" / "langid.json.gz", "rt", encoding="utf-8") as packed:
        phrases_of: dict[str, list[str]] = json.load(packed)
    codes = [code for code, name in LANGUAGES.items() if name in info.answer.class_names]
    phrases = np.array([phrase for code in codes for phrase in phrases_of[code]])
    labels = np.repeat(np.arange(len(codes)), [len(phrases_of[code]) for code in codes])
    train, test = stratified(Split(phrases, labels, phrases), labels)
    ids = character_ids(train.shown)
    return Dataset(
        info,
        Split(encoded(train.shown, ids), train.y, train.shown),
        Split(encoded(test.shown, ids), test.y, test.shown),
        encode=lambda phrases: encoded(phrases, ids),
        pieces=lambda phrase: tuple(phrase[:LENGTH]),
    )


def character_ids(phrases: Array) -> dict[str, int]:
    """Numbers for the most frequent characters of the training phrases."""
    counts = Counter("".join(phrases.tolist()).lower())
    frequent = sorted(counts, key=lambda character: (-counts[character], character))
    return {character: number for number, character in enumerate(frequent[: VOCABULARY - 2], start=2)}


def encoded(phrases: Array, ids: dict[str, int]) -> Array:
    """Phrases as rows of `LENGTH` character numbers, cut or filled with `PADDING` at the end."""
    rows = np.full((len(phrases), LENGTH), PADDING, np.int32)
    for row, phrase in zip(rows, phrases.tolist(), strict=True):
        numbers = [ids.get(character, UNKNOWN) for character in phrase.lower()[:LENGTH]]
        row[: len(numbers)] = numbers
    return rows
