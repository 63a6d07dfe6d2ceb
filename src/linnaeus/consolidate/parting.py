"""A label's texts in two halves, as a proposal that a person may carry out (splits.py). Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from linnaeus.consolidate.changes import checked_name, label_today
from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.halves import CLOUDS, Halves, halve
from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.wording import wording_key
from linnaeus.errors import InputError
from linnaeus.store import Assigned
from linnaeus.types import LabelId, SurfaceId

SHOWN = 3  # texts of a half that a proposal shows


@dataclass(frozen=True, slots=True)
class Half:
    """One half of the texts of a label: its name, the key phrase that suits it, and the texts in the middle of it."""

    name: str
    phrase: str
    texts: int
    central: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A label's texts in two halves, as proposed. `kept` keeps its id and name; `new` is to be a label of its own.

    `out`: whether each text, by its id, is in the new half. `doubtful`: texts near the middle, by id.
    """

    label: LabelId
    kept: Half
    new: Half
    halves: Halves
    rows: tuple[Assigned, ...]
    out: dict[int, bool]
    doubtful: dict[int, str]


def propose_split(consolidator: Consolidator, label: LabelId, *, name: str = "") -> Split:
    """Part the texts of a label in two by their vectors. Changes nothing.

    The half in which most texts of the wording are that founded the label keeps the id. `name` is for the other one; without
    it, it is named by its key phrases.
    """
    store = consolidator.store
    label = label_today(store, label)
    rows = store.assigned(store.surfaces_of(label))
    texts = {row.text_id: row.text for row in rows}
    halves = halve(consolidator.vectors.codes(list(texts.values()))) if len(texts) > 1 else None
    if halves is None:
        raise InputError(f"the texts of {store.names()[label][0]!r} are all alike", hint="nothing to split")
    side = dict(zip(texts, map(bool, halves.side), strict=True))
    balance = balance_of(rows, side)[store.surface_of(label)] or 2 * sum(side.values()) - len(side)
    stays = balance > 0
    ids = list(texts)
    central = {
        half: tuple(texts[ids[place]] for place in halves.central(half, SHOWN)) for half in (stays, not stays)
    }
    own = {half: [text for id, text in texts.items() if side[id] == half] for half in (stays, not stays)}
    phrases = name_groups([own[stays], own[not stays]], consolidator.vectors, keep=[None, None])
    names = {label: called for label, (called, _) in store.names().items()}
    chosen = (
        checked_name(store, name) if name else free_name(phrases[1], set(map(wording_key, names.values())))
    )
    return Split(
        label=label,
        kept=Half(names[label], phrases[0], len(own[stays]), central[stays]),
        new=Half(chosen, phrases[1], len(own[not stays]), central[not stays]),
        halves=halves,
        rows=tuple(rows),
        out={id: half != stays for id, half in side.items()},
        doubtful={id: texts[id] for id, doubt in zip(ids, halves.in_doubt, strict=True) if doubt},
    )


def separation(split: Split) -> str:
    """How well the halves separate, in plain words."""
    halves = split.halves
    alike = f"cosine to the middle of their own half {halves.near.mean():.2f}, of the other {halves.far.mean():.2f}"
    if halves.by_chance:
        return f"no better than chance: {CLOUDS - halves.beaten} of {CLOUDS} shapeless clouds fall apart as well; {alike}"
    return f"better than {halves.beaten} of {CLOUDS} shapeless clouds; {alike}"


def balance_of(rows: Sequence[Assigned], side: dict[int, bool]) -> Counter[SurfaceId]:
    """How many more of each surface's texts are in the second half than in the first."""
    balance: Counter[SurfaceId] = Counter()
    for row in rows:
        balance[row.surface] += 1 if side[row.text_id] else -1
    return balance
