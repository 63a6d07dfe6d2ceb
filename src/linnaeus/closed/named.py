"""What labels of a project are called, as an index that is kept there. Knows no example."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linnaeus.closed.background import BACKGROUND, FEW, Background
from linnaeus.closed.dense import Dense
from linnaeus.closed.entries import Entries
from linnaeus.closed.project import CHANGED, Ids
from linnaeus.closed.trusted import Trusted
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Taxonomy

KIND = "zero-shot"
BEFORE = "zero-shot before"


class Before(NamedTuple):
    """The vectors that labels had, by id, where they have others now."""

    ids: Ids
    dense: Dense


def trusted(store: Store, taxonomy: Taxonomy, ids: Ids, vectors: CachedVectors) -> Trusted:
    """Candidates by names, with probabilities, over this version of the taxonomy; kept once they are made, which commits.

    `ids` (n,) are those at its places. Where texts have yet to be looked through for what has changed, the vectors that
    labels had are kept too.
    """
    version = f"{store.generation()} {vectors.name}"
    background = Background(vectors.codes(BACKGROUND)) if len(taxonomy) <= FEW else None
    if store.meta("zero_shot_of") == version:
        return Trusted(ZeroShot.from_arrays(store.arrays(KIND), vectors.codes), background=background)
    entries = Entries.of(own_names(taxonomy), list(taxonomy.synonyms), list(taxonomy.descriptions))
    made = ZeroShot.of(entries, vectors.codes(entries.texts), taxonomy.parents, vectors.codes)
    with store.writing():
        _keep_before(store, made.dense, ids)
        store.set_arrays(KIND, made.to_arrays() | {"ids": ids})
        store.set_meta("zero_shot_of", version)
    return Trusted(made, background=background)


def own_names(taxonomy: Taxonomy) -> list[str]:
    """The name of each label, empty where the only label under it is called the same: a text about both gets that one."""
    names = list(taxonomy.names)
    children = taxonomy.children
    for place in np.flatnonzero(children.sizes == 1).tolist():
        if names[place].casefold() == taxonomy.names[int(children[place][0])].casefold():
            names[place] = ""
    return names


def before(store: Store) -> Before | None:
    """What labels had before they changed; None where that is not known."""
    arrays = store.arrays(BEFORE)
    return Before(arrays["ids"], Dense.from_arrays(arrays)) if arrays else None


def forget_before(store: Store) -> None:
    """Texts have been looked through for what changed. Nothing is committed here."""
    store.set_arrays(BEFORE, {})


def _keep_before(store: Store, dense: Dense, ids: Ids) -> None:
    old = store.arrays(KIND)
    if "ids" not in old or not store.arrays(CHANGED):
        return
    both, was, now = np.intersect1d(old["ids"], ids, assume_unique=True, return_indices=True)
    rows = ZeroShot.from_arrays(old).dense.only(was)
    other, known = dense.only(now).other_than(rows), before(store)
    if known is not None:  # that is older
        other &= ~np.isin(both, known.ids)
    kept = Before(both[other], rows.only(np.flatnonzero(other)))
    if known is not None:
        kept = Before(np.concatenate([known.ids, kept.ids]), known.dense.and_also(kept.dense))
    store.set_arrays(BEFORE, kept.dense.to_arrays() | {"ids": kept.ids})
