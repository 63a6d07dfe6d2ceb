"""When are two groups of wordings one label? Fit P(same | likeness, size, verdicts) on one recording, check it on the other.

    python research/same.py

Groups are those of a finer partition (partition.py with a threshold 0.15 higher) after a stream with replayed answers.
Two groups are the same where most of their texts have the same gold class, which the product never reads. The fit gives the
constants of partition.py: TOGETHER = -intercept / slope of the likeness, PER_DOUBLING and VERDICTS = their slopes over it.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, load_rows
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from linnaeus.classifier import Classifier
from linnaeus.consolidate.partition import LARGE, partition

FINER = 0.15
NEAR = 0.3  # likeness below which groups are not compared
VERDICT = {"same": 1.0, "nested": 0.0, "different": -1.0}


def pairs(name: str, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features (n, 3) of pairs of groups, likeness, log2 of the smaller's texts and mean verdict, and whether they are one class."""
    rows = load_rows(name)
    order = np.random.default_rng(seed).permutation(len(rows))
    files = ",".join(str(DATA / "recorded" / f"{name}-{kind}.jsonl.gz") for kind in ("proposals", "verdicts"))
    with Classifier.open(llm=f"replay:{files}") as classifier:
        classifier.label([rows[place]["text"] for place in order])
        classifier.tidy()
        evidence = classifier.consolidator.evidence()
    gold = {row["label"]: Counter[str]() for row in rows}
    for row in rows:
        gold[row["label"]][row["gold"]] += 1
    first = partition(evidence.rows.copy(), at_least=evidence.at_least + FINER, sizes=evidence.weights)
    _, group = np.unique(first, return_inverse=True)
    count = int(group.max()) + 1
    classes = [Counter[str]() for _ in range(count)]
    for key, own in zip(evidence.keys, group, strict=True):
        classes[own].update(gold.get(key, Counter()))
    best = [one.most_common(1)[0][0] if one else "" for one in classes]
    texts = np.bincount(group, weights=evidence.weights)
    sums = np.zeros((count, evidence.rows.shape[1]))
    np.add.at(sums, group, evidence.rows)
    likeness = (sums @ sums.T) / np.outer(np.bincount(group), np.bincount(group))
    total, heard = np.zeros((count, count)), np.zeros((count, count))
    for (a, b), verdict in evidence.verdicts.items():
        for left, right in ((group[a], group[b]), (group[b], group[a])):
            total[left, right] += verdict
            heard[left, right] += 1
    left, right = np.nonzero(np.triu(likeness >= NEAR, 1))
    smaller = np.log2(np.minimum(np.minimum(texts[left], texts[right]), LARGE))
    features = np.stack([likeness[left, right], smaller, (total / (heard + 1))[left, right]], axis=1)
    keep = np.array([bool(best[a]) and bool(best[b]) and best[a] != "oos" for a, b in zip(left, right, strict=True)])
    same = np.array([best[a] == best[b] for a, b in zip(left, right, strict=True)])
    return features[keep], same[keep]


def main() -> None:
    """Print the fit of each recording, and how well it does on the other."""
    data = {}
    for name in ("banking77", "clinc150"):
        parts = [pairs(name, seed) for seed in range(2)]
        data[name] = np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])
    data["both"] = tuple(np.concatenate([data[name][part] for name in ("banking77", "clinc150")]) for part in (0, 1))  # type: ignore[assignment]
    print("fitted on    pairs  same   slope  TOGETHER  PER_DOUBLING  VERDICTS   checked on   AUC  log loss  always the mean")
    for fitted, checked in (("banking77", "clinc150"), ("clinc150", "banking77"), ("both", "both")):
        features, same = data[fitted]
        model = LogisticRegression(C=100, max_iter=1000).fit(features, same)
        slope, size, verdict = model.coef_[0]
        others, truth = data[checked]
        chance = model.predict_proba(others)[:, 1]
        mean = np.full(len(truth), truth.mean())
        print(
            f"{fitted:10} {len(same):7,} {same.mean():5.3f} {slope:7.2f} {-model.intercept_[0] / slope:9.3f}"
            f" {-size / slope:13.3f} {verdict / slope:9.3f}   {checked:10} {roc_auc_score(truth, chance):5.3f}"
            f" {log_loss(truth, chance):9.3f} {log_loss(truth, mean):16.3f}"
        )


if __name__ == "__main__":
    main()
