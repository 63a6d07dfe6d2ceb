"""Which entry of a taxonomy does a label mean, and when is it none? Fit the chance, check it on sets it was not fitted on.

    python research/mapping.py            # prints the tables of LOG.md, "Labels to a taxonomy"

Labels come from the product: a replayed stream (with a model's wordings) or the same without a model. The taxonomy is the
set's own list of classes: whole, and five times with a random half of its classes left out, so that the labels of those
have no right entry. An entry is right if it is the class of more than half of the label's texts.
"""

from __future__ import annotations

import gzip
import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, load_rows
from sklearn.linear_model import LogisticRegression

from linnaeus import Classifier
from linnaeus.consolidate import readings
from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.mapping import Match, Signs, Trust, match
from linnaeus.consolidate.portraits import Portraits, portraits
from linnaeus.consolidate.readings import Readings
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.embed import open_embedder
from linnaeus.store import CachedVectors, LabelSummary, Store
from linnaeus.taxonomy import Taxonomy, entries_of, read_taxonomy, taxonomy_of
from linnaeus.texts import clean_text
from linnaeus.types import LabelId

FITTED = ("banking77", "clinc150")
DRAWS = 5
NONE = ""


@dataclass(frozen=True)
class Found:
    """Labels that the product found, and the class of most of each one's texts (NONE: no class has most)."""

    name: str
    portraits: Portraits
    gold: list[str]


@dataclass(frozen=True)
class Cases:
    """For each label what speaks for its nearest entry, whether that is right, its texts, whether there is a right one."""

    signs: list[Signs]
    right: NDArray[np.bool_]
    sizes: NDArray[np.float64]
    possible: NDArray[np.bool_]


def run(name: str, *, model: bool, most: int | None = None) -> Found:
    """Label a shuffled order of a set (seed 0): its recording, or without a model its texts."""
    if model:
        rows = [(clean_text(row["text"]), row["gold"]) for row in load_rows(name)]
    else:
        rows = [(clean_text(row["text"]), (row["labels"] or [NONE])[0]) for row in texts_of(name)]
    gold = dict(rows)
    order = np.random.default_rng(0).permutation(len(gold))[:most]
    texts = [list(gold)[place] for place in order]
    spec = f"replay:{DATA / 'recorded' / f'{name}-proposals.jsonl.gz'}" if model else "none"
    with Classifier.open(llm=spec) as classifier:
        classifier.label(texts)
        classifier.tidy()
        classes: dict[int, Counter[str]] = defaultdict(Counter)
        for answer in classifier.today(texts):
            if answer is not None:
                for label in answer.label_ids:
                    classes[label][gold[answer.text]] += 1
        found = portraits(classifier.store, classifier.consolidator.vectors)
    return Found(name, found, [most_of(classes[label.id]) for label in found.labels])


