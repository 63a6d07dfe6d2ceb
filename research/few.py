"""Weights of `closed/few.py`: names and a few examples, fitted on draws of examples from other sets.

    python research/few.py

Of each set's "fit" part (`trust_cases`) 3 to 200 texts are drawn as examples, as they come, and 80 others are looked at.
Prints the weights, then for each number of examples the share of texts whose likeliest label is right and the log loss a
text, by names alone and with examples, with the weights of the other sets; then the same on the "test" parts, on which
nothing is fitted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from trust_cases import Made, load

from linnaeus.closed.few import SIGNS, Few, log_odds
from linnaeus.closed.source import NOWHERE
from linnaeus.closed.trusted import Trusted
from linnaeus.logistic import most_likely, sigmoid

SETS = (
    "banking77", "clinc150", "snips", "debtags", "stackexchange_titles", "us_bills", "mams_restaurants",
    "llm_labels_arena", "llm_labels_papers", "sgd_dialogues", "stw_economics",
)  # fmt: skip
EXAMPLES = (3, 10, 30, 100, 200)
ASKED, TEXTS, SHOWN = 80, 600, 50
Floats = NDArray[np.float64]


class Draw(NamedTuple):
    """Signs of labels (n, k, d), which are there and right, and their chances, `moved` as in the product, (n, k) each."""

    examples: int
    signs: Floats
    held: NDArray[np.bool_]
    right: NDArray[np.bool_]
    named: Floats
    moved: Floats
    labelled: NDArray[np.bool_]


def draws(name: str, part: str) -> list[Draw]:
    """Draws of examples from one part of a set."""
    made = Made(load(name, part))
    texts, gold = made.case.texts[:TEXTS], made.case.gold[:TEXTS]
    found = Trusted(made.whole()).candidates(texts, made.texts[:TEXTS], SHOWN)
    odds = log_odds(found.scores)
    out = []
    for count in (count for count in EXAMPLES if count <= 0.6 * len(texts)):
        order = np.random.default_rng(count).permutation(len(texts))
        own, asked = order[:count], order[count : count + ASKED]
        few = Few.of(made.texts[own], [sorted(gold[row]) for row in own])
        places, signs = few.signs(made.texts[asked], found.places[asked], odds[asked])
        right = np.array([np.isin(row, list(gold[one])) for row, one in zip(places, asked, strict=True)])
        width = places.shape[1] - found.places.shape[1]
        named = np.where(signs[..., 2] == 0, sigmoid(signs[..., 1]), 0.0)
        assert width == len(few.labels)
        moved = few.moved([sorted(gold[row]) for row in own], found.places[own], odds[own])
        chances = moved.chances(made.texts[asked], found.places[asked], odds[asked])[1]
        labelled = np.array([bool(gold[one]) for one in asked])
        out.append(
            Draw(count, signs, places != NOWHERE, right & (places != NOWHERE), named, chances, labelled)
        )
    return out


def fitted(parts: list[Draw]) -> Floats:
    """One logistic regression; each text of a draw counts alike, each draw 100 in all."""
    rows = np.concatenate([part.signs[part.held] for part in parts])
    right = np.concatenate([part.right[part.held] for part in parts]).astype(float)
    counts = np.concatenate([np.full(part.held.sum(), 100 / len(part.held)) for part in parts])
    return most_likely(rows, right, counts, start=np.zeros(len(SIGNS)), prior=np.eye(len(SIGNS)))[0]


def measured(chances: Floats, draw: Draw) -> tuple[float, float]:
    """The share of texts with labels whose likeliest is right, and the log loss a text."""
    best = chances.argmax(axis=1)[:, None]
    first = np.take_along_axis(draw.right, best, axis=1)[draw.labelled].mean()
    clipped = np.clip(chances, 1e-6, 1 - 1e-6)
    loss = -np.log(np.where(draw.right, clipped, 1 - clipped))[draw.held].sum() / len(chances)
    return float(first), float(loss)


def table(part: str, data: dict[str, list[Draw]], weights: dict[str, Floats]) -> None:
    """Print what names say and what examples add, over sets and for each."""
    rows: dict[int, list[tuple[float, ...]]] = {}
    for name, own in data.items():
        for draw in own:
            chances = np.where(draw.held, sigmoid(draw.signs @ weights[name]), 0.0)
            line = (*measured(draw.named, draw), *measured(chances, draw), *measured(draw.moved, draw))
            rows.setdefault(draw.examples, []).append(line)
            print(
                f"{part} {name:22} {draw.examples:4}  " + "  ".join(f"{one:.3f}" for one in line), flush=True
            )
    for examples, lines in sorted(rows.items()):
        means = np.mean(lines, axis=0)
        print(f"{part} {'mean':22} {examples:4}  " + "  ".join(f"{one:.3f}" for one in means), flush=True)


def main() -> None:
    """Fit, and show what it comes to."""
    data = {name: draws(name, "fit") for name in SETS}
    weights = fitted([draw for own in data.values() for draw in own])
    print(dict(zip(SIGNS, weights.round(2).tolist(), strict=True)))
    others = {
        name: fitted([draw for other, own in data.items() if other != name for draw in own]) for name in SETS
    }
    print(
        "set, examples: first label right and log loss by names, then with examples (weights of the other sets)"
    )
    table("fit", data, others)
    table("test", {name: draws(name, "test") for name in SETS}, dict.fromkeys(SETS, weights.round(2)))


if __name__ == "__main__":
    main()
