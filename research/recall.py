"""Fit the chance that a text is of the class of its nearest asked text; check it on the recording it was not fitted on.

    python research/recall.py

Prints the coefficients of stages/recall.py for each recording and for both; then, with the coefficients of one recording,
what a stream over the other gives for several thresholds: share asked, estimated and true error of recalled answers (true:
the two texts are of different gold classes, or either is out of scope).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from recordings import Recording, load
from sklearn.linear_model import LogisticRegression

from linnaeus.index import cosines
from linnaeus.stages.recall import FLOOR, FULL_AGREEMENT, NEIGHBOURS, SMOOTHING

ASK_BELOW = 0.85  # which texts are asked while features are collected
SEEDS = (0, 1)
PAIRS = (("clinc150", "banking77"), ("banking77", "clinc150"), ("both", "banking77"), ("both", "clinc150"))
Features = NDArray[np.float64]


def features(near: NDArray[np.float64], said: NDArray[np.float64]) -> list[float]:
    """(cosine to the nearest, agreement of the others) for cosines (k,) best first and wording cosines (k,) to the first."""
    weights = near[1:] - FLOOR
    return [near[0], float(weights @ (said[1:] - FULL_AGREEMENT) / (weights.sum() + SMOOTHING))]


def walk(
    data: Recording, seed: int, decide: Callable[[list[float]], bool]
) -> tuple[Features, NDArray[np.bool_], NDArray[np.bool_]]:
    """Stream one shuffled order; `decide(features)` says whether memory answers.

    Returns features (m, 2), whether the nearest asked text is of the same class (m,), whether memory answered (m,), for
    the texts that have a neighbour at all.
    """
    order = np.random.default_rng(seed).permutation(len(data.texts))
    proposed, gold = data.proposed[order], data.gold[order]
    within, alike = cosines(data.texts[order], data.texts[order]), cosines(data.wordings, data.wordings)
    asked: list[int] = []
    rows, same, answered = [], [], []
    for place in range(len(order)):
        near = within[place, asked]
        best = np.argsort(-near, kind="stable")[:NEIGHBOURS]
        best = best[near[best] >= FLOOR]
        found = False
        if len(best):
            leaders = np.array(asked)[best]
            row = features(near[best], alike[proposed[leaders[0]], proposed[leaders]])
            found = decide(row)
            rows.append(row)
            same.append(gold[leaders[0]] == gold[place] and gold[place] not in ("", "oos"))
            answered.append(found)
        if not found:
            asked.append(place)
    return np.array(rows), np.array(same), np.array(answered)


def fit(parts: list[tuple[Features, NDArray[np.bool_]]]) -> LogisticRegression:
    """One logistic regression over all parts, each part with the same weight."""
    rows, same = np.vstack([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    weights = np.concatenate([np.full(len(part[1]), 1 / len(part[1])) for part in parts]) * len(same)
    return LogisticRegression(C=100, max_iter=1000).fit(rows, same, sample_weight=weights)


def main() -> None:
    """Print the tables."""
    data = {name: load(name) for name in ("banking77", "clinc150")}
    parts = {
        name: [walk(one, seed, lambda row: row[0] >= ASK_BELOW)[:2] for seed in SEEDS]
        for name, one in data.items()
    }
    models = {name: fit(part) for name, part in parts.items()}
    models["both"] = fit([part for own in parts.values() for part in own])
    for name, model in models.items():
        cosine, agreement = model.coef_[0]
        print(
            f"fitted on {name:10} {model.intercept_[0]:.2f} + {cosine:.2f} cosine + {agreement:.2f} agreement"
        )
    print("\nfitted on   streamed    at_least  asked  estimated error  true error")
    for fitted, streamed in PAIRS:
        for at_least in (0.8, 0.85, 0.88, 0.9, 0.92):
            check(models[fitted], data[streamed], at_least, fitted)


def check(model: LogisticRegression, data: Recording, at_least: float, fitted: str) -> None:
    """Stream one order over `data` with the coefficients of `model`, and print what came of it."""

    def chance(row: list[float]) -> float:
        return float(1 / (1 + np.exp(-(model.intercept_[0] + model.coef_[0] @ row))))

    rows, same, answered = walk(data, 0, lambda row: chance(row) >= at_least)
    estimated = np.mean([1 - chance(row) for row in rows[answered]])
    asked = 1 - answered.sum() / len(data.texts)
    true = (~same[answered]).mean()
    print(f"{fitted:11} {data.name:11} {at_least:8.2f} {asked:6.3f} {estimated:16.3f} {true:11.3f}")


if __name__ == "__main__":
    main()
