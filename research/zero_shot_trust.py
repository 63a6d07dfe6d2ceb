"""How likely does a zero-shot candidate fit, how many should be given, and does any fit? Fitted on other sets.

    LINNAEUS_VECTORS=FOLDER python research/zero_shot_trust.py   # prints the tables of LOG.md, "Trust without examples"

Each set is measured on its test part with coefficients fitted on the other parts of all other sets: on the whole taxonomy,
and with half of the labels that have none below them left out, so that texts have no label. The shipped coefficients are
fitted on all sets' other parts. Signs are kept in LINNAEUS_VECTORS; collecting them takes 15 minutes, most of it embedding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from trust_cases import PARTS, SETS, Made, load, right_of

from linnaeus.closed.label_sets import chosen, expected_f1
from linnaeus.closed.signs import SIGNS, Floats, signs_of
from linnaeus.closed.trust import Trust, looks_of
from linnaeus.logistic import most_likely

MOST = 50
TEXTS = 250  # of each set and view that are fitted to
VIEWS = {"whole": 0.75, "half": 0.25}  # and what each view counts: most texts have a label in their taxonomy
OFTEN, THINNED = 15, 5  # candidates from the 15th on are fitted to 1 in 5, counted 5 times
NONE = "with none"
KEPT = os.environ.get("LINNAEUS_VECTORS")


class View(NamedTuple):
    """Signs (n, k, d) of candidates, which are right, which there are (n, k); how many labels each text has (n,)."""

    signs: Floats
    right: NDArray[np.bool_]
    held: NDArray[np.bool_]
    gold: NDArray[np.int64]

    def take(self, rows: NDArray[np.intp]) -> View:
        """Some of the texts."""
        return View(*(column[rows] for column in self))


def views(name: str, part: str) -> dict[str, View]:
    """The views of a part of a set, from the folder if they are kept."""
    path = Path(KEPT or ".") / f"trust-{name}-{part}.npz"
    if KEPT is None or not path.exists():
        made = collected(name, part)
        if KEPT is None:
            return made
        fields = dict(zip(("f", "right", "held", "gold"), View._fields, strict=True))
        arrays = {
            f"{v}.{key}": getattr(own, field) for v, own in made.items() for key, field in fields.items()
        }
        np.savez(path, **arrays)
    with np.load(path) as kept:
        read = {v: [kept[f"{v}.{key}"] for key in ("f", "right", "held", "gold")] for v in VIEWS}
    return {v: View(own[0].astype(np.float64), own[1] & own[2], own[2], own[3]) for v, own in read.items()}


def collected(name: str, part: str) -> dict[str, View]:
    """Look for candidates in the whole taxonomy and in half of it."""
    made = Made(load(name, part))
    out = {}
    for view in VIEWS:
        if view == "whole":
            source, gold = made.whole(), made.case.gold
        else:
            source, _, gold = made.half(0)
        looked = source.looked(made.case.texts, made.texts, MOST)
        signs = signs_of(made.case.texts, looked, source.lexical, source.labels)
        right, held = right_of(looked.found.places, gold), looked.found.places >= 0
        out[view] = View(signs, right & held, held, np.array([len(own) for own in gold]))
    return out


class Rows(NamedTuple):
    """Candidates that are fitted to: signs (m, d), right and how often each counts (m,)."""

    signs: Floats
    right: Floats
    counts: Floats


def rows_of(own: dict[str, View]) -> Rows:
    """Those of a set, which counts 100 in all; the commonest wrong ones thinned out."""
    parts = []
    for name, share in VIEWS.items():
        rng = np.random.default_rng(0)
        view = own[name].take(rng.permutation(len(own[name].gold))[:TEXTS])
        late = np.arange(MOST)[None, :] >= OFTEN
        kept = view.held & (~late | view.right | (rng.random(view.held.shape) < 1 / THINNED))
        counts = np.where(late & ~view.right, THINNED, 1) * 100 * share / len(view.gold)
        parts.append(Rows(view.signs[kept], view.right[kept].astype(np.float64), counts[kept]))
    return Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def fit(parts: Sequence[Rows], columns: Sequence[int] = range(len(SIGNS))) -> Trust:
    """One logistic regression over sets of equal weight, hardly shrunk; rounded to 2 places."""
    rows = Rows(*(np.concatenate(own) for own in zip(*parts, strict=True)))
    signs = rows.signs[:, list(columns)]
    prior = np.diag(np.maximum(signs.std(axis=0), 1e-3) ** 2)
    found, _ = most_likely(signs, rows.right, rows.counts, start=np.zeros(len(columns)), prior=prior)
    weights = np.zeros(len(SIGNS))
    weights[list(columns)] = found
    return Trust(tuple(round(float(own), 2) for own in weights), (0.0, 0.0, 0.0))


def with_none(trust: Trust, parts: Sequence[dict[str, View]]) -> Trust:
    """The same with the chance that nothing fits, fitted to the texts of sets of equal weight."""
    rows = []
    for own in parts:
        for name, share in VIEWS.items():
            count = len(own[name].gold)
            looks = looks_of(chances(trust, own[name])[0])
            rows.append(
                Rows(looks, (own[name].gold == 0).astype(np.float64), np.full(count, 100 * share / count))
            )
    looks, none, counts = (np.concatenate(own) for own in zip(*rows, strict=True))
    line, _ = most_likely(looks, none, counts, start=np.zeros(3), prior=np.eye(3))
    first, second, third = (round(float(own), 2) for own in line)
    return Trust(trust.weights, (first, second, third))


def chances(trust: Trust, view: View) -> tuple[Floats, NDArray[np.bool_]]:
    """Probabilities (n, k), falling, and which of them are right."""
    own = np.where(view.held, trust.chance(view.signs), 0.0)
    order = np.argsort(-own, axis=1, kind="stable")
    return np.take_along_axis(own, order, 1), np.take_along_axis(view.right, order, 1)


def ece(chance: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error in 10 bins."""
    bins = np.minimum((chance * 10).astype(int), 9).ravel()
    gaps = np.bincount(bins, weights=(chance - right).ravel(), minlength=10)
    return float(np.abs(gaps).sum() / len(bins))