def texts_of(name: str) -> list[dict[str, list[str]]]:
    """The rows of a set."""
    with gzip.open(DATA / "sets" / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def most_of(classes: Counter[str]) -> str:
    """The class of more than half of the texts."""
    best, count = classes.most_common(1)[0]
    return best if 2 * count > classes.total() else NONE


def cases(found: Found, draws: int = DRAWS) -> Cases:
    """Match the labels with the whole taxonomy, and with `draws` random halves of it."""
    whole = read_taxonomy(labels_of(found.name))
    vectors = CachedVectors(open_embedder(), Store())
    best: list[tuple[Match | None, str, int, bool]] = []
    for seed in range(-1, draws):
        taxonomy = whole if seed < 0 else half(whole, seed)
        there = set(taxonomy.ids)
        matches = match(found.portraits, Readings(taxonomy, vectors.codes))
        for one, gold, label in zip(matches, found.gold, found.portraits.labels, strict=True):
            right = one is not None and taxonomy.ids[one.place] == gold
            best.append((one, "right" if right else "", label.texts, gold in there))
    fitted = [case for case in best if case[0] is not None and not case[0].same]
    return Cases(
        [one.signs for one, *_ in fitted if one is not None],
        np.array([bool(right) for _, right, *_ in fitted]),
        np.array([size for _, _, size, _ in fitted], dtype=float),
        np.array([possible for *_, possible in fitted]),
    )


def labels_of(name: str) -> str:
    """The set's own list of classes."""
    folder = DATA / "sets" / name
    return str(next(path for path in folder.glob("labels.csv*")))


def half(whole: Taxonomy, seed: int) -> Taxonomy:
    """A random half of the entries that have none below them, with all that are above others."""
    drawn = np.random.default_rng(seed).random(len(whole)) < 0.5
    kept = drawn | (whole.children.sizes > 0)
    return taxonomy_of(entry for entry, keep in zip(entries_of(whole), kept, strict=True) if keep)


def without_synonyms(whole: Taxonomy) -> Taxonomy:
    """The same entries with names and descriptions alone."""
    return taxonomy_of(entry._replace(synonyms=()) for entry in entries_of(whole))


def fit(parts: Sequence[Cases], *, worded: bool) -> Trust:
    """One logistic regression over all parts, each part with the same weight."""
    rows = np.array([astuple(signs) for part in parts for signs in part.signs])[:, 0 if worded else 1 :]
    right = np.concatenate([part.right for part in parts])
    weights = np.concatenate([np.full(len(part.right), 1 / len(part.right)) for part in parts]) * len(right)
    model = LogisticRegression(C=100, max_iter=1000).fit(rows, right, sample_weight=weights)
    coefficients = (model.intercept_[0], *([] if worded else [0.0]), *model.coef_[0])
    return Trust(*(round(float(value), 2) for value in coefficients))


def report(trust: Trust, data: Cases, fitted_on: str, name: str) -> None:
    """One line: calibration and what is proposed at 0.5 and at 0.9."""
    chance = np.array([trust.chance(signs) for signs in data.signs])
    bins = np.minimum((chance * 10).astype(int), 9)
    gaps = [
        abs(chance[bins == one].mean() - data.right[bins == one].mean()) * (bins == one).mean()
        for one in set(bins)
    ]
    cells = []
    for least in (0.5, 0.9):
        taken = chance >= least
        right = data.right[taken].mean() if taken.any() else float("nan")
        of_texts = np.average(data.right[taken], weights=data.sizes[taken]) if taken.any() else float("nan")
        recall = (data.right & taken).sum() / max(1, data.possible.sum())
        cells.append(f"{taken.mean():5.2f} {right:6.3f} {of_texts:6.3f} {recall:6.3f}")
    print(
        f"{fitted_on:12} {name:22} {len(chance):6} {data.right.mean():6.3f} {sum(gaps):6.3f} | "
        + " | ".join(cells)
    )


def context(name: str, most: int = 400) -> None:
    """How much descriptions and names above help: share of classes whose first 4 texts are nearest to their own entry."""
    vectors = CachedVectors(open_embedder(), Store())
    taxonomy = without_synonyms(read_taxonomy(labels_of(name)))
    texts: dict[str, list[str]] = defaultdict(list)
    for row in texts_of(name):
        for label in row["labels"]:
            texts[label].append(row["text"])
    drawn = np.random.default_rng(0).permutation(sorted(texts))[:most]
    means = np.stack([unit_rows(vectors.codes(texts[one][:4])).mean(axis=0) for one in drawn])
    labels = [LabelSummary(LabelId(n), "", 4, 0) for n in range(len(drawn))]
    cells = []
    for share in (0.0, 0.25, 0.5, 1.0):
        readings.CONTEXT_SHARE = share
        found = match(Portraits(labels, np.zeros_like(means), means), Readings(taxonomy, vectors.codes))
        right = [
            one is not None and taxonomy.ids[one.place] == own for one, own in zip(found, drawn, strict=True)
        ]
        cells.append(f"{share}: {np.mean(right):.3f}")
    readings.CONTEXT_SHARE = 0.5
    print(f"{name}: {len(drawn)} classes of {len(taxonomy)}; context share " + ", ".join(cells))


HEAD = "fitted on    measured on            labels  right    ECE | 0.5: share, right, of texts, found | 0.9: the same"


def large(name: str, most: int) -> None:
    """A taxonomy of many entries, names and descriptions alone: what the product's coefficients say of other wordings.

    Each label is made of the texts of one entry (other titles, phrases of an index): the first one is its wording, ten
    at most are its texts.
    """
    vectors = CachedVectors(open_embedder(), Store())
    taxonomy = without_synonyms(read_taxonomy(labels_of(name)))
    texts: dict[str, list[str]] = defaultdict(list)
    for row in texts_of(name):
        if row["labels"]:
            texts[row["labels"][0]].append(row["text"])
    drawn = np.random.default_rng(0).permutation(sorted(texts))[:most]
    labels = [LabelSummary(LabelId(n), texts[one][0], len(texts[one]), 1) for n, one in enumerate(drawn)]
    words = vectors.codes([readable(wording_key(label.name)) for label in labels])
    means = np.stack([unit_rows(vectors.codes(texts[one][:10])).mean(axis=0) for one in drawn])
    began = time.perf_counter()
    made = Readings(taxonomy, vectors.codes)
    embedded = time.perf_counter()
    matches = match(Portraits(labels, unit_rows(words), means), made)
    done = time.perf_counter()
    same = np.array([one is not None and one.same > 0 for one in matches])
    chance = np.array([one.chance if one else 0.0 for one in matches])
    places = taxonomy.places(drawn).tolist()
    right = np.array(
        [one is not None and one.place == place for one, place in zip(matches, places, strict=True)]
    )
    likely = [~same & (chance >= least) for least in (0.5, 0.7, 0.9)]
    cells = (f"{one.mean():.2f} {right[one].mean():.3f}" for one in likely)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name}: {len(taxonomy)} entries, {len(labels)} labels, right {right.mean():.3f}; at 0.5, 0.7, 0.9 (share, right): "
        + ", ".join(cells)
        + f"; the very name of an entry: {same.sum()}, {right[same].sum()} of them right"
        + f"; {embedded - began:.0f} s for entries, {done - embedded:.1f} s for labels, {memory:.0f} MB"
    )


def main() -> None:
    """Print the tables."""
    for worded in (True, False):
        names = [*FITTED] if worded else [*FITTED, "snips", "stackexchange_titles"]
        limits = {"clinc150": 6000, "banking77": 4000, "snips": 3000}
        found = {
            name: cases(run(name, model=worded, most=None if worded else limits.get(name))) for name in names
        }
        trusts = {name: fit([found[name]], worded=worded) for name in FITTED}
        trusts["both"] = fit([found[name] for name in FITTED], worded=worded)
        print("\nwith the model's wordings" if worded else "\nwithout a model")
        for name, trust in trusts.items():
            print(f"fitted on {name:10} {trust}")
        print(HEAD)
        for fitted_on, trust in trusts.items():
            for name in names:
                if name != fitted_on:
                    report(trust, found[name], fitted_on, name)
    print()
    for name in ("us_bills", "clinc150", "esco_occupations"):
        context(name)
    print("\nmany entries, coefficients of the product")
    for name, most in (("esco_occupations", 1000), ("icd10cm", 1000)):
        large(name, most)


if __name__ == "__main__":
    main()
