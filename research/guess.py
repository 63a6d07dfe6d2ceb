"""Weights of the guess for few examples: a logistic model of the ranker's figures, fitted where no text is an example.

    python research/guess.py

From each set's training part 1 and 3 examples a label are taken, and 1,000 other texts of the same part are looked at;
test parts are not read. The last lines show each set by the weights of the others: mean log loss of pairs with 1 and with
3 examples a label, by words and by meaning.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from recordings import DATA

from linnaeus.closed.entries import Entries
from linnaeus.closed.taught import guess
from linnaeus.closed.taught.model import Taught, Vectors
from linnaeus.closed.taught.sparse import at_pairs, from_parts
from linnaeus.embed import open_embedder
from linnaeus.index import quantise, units
from linnaeus.logistic import most_likely, sigmoid

SETS = ("banking77", "clinc150", "snips", "stw_economics")
LOOKED_AT, MOST_LABELS = 1000, 200
FIGURES = guess.USED[:-1]  # all but the mean of examples: research/LOG.md, "Which strategy"
EMBEDDER = open_embedder("minilm")


def embedded(texts: list[str]) -> NDArray[np.float32]:
    """Unit rows."""
    return units(
        np.concatenate([quantise(EMBEDDER.embed(texts[at : at + 512])) for at in range(0, len(texts), 512)])
    )


def rows_of(name: str) -> list[dict[str, Any]]:
    """Training texts with one label each, of at most `MOST_LABELS` labels, in a random order."""
    with gzip.open(DATA / "sets" / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["split"] == "train" and len(row["labels"]) == 1]
    labels, counts = np.unique([row["labels"][0] for row in rows], return_counts=True)
    wanted = set(labels[np.argsort(-counts, kind="stable")[:MOST_LABELS]].tolist())
    kept = [row for row in rows if row["labels"][0] in wanted]
    return [kept[place] for place in np.random.default_rng(0).permutation(len(kept))]


def looked(name: str, shots: int, *, by_meaning: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The features (pairs, d) of texts that are no examples, and which pairs are right."""
    rows = rows_of(name)
    labels = sorted({row["labels"][0] for row in rows})
    place = {label: number for number, label in enumerate(labels)}
    taken: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    left = dict.fromkeys(labels, shots)
    for row in rows:
        (label,) = row["labels"]
        (taken if left[label] > 0 else others).append(row)
        left[label] -= 1
    others = others[:LOOKED_AT]

    def table(part: list[dict[str, Any]]) -> Any:
        columns = np.array([place[row["labels"][0]] for row in part])
        return from_parts(np.ones(len(part)), columns, np.arange(len(part) + 1), len(labels))

    entries = Entries.of([label.replace("_", " ") for label in labels])
    texts, asked = [row["text"] for row in taken], [row["text"] for row in others]
    vectors = Vectors(embedded(texts), embedded(list(entries.texts))) if by_meaning else None
    taught = Taught.fit(texts, table(taken), entries, vectors)
    pairs, figures = taught.figures(asked, embedded(asked) if by_meaning else None)
    rows = guess._features(figures)[:, : len(FIGURES)]
    return np.column_stack([rows, np.ones(len(rows))]), at_pairs(table(others), pairs).astype(np.float64)


def fitted(parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> NDArray[np.float64]:
    """The weights, each set counting alike."""
    rows, right = (np.concatenate(values) for values in zip(*parts, strict=True))
    counts = np.concatenate([np.full(len(own), 10_000 / len(own)) for _, own in parts])
    start = np.zeros(rows.shape[1])
    return most_likely(rows, right, counts, start=start, prior=0.1 * np.eye(len(start)))[0]


def loss(weights: NDArray[np.float64], rows: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Mean log loss."""
    chance = np.clip(sigmoid(rows @ weights), 1e-9, 1 - 1e-9)
    return float(-(right * np.log(chance) + (1 - right) * np.log(1 - chance)).mean())


def main() -> None:
    """Print weights, and how they do on sets that they were not fitted on."""
    for by_meaning in (False, True):
        parts = {name: [looked(name, shots, by_meaning=by_meaning) for shots in (1, 3)] for name in SETS}
        weights = fitted([part for own in parts.values() for part in own])
        print(
            "by meaning" if by_meaning else "by words",
            dict(zip((*FIGURES, "constant"), weights.round(1), strict=True)),
        )
        for name, own in parts.items():
            others = fitted([part for other, theirs in parts.items() if other != name for part in theirs])
            shown = "  ".join(
                f"{loss(others, *part):.4f} (its own {loss(fitted([part]), *part):.4f})" for part in own
            )
            print(f"  {name:16} {shown}", flush=True)


if __name__ == "__main__":
    main()