def auroc(right: NDArray[np.bool_], chance: Floats) -> float:
    """NaN where all are right or none is."""
    return float(roc_auc_score(right, chance)) if 0 < right.sum() < len(right) else float("nan")


def quality(trust: Trust, whole: View, half: View) -> list[float]:
    """AUC of candidates; labels a text as said and true; best candidate as said and true; ECE of the best and of five;
    AUROC of the best probability for a text that has a label at all, in half of the taxonomy; of `none`; as the set is.
    """
    chance, right = chances(trust, whole)
    best_half, _ = chances(trust, half)
    labelled = whole.gold > 0
    return [
        auroc(whole.right[whole.held], trust.chance(whole.signs[whole.held])),
        chance.sum(axis=1).mean(),
        right.sum(axis=1).mean(),
        chance[:, 0].mean(),
        right[:, 0].mean(),
        ece(chance[:, 0], right[:, 0]),
        ece(chance[:, :5], right[:, :5]),
        auroc(half.gold > 0, best_half[:, 0]),
        auroc(half.gold == 0, trust.none(best_half)),
        auroc(labelled, chance[:, 0]),
    ]


def recalls(right: NDArray[np.bool_], gold: NDArray[np.int64]) -> str:
    """Share of a text's labels among its first 1, 10, 50 in %."""
    held = gold > 0
    return ", ".join(f"{100 * (right[held, :k].sum(axis=1) / gold[held]).mean():.1f}" for k in (1, 10, 50))


def by_half_of_best(chance: Floats) -> NDArray[np.intp]:
    """Lipton et al. 2014: labels from half of the highest expected F1 on; none where that of none is the highest."""
    worth = expected_f1(chance)
    count = (chance >= worth.max(axis=1, keepdims=True) / 2).sum(axis=1)
    return np.where(worth.argmax(axis=1) == 0, 0, count)


RULES: dict[str, Callable[[Floats], NDArray[np.intp]]] = {
    "1": lambda chance: np.full(len(chance), 1),
    "2": lambda chance: np.full(len(chance), 2),
    "3": lambda chance: np.full(len(chance), 3),
    "5": lambda chance: np.full(len(chance), 5),
    "from 0.5": lambda chance: (chance >= 0.5).sum(axis=1),
    "F*/2": by_half_of_best,
    "exact": chosen,
}
"""Without the chance that nothing fits; "with none" has it besides."""


def f1(count: NDArray[np.intp], right: NDArray[np.bool_], gold: NDArray[np.int64]) -> tuple[float, float]:
    """Mean F1 over texts (1 where nothing is given and nothing fits), and micro F1."""
    hits = np.concatenate([np.zeros((len(right), 1)), np.cumsum(right, axis=1)], axis=1)
    found = hits[np.arange(len(count)), np.minimum(count, right.shape[1])]
    total = count + gold
    each = np.where(total > 0, 2 * found / np.maximum(total, 1), 1.0)
    return float(each.mean()), float(2 * found.sum() / max(total.sum(), 1))


def set_scores(trust: Trust, own: dict[str, View]) -> list[float]:
    """Mean F1, then micro F1, of each rule over both views, as they are weighed in fitting."""
    both = []
    for name, share in VIEWS.items():
        chance, right = chances(trust, own[name])
        counts = [rule(chance) for rule in RULES.values()] + [chosen(chance, trust.none(chance))]
        scores = np.array([f1(count, right, own[name].gold) for count in counts])
        both.append(share * scores.T.ravel())
    return list(np.sum(both, axis=0))


