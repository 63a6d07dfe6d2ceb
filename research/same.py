"""Fit the chance that two wordings are of one class; check it on the recording that it was not fitted on.

    python research/same.py

The product streams both recordings in two shuffled orders, answers replayed. Pairs of wordings that are at all alike are one
class if most texts of each are of the same gold class. Prints the coefficients of consolidate/chances.py, with a model's
words and without; for each recording, fitted on the other: AUC, calibration error (10 bins), Brier score; then the same
after a re-fit to the recording's own verdicts (without a model there are none).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, Remembered, load_rows
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from linnaeus.classifier import Classifier
from linnaeus.consolidate.chances import Chances, pair_features
from linnaeus.consolidate.judging import verdicts
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

NAMES = ("banking77", "clinc150")
SEEDS = (0, 1)
AT_ALL_ALIKE = 0.2  # likeness of two wordings below which nobody asks whether they are one label
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Features of pairs (n, 3), whether they are one class (n,); the same for judged pairs, by what the model said."""

    features: Floats
    same: NDArray[np.bool_]
    judged: Floats
    said: NDArray[np.bool_]


def gather(name: str, seed: int, embedder: Embedder, *, words: bool) -> Pairs:
    """Stream one shuffled order and look at all pairs of wordings."""
    rows = load_rows(name)
    order = np.random.default_rng(seed).permutation(len(rows))
    files = [DATA / "recorded" / f"{name}-{kind}.jsonl.gz" for kind in ("proposals", "verdicts")]
    llm = "replay:" + ",".join(map(str, files)) if words else "none"
    gold_of = {clean_text(row["text"]): row["gold"] for row in rows}
    with Classifier.open(llm=llm, embedder=embedder) as classifier:
        classifier.label([rows[place]["text"] for place in order])
        classifier.tidy()
        consolidator, store = classifier.consolidator, classifier.store
        book = consolidator._book
        given = [text for text in store.assigned_texts() if text.asked]
        texts = store.texts_by_id([text.id for text in given])
        classes: list[Counter[str]] = [Counter() for _ in book.rows]
        for text in given:
            classes[book.place[text.surfaces[0]]][gold_of[texts[text.id]]] += 1
        known = [
            place
            for place, seen in enumerate(classes)
            if seen and seen.most_common(1)[0][0] not in ("", "oos")
        ]
        seen = book.seen_from(consolidator._now.frame, known)
        left, right = np.nonzero(np.triu(seen @ seen.T >= AT_ALL_ALIKE, 1))
        gold = np.array([classes[place].most_common(1)[0][0] for place in known])
        places = np.array(known)
        said = {pair: value for pair, value in verdicts(book, store).items() if value}
        judged = np.array(list(said), dtype=np.intp).reshape(-1, 2)
        return Pairs(
            pair_features(book, consolidator._now.frame, places[left], places[right]),
            gold[left] == gold[right],
            pair_features(book, consolidator._now.frame, judged[:, 0], judged[:, 1]),
            np.array(list(said.values())) > 0,
        )


def fit(parts: Sequence[Pairs]) -> tuple[float, ...]:
    """(intercept, coefficients) of one logistic regression over all parts, each with the same weight."""
    rows, same = np.vstack([one.features for one in parts]), np.concatenate([one.same for one in parts])
    weights = np.concatenate([np.full(len(one.same), 1 / len(one.same)) for one in parts]) * len(same)
    model = LogisticRegression(C=1000, max_iter=1000).fit(rows, same, sample_weight=weights)
    return (float(model.intercept_[0]), *map(float, model.coef_[0]))


def calibration_error(chance: Floats, same: NDArray[np.bool_]) -> float:
    """The mean distance of chance and share in 10 bins, by how many pairs are in each."""
    bins = np.minimum((10 * chance).astype(int), 9)
    return float(sum(abs((chance - same)[bins == one].sum()) for one in range(10)) / len(same))


def main() -> None:
    """Print the tables."""
    embedder = Remembered()
    for words in (True, False):
        data = {name: [gather(name, seed, embedder, words=words) for seed in SEEDS] for name in NAMES}
        both = fit([one for group in data.values() for one in group])
        print(
            f"{'with words' if words else 'without a model'}: {[round(value, 2) for value in both]} fitted on both"
        )
        for name, group in data.items():
            weights = fit([one for other, own in data.items() if other != name for one in own])
            for one in group:
                for what, chances in (
                    ("", Chances(weights)),
                    ("re-fit", Chances(weights).refit(one.judged, one.said)),
                ):
                    chance = chances.of(one.features)
                    print(
                        f"  {name:10} fitted on the other {what:7} n {len(chance):6,} same {one.same.mean():.3f}"
                        f" AUC {roc_auc_score(one.same, chance):.3f} ECE {calibration_error(chance, one.same):.3f}"
                        f" Brier {brier_score_loss(one.same, chance):.4f}"
                    )


if __name__ == "__main__":
    main()
