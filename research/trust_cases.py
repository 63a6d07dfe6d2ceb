"""Texts and taxonomies that `research/zero_shot_trust.py` fits and measures trust on. Open sets only (classes A and B)."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from recordings import DATA
from zero_shot import Known, vectors

from linnaeus.closed.entries import Entries
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.taxonomy import Links
from linnaeus.types import Codes

WHOLE = {"icd10cm", "esco_skills", "esco_occupations", "stw_economics"}  # all texts that have a label
MOST = {  # texts of each part of the other sets: fewer where they are long
    "tate_artworks": 400,
    "debtags": 300,
    "clinc150": 600,
    "banking77": 400,
    "stackexchange_titles": 300,
    "us_bills": 250,
    "snips": 300,
    "mams_restaurants": 300,
    "llm_labels_arena": 200,
    "llm_labels_papers": 150,
    "sgd_dialogues": 100,
}
SETS = (*sorted(WHOLE), *MOST)
PARTS = ("fit", "test")


@dataclass(frozen=True)
class Case:
    """One part of a set: names, descriptions and parents of labels; texts, and the places of the labels of each."""

    name: str
    names: list[str]
    descriptions: list[str]
    parents: list[list[int]]
    texts: list[str]
    gold: list[set[int]]

    @property
    def links(self) -> Links:
        """`parents` as columns."""
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(own) for own in self.parents])])
        return Links(starts, np.array([place for own in self.parents for place in own], np.int32))


def load(name: str, part: str) -> Case:
    """Read the "fit" or the "test" part: the validation or train split, and the test split; or halves."""
    folder = DATA / "sets" / name
    with _opened(next(folder.glob("labels.csv*"))) as file:
        rows = list(csv.DictReader(file))
    places = {row["id"]: place for place, row in enumerate(rows)}
    parents = [[places[own] for own in row["parent_ids"].split("|") if own in places] for row in rows]
    with gzip.open(folder / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = _part([json.loads(line) for line in file], part)
    if name in WHOLE:
        texts = [row for row in texts if row["labels"]]
    else:
        order = np.random.default_rng(0).permutation(len(texts))
        texts = [texts[place] for place in order]
        none = [row for row in texts if not row["labels"]][: MOST[name] // 3]
        texts = none + [row for row in texts if row["labels"]][: MOST[name] - len(none)]
    return Case(
        name,
        [row["name"] for row in rows],
        [row["description"] for row in rows],
        parents,
        [row["text"] for row in texts],
        [{places[label] for label in row["labels"] if label in places} for row in texts],
    )


def _opened(path: Any) -> Any:
    return (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="")


def _part(texts: list[dict[str, Any]], part: str) -> list[dict[str, Any]]:
    splits = {row["split"] for row in texts}
    if len(splits) == 1:
        return texts[0::2] if part == "fit" else texts[1::2]
    wanted = "test" if part == "test" else ("validation" if "validation" in splits else "train")
    return [row for row in texts if row["split"] == wanted]


class Made:
    """The sources of a case and the vectors of its texts; `half` is the same with half of the lowest labels left out."""

    def __init__(self, case: Case) -> None:
        self.case = case
        described = [own for own in case.descriptions if own.strip()]
        names = vectors(case.names)
        self._entries = Entries.of(case.names, descriptions=case.descriptions)
        self._codes = np.concatenate([names, vectors(described)]) if described else names
        self.texts: Codes = vectors(case.texts)
        self.known = Known(case.texts)

    def whole(self) -> ZeroShot:
        """All labels."""
        return ZeroShot.of(self._entries, self._codes, self.case.links, self.known)

    def half(self, seed: int) -> tuple[ZeroShot, Links, list[set[int]]]:
        """Without half of the labels that have none below them; its parents, and what is left of each text's labels."""
        case = self.case
        drawn = np.random.default_rng(seed).random(len(case.names)) < 0.5
        kept = drawn | np.isin(np.arange(len(case.names)), case.links.places)
        new = np.cumsum(kept) - 1
        parents = [[int(new[own]) for own in up] for up, keep in zip(case.parents, kept, strict=True) if keep]
        less = Case("", [], [], parents, [], [])
        held = np.flatnonzero(kept[self._entries.owners])
        entries = Entries(
            [self._entries.texts[place] for place in held],
            new[self._entries.owners[held]].astype(np.int32),
            self._entries.fields[held],
            int(kept.sum()),
        )
        gold = [{int(new[place]) for place in own if kept[place]} for own in case.gold]
        return ZeroShot.of(entries, self._codes[held], less.links, self.known), less.links, gold


def right_of(places: NDArray[np.int32], gold: Sequence[set[int]]) -> NDArray[np.bool_]:
    """Which of the candidates (n, k) are labels of their text."""
    return np.array([[place in own for place in row] for row, own in zip(places.tolist(), gold, strict=True)])


if __name__ == "__main__":
    for own in SETS:
        for part in PARTS:
            made = Made(load(own, part))
            print(own, part, len(made.case.names), len(made.case.texts), flush=True)
