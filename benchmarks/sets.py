"""Public sets with labels, their vectors, and what systems say of them. Knows no system."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.taught.sparse import Floats, Sparse, from_parts
from linnaeus.closed.teaching import are_short
from linnaeus.embed import open_embedder
from linnaeus.index import quantise, units

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "sets"
LEAKING = ("icd10cm", "stw_economics", "esco_occupations")
"""Sets whose synonyms hold the test texts: they are left out."""
MOST = 50  # labels that a system gives of a text


class Given(NamedTuple):
    """Texts and their labels (texts, labels) as ones."""

    texts: list[str]
    labels: Sparse


class Measured(NamedTuple):
    """What a system says: places (texts, 50), best first, -1 past the last, with their scores; what it cost.

    `counts` (texts,): how many of them it would give, by a system that says that.
    """

    places: NDArray[np.int32]
    scores: Floats
    train_s: float
    megabytes: float
    ms: float
    counts: NDArray[np.intp] | None = None


class Set:
    """A set: its training and test parts, and what its labels are called; vectors are kept in `folder`."""

    def __init__(self, name: str, texts: int | None, folder: Path) -> None:
        self._folder = folder
        with gzip.open(DATA / name / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        path = next((DATA / name).glob("labels.csv*"))
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        csv.field_size_limit(1 << 24)
        labels = list(csv.DictReader(io.StringIO(raw.decode())))
        place = {label["id"]: number for number, label in enumerate(labels)}
        self.train, self.test = (
            Given(
                [row["text"] for row in part],
                table([[place[label] for label in row["labels"]] for row in part], len(labels)),
            )
            for part in (
                _some([row for row in rows if row["split"] != "test"], texts),
                _some([row for row in rows if row["split"] == "test"], texts),
            )
        )
        self.ids = list(place)
        self.parents = [label["parent_ids"].partition("|")[0] for label in labels]
        leaks = name in LEAKING
        synonyms = [() if leaks else tuple(filter(None, one["synonyms"].split("|"))) for one in labels]
        self.entries = Entries.of([label["name"] for label in labels], synonyms)

    @cached_property
    def short(self) -> bool:
        """Whether the texts are such that `teach` looks at vectors."""
        return are_short(self.train.texts)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit rows of the built-in embedder, from the folder where they are there."""
        key = hashlib.blake2b("\n\n".join(texts).encode(), digest_size=16).hexdigest()
        file = self._folder / f"{key}.npy"
        if not file.exists():
            embedder = open_embedder("minilm")
            starts = range(0, len(texts), 512)
            np.save(
                file, np.concatenate([quantise(embedder.embed(texts[one : one + 512])) for one in starts])
            )
        return units(np.load(file))


def _some(rows: list[dict[str, Any]], most: int | None) -> list[dict[str, Any]]:
    """So many of the rows, drawn with seed 0, in their order."""
    if most is None or most >= len(rows):
        return rows
    return [rows[place] for place in np.sort(np.random.default_rng(0).permutation(len(rows))[:most])]


def table(labels: Sequence[Sequence[int]], width: int) -> Sparse:
    """Places of labels as ones (texts, labels)."""
    held = [sorted(set(one)) for one in labels]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in held])]).astype(np.int64)
    columns = np.array([label for one in held for label in one], dtype=np.int64)
    return from_parts(np.ones(len(columns)), columns, starts, width)


def filled(rows: Sequence[Sequence[tuple[int, float]]]) -> tuple[NDArray[np.int32], Floats]:
    """Pairs of a label and its score, best first, as places and scores (texts, 50)."""
    places = np.full((len(rows), MOST), -1, np.int32)
    scores = np.zeros((len(rows), MOST), np.float32)
    for row, pairs in enumerate(rows):
        for column, (label, score) in enumerate(pairs[:MOST]):
            places[row, column], scores[row, column] = label, score
    return places, scores


def best_of(table_of_scores: Any) -> tuple[NDArray[np.int32], Floats]:
    """The best of a dense or sparse table of scores (texts, labels)."""
    rows = []
    for row in range(table_of_scores.shape[0]):
        one = table_of_scores[row]
        columns, values = (one.indices, one.data) if hasattr(one, "indices") else (np.arange(len(one)), one)
        order = np.argsort(-values, kind="stable")[:MOST]
        rows.append([(int(columns[n]), float(values[n])) for n in order])
    return filled(rows)
