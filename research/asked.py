"""Weights of `evaluate/asking.py`: signs of right labels, fitted on labels that were found in train parts.

    python research/asked.py   # 3 minutes of processor time

Labels of 3,000 train texts of three sets: found without a model, and `discover`'s groups. One is right if most of its texts
have the gold label of this text. Prints the weights; then for each labelling how the variance of a stratified sample (ten
parts of equal doubt by a model of the other sets) compares with one at random, and by a model of its own: lower is better.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linnaeus.classifier import Classifier
from linnaeus.discover.found import find_groups
from linnaeus.embed import open_embedder
from linnaeus.evaluate.signs import signs
from linnaeus.logistic import most_likely, sigmoid
from linnaeus.metrics.clusters import majority
from linnaeus.store import CachedVectors, Store
from linnaeus.texts import clean_text

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "sets"
FOUND = ("banking77 none", "clinc150 none", "snips none", "clinc150 discover", "snips discover")
TEXTS, COUNTS, PRIOR = 3000, 1000, 5.0  # each labelling counts like so many texts
Floats = NDArray[np.float64]


def read(name: str) -> list[tuple[str, str]]:
    """Texts, and their gold labels."""
    with gzip.open(DATA / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if row["split"] == "train" and len(row["labels"]) == 1]
    kept = [(row["text"], row["labels"][0]) for row in rows if row["labels"][0] != "oos"]
    return [kept[at] for at in np.sort(np.random.default_rng(0).permutation(len(kept))[:TEXTS])]


def labelled(rows: list[tuple[str, str]], vectors: CachedVectors, how: str) -> tuple[Floats, Floats]:
    """A one and the signs (m, 7) of the texts that got a label, and whether it is right (m,)."""
    texts, scores = [text for text, _ in rows], np.full(len(rows), np.nan)
    if how == "none":
        with Classifier.open(llm="none", embedder=vectors) as classifier:
            classifier.label(texts)
            answers = classifier.today(texts)
        names = [answer.label if answer else None for answer in answers]
    else:
        found = find_groups(texts, vectors)
        group = dict(zip(found.texts, found.groups.tolist(), strict=True))
        names = [str(own) if (own := group[clean_text(text)]) >= 0 else None for text in texts]
    kept = [at for at, name in enumerate(names) if name is not None]
    labels = np.unique([str(names[at]) for at in kept], return_inverse=True)[1]
    gold = np.unique([rows[at][1] for at in kept], return_inverse=True)[1]
    table = signs(vectors.embed([clean_text(texts[at]) for at in kept]), labels, scores[kept])
    return np.column_stack([np.ones(len(kept)), table]), (majority(gold, labels)[labels] == gold).astype(
        float
    )


def fitted(made: list[tuple[Floats, Floats]]) -> Floats:
    """The weights (7,) of several labellings."""
    counts = np.concatenate([np.full(len(right), COUNTS / len(right)) for _, right in made])
    start, prior = np.zeros(7), PRIOR * np.eye(7)
    features, right = (np.concatenate(parts) for parts in zip(*made, strict=True))
    return most_likely(features, right, counts, start=start, prior=prior)[0]


def compared(chances: Floats, right: Floats) -> float:
    """The variance of ten parts of equal doubt, sizes of samples by their true deviations, against a random sample's."""
    order = np.argsort(chances, kind="stable")
    doubt = np.maximum(np.sqrt(chances * (1 - chances)), 0.05)[order]
    part = ((np.cumsum(doubt) - doubt / 2) / doubt.sum() * 10).astype(int)
    deviations = [(part == at).mean() * right[order][part == at].std() for at in np.unique(part)]
    return float(sum(deviations) ** 2 / right.var())


def main() -> None:
    """Print the weights and what they are worth."""
    sets = {name: read(name) for name in dict.fromkeys(one.split()[0] for one in FOUND)}
    with Store() as store:
        vectors = CachedVectors(open_embedder(), store)
        made = {one: labelled(sets[one.split()[0]], vectors, one.split()[1]) for one in FOUND}
    print(fitted(list(made.values())).round(2))
    for one, (features, right) in made.items():
        others = [made[other] for other in FOUND if other.split()[0] != one.split()[0]]
        ratios = (compared(sigmoid(features @ fitted(some)), right) for some in (others, [made[one]]))
        print(f"{one:20}{len(right):6,}{right.mean():7.3f}", *(f"{ratio:7.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
