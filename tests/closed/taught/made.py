"""Small made-up examples, and real ones where this machine has them. Knows nothing of what is learnt."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.taught.model import Taught, Vectors
from linnaeus.closed.taught.sparse import Floats, Sparse, from_parts

SETS = Path(__file__).resolve().parents[4] / "shared" / "data" / "sets"
NAMES = ["apple pie", "banana bread", "cherry tart", "damson jam"]
SAID = ["sour or sweet", "baked in an oven", "for breakfast", "on a tree", "in the garden", "sold today"]


class Few(NamedTuple):
    """Texts and the places of their labels, to learn from and to be asked of, and the names of the labels."""

    texts: list[str]
    labels: list[list[int]]
    asked: list[str]
    right: list[int]
    names: list[str]


def table(labels: Sequence[Sequence[int]], width: int) -> Sparse:
    """Labels of texts as ones."""
    starts = np.concatenate([[0], np.cumsum([len(own) for own in labels])]).astype(np.int64)
    columns = np.array([place for own in labels for place in own], dtype=np.int64)
    return from_parts(np.ones(len(columns)), columns, starts, width)


def by_letters(texts: Sequence[str]) -> Floats:
    """Unit vectors of how often letters stand in texts, none at a right angle, as those of real embedders."""
    rows = np.full((len(texts), 32), 0.3, np.float32)
    for row, text in enumerate(texts):
        for letter in text:
            rows[row, ord(letter) % 32] += 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def fruit(each: int) -> tuple[list[str], list[list[int]]]:
    """`each` texts a label that name it in other words."""
    texts = [
        f"{name.split()[place % 2]} {SAID[(place + row) % len(SAID)]} {place}"
        for row, name in enumerate(NAMES)
        for place in range(each)
    ]
    return texts, [[row] for row in range(len(NAMES)) for _ in range(each)]


def learnt(
    texts: Sequence[str], labels: Sequence[Sequence[int]], names: Sequence[str] = NAMES, *, vectors: bool
) -> Taught:
    """What these teach."""
    entries = Entries.of(names)
    meanings = Vectors(by_letters(texts), by_letters(list(entries.texts))) if vectors else None
    return Taught.fit(texts, table(labels, len(names)), entries, meanings)


def few_of(name: str, each: int, asked: int) -> Few:
    """`each` training texts a label of a set and so many of its test texts; the test is skipped where it is not there."""
    file = SETS / name / "texts.jsonl.gz"
    if not file.exists():
        pytest.skip(f"{file} is not here")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if len(row["labels"]) == 1]
    rows = [rows[place] for place in np.random.default_rng(0).permutation(len(rows))]
    codes = sorted({row["labels"][0] for row in rows})
    place_of = {code: place for place, code in enumerate(codes)}
    left = dict.fromkeys(codes, each)
    texts, labels = [], []
    for row in (row for row in rows if row["split"] == "train"):
        code = row["labels"][0]
        if left[code]:
            left[code] -= 1
            texts.append(row["text"])
            labels.append([place_of[code]])
    tests = [row for row in rows if row["split"] == "test"][:asked]
    right = [place_of[row["labels"][0]] for row in tests]
    return Few(
        texts, labels, [row["text"] for row in tests], right, [code.replace("_", " ") for code in codes]
    )


def error_of(chances: Floats, right: NDArray[np.bool_]) -> float:
    """The expected calibration error over 10 bins of as many texts each."""
    bins = np.array_split(np.argsort(chances, kind="stable"), 10)
    return float(sum(len(one) * abs(chances[one].mean() - right[one].mean()) for one in bins) / len(right))
