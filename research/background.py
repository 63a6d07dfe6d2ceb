"""Is a text about any of a few labels at all? Fits the weights of `closed/background.py`, measured on sets left out.

    LINNAEUS_VECTORS=FOLDER python research/background.py   # prints the table of LOG.md, "Very small label sets"

3 and 12 labels drawn from each of 11 sets (all of smaller ones; of clinc150 the ten domains in place of 12 intents). Texts:
up to 24 of these labels, 12 of other labels of the set ("near"), 26 of other sets and of none ("far").
"""

from __future__ import annotations

import csv
import gzip
import json
from typing import Any, NamedTuple

import numpy as np
from recordings import DATA
from sklearn.metrics import roc_auc_score
from zero_shot import vectors

from linnaeus.closed.background import BACKGROUND, Floats
from linnaeus.closed.entries import Entries
from linnaeus.closed.label_sets import chosen
from linnaeus.closed.signs import signs_of
from linnaeus.closed.trust import LEAST, SHIPPED
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.index.exact import cosines
from linnaeus.logistic import most_likely, sigmoid

SETS = (
    *("snips", "clinc150", "banking77", "stackexchange_titles", "mams_restaurants", "llm_labels_arena"),
    *("esco_occupations", "esco_skills", "stw_economics", "tate_artworks", "icd10cm"),
)
SIZES = (3, 12)
LONGEST = 240  # letters of a text
OWN, NEAR, FAR, OF_NONE = 24, 12, 20, 6


class Set(NamedTuple):
    """Labels by their id, and texts that have some, as rows; `none`: texts that have none."""

    labels: dict[str, dict[str, str]]
    texts: list[dict[str, Any]]
    none: list[str]


class Case(NamedTuple):
    """A small label set of a set, texts, and what each is: 0 of its labels, 1 near, 2 far."""

    name: str
    labels: list[dict[str, str]]
    texts: list[str]
    kind: np.ndarray[tuple[int], np.dtype[np.intp]]


class Looked(NamedTuple):
    """Of each text: falling chances (n, k), what is fitted (n, 3), what it is and what it counts (n,)."""

    chances: Floats
    signs: Floats
    kind: np.ndarray[tuple[int], np.dtype[np.intp]]
    counts: Floats


def read(name: str) -> Set:
    """Short texts of all parts."""
    path = next((DATA / "sets" / name).glob("labels.csv*"))
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        labels = {row["id"]: row for row in csv.DictReader(file)}
    with gzip.open(DATA / "sets" / name / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if len(row["text"]) < LONGEST]
    return Set(
        labels, [row for row in rows if row["labels"]], [row["text"] for row in rows if not row["labels"]]
    )


def cases(sets: dict[str, Set]) -> list[Case]:
    """The small label sets of each set."""
    return [case(sets, name, size) for name in sets for size in SIZES]


def case(sets: dict[str, Set], name: str, size: int) -> Case:
    """So many labels of a set, or its domains, with texts of theirs and of others."""
    random, own = np.random.default_rng(size), sets[name]
    codes = sorted({label for row in own.texts for label in row["labels"]})
    if name == "clinc150" and size == max(SIZES):
        above = {code: own.labels[code]["parent_ids"] for code in codes}
    else:
        drawn = random.permutation(len(codes))[:size]
        above = {code: code for code in (codes[place] for place in drawn)}
    rows = [own.texts[place] for place in random.permutation(len(own.texts))]
    mine = [row["text"] for row in rows if above.keys() & set(row["labels"])][:OWN]
    near = [row["text"] for row in rows if not above.keys() & set(row["labels"])][:NEAR]
    others = [other for other in sets if other != name and other[:4] != name[:4]]
    far = []
    for _ in range(FAR):
        texts = sets[others[random.integers(len(others))]].texts
        far.append(texts[random.integers(len(texts))]["text"])
    if name != "clinc150":
        far += [sets["clinc150"].none[place] for place in random.permutation(1000)[:OF_NONE]]
    kind = np.repeat([0, 1, 2], [len(mine), len(near), len(far)])
    return Case(name, [own.labels[code] for code in sorted(set(above.values()))], [*mine, *near, *far], kind)


def looked(one: Case) -> Looked:
    """What names say of the texts of a case."""
    names = [label["name"] for label in one.labels]
    entries = Entries.of(names, descriptions=[label["description"] for label in one.labels])
    codes = vectors(one.texts)
    source = ZeroShot.of(entries, vectors(list(entries.texts)))
    found = source.looked(one.texts, codes, len(names))
    held = found.found.places >= 0
    signs = signs_of(one.texts, found, source.lexical, source.labels)
    chances = -np.sort(-np.where(held, SHIPPED.chance(signs), 0.0), axis=1)
    nearest = np.where(held, found.parts[:, :, 0], -1.0).max(axis=1)
    nearer = (cosines(codes, vectors(list(BACKGROUND))) > nearest[:, None]).sum(axis=1)
    best = np.clip(chances[:, 0], LEAST, 1 - LEAST)
    own = one.kind == 0
    counts = np.where(own, 25 / own.sum(), 25 / (~own).sum())
    rows = np.stack([np.ones(len(best)), np.log(best / (1 - best)), np.log1p(nearer)], axis=1)
    return Looked(chances, rows, one.kind, counts)


def fit(parts: list[Looked]) -> Floats:
    """The weights of 1, log-odds and names that are nearer; texts of the labels count as much as all others."""
    rows, kind, counts = (np.concatenate(own) for own in list(zip(*parts, strict=True))[1:])
    right = (kind == 0).astype(np.float64)
    return most_likely(rows, right, counts, start=np.zeros(3), prior=0.1 * np.eye(3))[0]


def figures(one: Looked, chances: Floats) -> list[float]:
    """The share of each kind that gets a label; AUROC of the best chance against far, and against near texts."""
    given = chosen(chances, SHIPPED.none(chances)) > 0
    shares = [given[one.kind == kind].mean() if (one.kind == kind).any() else np.nan for kind in range(3)]
    areas = []
    for kind in (2, 1):
        rows = (one.kind == 0) | (one.kind == kind)
        both = (one.kind == kind).any()
        areas.append(roc_auc_score(one.kind[rows] == 0, chances[rows, 0]) if both else np.nan)
    return [float(value) for value in (*shares, *areas)]


def main() -> None:
    """Print the table."""
    csv.field_size_limit(1 << 24)
    made = cases({name: read(name) for name in SETS})
    parts = [looked(one) for one in made]
    print("all sets:", fit(parts).round(2))
    before, after = [], []
    for one, part in zip(made, parts, strict=True):
        weights = fit([other for case, other in zip(made, parts, strict=True) if case.name != one.name])
        before.append(figures(part, part.chances))
        after.append(figures(part, part.chances * sigmoid(part.signs @ weights)[:, None]))
        print(one.name, len(one.labels), np.round(before[-1], 2), np.round(after[-1], 2), flush=True)
    print("set, labels | labelled: own, near, far; AUROC far, near | the same with the background")
    print("mean", np.nanmean(before, axis=0).round(3), np.nanmean(after, axis=0).round(3))


if __name__ == "__main__":
    main()
