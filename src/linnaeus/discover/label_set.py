"""What was found as a label set: the rows of a taxonomy file, with what speaks for and against each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.discover.asking import Told
from linnaeus.discover.found import Found
from linnaeus.discover.grouping import centres
from linnaeus.discover.naming import Named, by_phrases, central
from linnaeus.discover.stability import DISSOLVED
from linnaeus.discover.tiers import tiers
from linnaeus.types import Embedder

COLUMNS = (
    "id",
    "name",
    "description",
    "parent_ids",
    "synonyms",
    "texts",
    "share",
    "stability",
    "flags",
    "examples",
)
"""The first five are those of any taxonomy file; who reads one passes over the others."""
JOINED_BY = " | "


@dataclass(frozen=True, slots=True)
class Label:
    """A row: a label found, or a parent of labels. `parent` is an id; `share` is of all texts."""

    named: Named
    texts: int
    share: float
    parent: str = ""
    is_parent: bool = False
    stability: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name, which no other has, in the letters that an id may have."""
        return wording_key(self.named.name)

    def row(self) -> tuple[str, ...]:
        """The cells, in the order of COLUMNS."""
        steady = "" if self.stability is None else f"{self.stability:.2f}"
        name = self.named.name.replace("_", " ")
        figures = (str(self.texts), f"{self.share:.4f}", steady, "; ".join(self.flags))
        examples = JOINED_BY.join(text.replace("|", "/")[:200] for text in self.named.texts)
        synonyms = "|".join(self.named.synonyms)
        return (self.id, name, self.named.description, self.parent, synonyms, *figures, examples)


@dataclass(frozen=True, slots=True)
class LabelSet:
    """What was found, as rows of a file; `names` are those of the groups. `told`: what a model said to that end."""

    found: Found
    names: list[str]
    labels: list[Label]
    told: Told


def label_set(found: Found, named: Sequence[Named], told: Told, embedder: Embedder) -> LabelSet:
    """Put groups, as they are `named`, under parents; `told` is what a model said to that end.

    Rows: those at the top first, the largest first, each right above what is under it.
    """
    texts = central(found)
    labels = _labels(found, named)
    taken = {wording_key(one.name) for one in named}
    start = 0
    for parents in tiers(centres(found.rows, found.groups)):
        members = [
            [start + int(one) for one in np.flatnonzero(parents == parent)]
            for parent in range(parents.max() + 1)
        ]
        start = len(labels)
        texts += [_in_turn([texts[one] for one in own]) for own in members]
        under = [[readable(labels[one].named.name) for one in own] for own in members]
        for own, made in zip(members, by_phrases(texts[start:], embedder, under), strict=True):
            free = wording_key(made.name) not in taken
            parent = replace(made, name=free_name(made.name if free else f"{made.name}_topics", taken))
            for one in own:
                labels[one] = replace(labels[one], parent=wording_key(parent.name))
            size = sum(labels[one].texts for one in own)
            labels.append(Label(parent, size, size / int(found.counts.sum()), is_parent=True))
    return LabelSet(found, [one.name for one in named], _in_order(labels), told)


def _labels(found: Found, named: Sequence[Named]) -> list[Label]:
    sizes, flags, total = found.sizes.tolist(), _flags(found, named), int(found.counts.sum())
    steady = [None] * len(named) if found.stability is None else found.stability.tolist()
    return [
        Label(own, size, size / total, stability=stable, flags=said)
        for own, size, stable, said in zip(named, sizes, steady, flags, strict=True)
    ]


def _flags(found: Found, named: Sequence[Named]) -> list[tuple[str, ...]]:
    close = found.close()
    steady = found.stability
    out: list[tuple[str, ...]] = []
    for group in range(len(named)):
        flags = []
        if steady is not None and steady[group] < DISSOLVED:
            flags.append("unstable")
        if group in close:
            flags.append(f"close to {named[close[group]].name.replace('_', ' ')}")
        out.append(tuple(flags))
    return out


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, ..."""
    longest = max(map(len, lists))
    return [one[place] for place in range(longest) for one in lists if place < len(one)]


def _in_order(labels: Sequence[Label]) -> list[Label]:
    """Largest first, and each right above those under it."""
    under: dict[str, list[Label]] = {}
    for label in sorted(labels, key=lambda label: (-label.texts, not label.is_parent, label.id)):
        under.setdefault(label.parent, []).append(label)
    out: list[Label] = []

    def put(parent: str) -> None:
        for label in under.get(parent, ()):
            out.append(label)
            put(label.id)

    put("")
    return out
