"""Which entry of a taxonomy each label means, if any: from its wordings and its texts. Knows nothing of storage.

A label is compared with every reading of every entry at once, exactly. How far the best one is to be trusted is fitted on
open data, with and without the right entry in the taxonomy: research/mapping.py.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.portraits import Portraits, centred
from linnaeus.consolidate.readings import Readings
from linnaeus.consolidate.wording import wording_key
from linnaeus.index import ExactIndex, quantise
from linnaeus.types import LabelId

WORDING_SHARE = 0.4  # of what a label is compared by, where it has wordings
WITHIN = 0.05  # cosines that far apart are "about as near"
FLOOR = 0.1  # cosine below which nothing is an entry of a label
MOST_READINGS = 40  # nearest readings of a label that are looked at: those of its best entries
AT_ONCE = 64  # labels compared at a time


class Nearness(NamedTuple):
    """Cosines of the best reading of an entry: to all of a label, to its wordings, to its texts."""

    cosine: float
    words: float
    texts: float


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for the nearest entry of a label.

    `words` and `texts`: cosines, with what labels and what entries have in common taken off (words is 0 where a label has
    none). `lead`: how much nearer it is than the next entry. `crowd`: log of how many entries are about as near, itself
    counted: 0 if no other one is.
    """

    words: float
    texts: float
    lead: float
    crowd: float


@dataclass(frozen=True, slots=True)
class Trust:
    """The chance that the nearest entry is right: a logistic model of its signs."""

    constant: float
    words: float
    texts: float
    lead: float
    crowd: float

    def chance(self, signs: Signs) -> float:
        """0 to 1."""
        odds = self.constant + self.words * signs.words + self.texts * signs.texts
        odds += self.lead * signs.lead + self.crowd * signs.crowd
        return float(1 / (1 + np.exp(-odds)))


WITH_WORDS = Trust(-4.43, 3.87, 1.15, 5.48, -0.5)  # research/mapping.py, fitted on both recordings
WORDLESS = Trust(-2.47, 0.0, 2.7, 5.85, -0.84)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, by its place in the taxonomy, that a label may mean.

    `next`: the nearest other one. `same`: how many entries have the label's very name.
    """

    place: int
    chance: float
    signs: Signs
    next: int | None = None
    same: int = 0


def match(
    portraits: Portraits, readings: Readings, *, never: Container[tuple[LabelId | None, int]] = ()
) -> list[Match | None]:
    """The entry that each label may mean, in order; None if nothing is near. (label, place) in `never` is none.

    An entry that has the label's very name is certain, if it alone has it.
    """
    words, texts = centred(portraits.words), centred(portraits.texts)
    worded = np.any(words != 0, axis=1)
    share = np.where(worded, WORDING_SHARE, 0.0)[:, None]
    asked = quantise((share * words + (1 - share) * texts).astype(np.float32))  # (n, d)
    index = ExactIndex(readings.codes)
    found: list[Match | None] = []
    for start in range(0, len(asked), AT_ONCE):
        near = index.nearest(asked[start : start + AT_ONCE], most=MOST_READINGS, at_least=FLOOR)
        for row, (places, cosines) in enumerate(near, start=start):
            label = portraits.labels[row]
            looks = unit_rows(readings.codes[places]) @ np.stack([words[row], texts[row]]).T  # (k, 2)
            best: dict[int, Nearness] = {}  # the best reading of each entry
            for entry, cosine, look in zip(readings.entry[places], cosines, looks, strict=True):
                best.setdefault(int(entry), Nearness(float(cosine), float(look[0]), float(look[1])))
            known = {entry: one for entry, one in best.items() if (label.id, entry) not in never}
            named = readings.named.get(wording_key(label.name), ())
            same = [entry for entry in named if (label.id, entry) not in never]
            found.append(_match(known, same, WITH_WORDS if worded[row] else WORDLESS))
    return found


def _match(near: dict[int, Nearness], same: Sequence[int], trust: Trust) -> Match | None:
    """The nearest of the entries with the `same` name if there are any, else of all; ties go to the nearer reading."""
    choice = [entry for entry in near if entry in same] or same or list(near)
    if not choice:
        return None
    entry = choice[0]
    own = near.get(entry, Nearness(FLOOR, 0.0, 0.0))
    others = np.array([one.cosine for other, one in near.items() if other != entry])
    lead = own.cosine - others.max(initial=FLOOR)
    crowd = np.log1p(np.exp((others - own.cosine) / WITHIN).sum())
    signs = Signs(own.words, own.texts, float(lead), float(crowd))
    chance = 1.0 if list(same) == [entry] else trust.chance(signs)
    after = next((other for other in near if other != entry), None)
    return Match(entry, chance, signs, after, len(same))