def refitted(trust: Trust, own: dict[str, View], texts: int) -> Trust:
    """To so many texts of a set's other part, of both views as these are weighed, at random (seed 1)."""
    parts = []
    for name, share in VIEWS.items():
        count = len(own[name].gold)
        parts.append(own[name].take(np.random.default_rng(1).permutation(count)[: round(share * texts)]))
    view = View(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    again = trust.refit(view.signs[view.held], view.right[view.held])
    return again.refit_none(chances(again, view)[0], view.gold == 0)


def line(name: str, values: Sequence[float], digits: int = 2) -> None:
    """A row of a table."""
    print(f"| {name} | " + " | ".join(f"{value:.{digits}f}" for value in values) + " |", flush=True)


Data = dict[str, dict[str, View]]
"""Views by set; one such for each part."""


def transfer(test: Data, unseen: dict[str, Trust]) -> None:
    """What coefficients that have not seen a set say of it."""
    print("\nset | AUC | labels said, true | best said, true | ECE best, five | AUROC half, by none, as is")
    found = np.array([quality(unseen[name], *own.values()) for name, own in test.items()])
    for name, values in zip(SETS, found, strict=True):
        line(name, values)
    line("mean", np.nanmean(found, axis=0), 3)


def refits(data: dict[str, Data], unseen: dict[str, Trust]) -> None:
    """What a set's own verdicts change."""
    lines = []
    for name in SETS:
        again = refitted(unseen[name], data["fit"][name], 500)
        slope = again.weights[1] / unseen[name].weights[1]
        lines.append((again.weights[0] - slope * unseen[name].weights[0], slope))
    print("\nlevel and slope that each set would have for itself (500 texts)")
    print(np.round(lines, 2).tolist(), "sd", np.std(lines, axis=0).round(2))
    print("\nre-fitted to so many texts: mean over sets of ECE best, ECE five, |said - true| labels")
    for texts in (0, 20, 50, 200):
        after = {name: refitted(unseen[name], data["fit"][name], texts) for name in SETS}
        found = np.array([quality(after[name], *own.values()) for name, own in data["test"].items()])
        line(
            str(texts), [found[:, 5].mean(), found[:, 6].mean(), np.abs(found[:, 1] - found[:, 2]).mean()], 3
        )


def label_sets(data: dict[str, Data], unseen: dict[str, Trust]) -> None:
    """Which rule gives the best sets."""
    for texts in (0, 50):
        print(f"\nlabel sets, re-fitted to {texts} texts: mean F1 and micro F1 of {[*RULES, NONE]}")
        after = {name: refitted(unseen[name], data["fit"][name], texts) for name in SETS}
        scores = np.array([set_scores(after[name], own) for name, own in data["test"].items()])
        for name, values in zip(SETS, scores, strict=True):
            line(name, values)
        line("mean", scores.mean(axis=0), 3)


def rankings(test: Data, unseen: dict[str, Trust]) -> None:
    """Whether the order by trust is better than that by fused score."""
    print("\nrecall at 1, 10, 50: fused, by trust")
    for name in SETS:
        whole = test[name]["whole"]
        by_trust = recalls(chances(unseen[name], whole)[1], whole.gold)
        print(f"| {name} | {recalls(whole.right, whole.gold)} | {by_trust} |")


def without_one(test: Data, rows: dict[str, Rows]) -> None:
    """What each sign is worth."""
    print("\nwithout one sign: mean AUC, ECE of the best, AUROC half; recall at 1 over sets")
    for left in range(len(SIGNS)):
        columns = [place for place in range(len(SIGNS)) if place != left or left == 0]
        table, firsts = [], []
        for name in SETS:
            trust = fit([own for other, own in rows.items() if other != name], columns)
            table.append(quality(trust, *test[name].values()))
            whole = test[name]["whole"]
            firsts.append(float(recalls(chances(trust, whole)[1], whole.gold).split(",")[0]))
        mean = np.nanmean(table, axis=0)
        line("all" if left == 0 else SIGNS[left], [mean[0], mean[5], mean[7], np.mean(firsts)], 3)


def main() -> None:
    """Print the tables."""
    data = {part: {name: views(name, part) for name in SETS} for part in PARTS}
    rows = {name: rows_of(own) for name, own in data["fit"].items()}
    shipped = with_none(fit(list(rows.values())), list(data["fit"].values()))
    print("all sets:", dict(zip(SIGNS, shipped.weights, strict=True)), shipped.nothing)
    unseen = {}
    for name in SETS:
        trust = fit([own for other, own in rows.items() if other != name])
        unseen[name] = with_none(trust, [own for other, own in data["fit"].items() if other != name])
    spread = np.std([own.weights for own in unseen.values()], axis=0)
    print("spread of the coefficients over sets left out:", spread.round(2))
    transfer(data["test"], unseen)
    refits(data, unseen)
    label_sets(data, unseen)
    rankings(data["test"], unseen)
    without_one(data["test"], rows)


if __name__ == "__main__":
    main()
