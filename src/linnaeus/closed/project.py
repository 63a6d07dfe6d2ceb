"""The taxonomy of a project: kept as rows, read back as columns, and changed by a newer version. Knows no text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.store import Store, TaxonomyColumns, TaxonomyRow
from linnaeus.taxonomy import JOINED_BY, Links, Lists, Lookup, Strings, Taxonomy, starts_of
from linnaeus.types import LabelId

Ids = NDArray[np.int64]
"""Ids of label rows."""
CHANGED = "changed"
"""Arrays of the store: labels that have changed since texts were last looked through for that: the `ids` of those that were
added, removed or are called something else, and of those that have `moved` alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a newer version of a taxonomy did to labels, by rising id.

    `added`: not there before, or removed earlier. `removed`: not there any more; the id still leads to their row. Of
    those that stay: `renamed` have another name, description or synonyms, `moved` other parents or another first one.
    """

    added: tuple[LabelId, ...] = ()
    removed: tuple[LabelId, ...] = ()
    renamed: tuple[LabelId, ...] = ()
    moved: tuple[LabelId, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.renamed or self.moved)


def load(store: Store) -> tuple[Taxonomy, Ids]:
    """The taxonomy of a project without removed labels, and the id of the label at each place (n,), rising.

    Raises InputError where there is none.
    """
    columns = store.taxonomy()
    if not columns.ids:
        raise InputError(
            f"{store.path} holds no taxonomy", hint="`linnaeus taxonomy import FILE` puts one in"
        )
    ids = np.array(columns.ids, np.int64)
    taxonomy = Taxonomy(
        ids=Strings.of(columns.codes),
        names=Strings.of(columns.names),
        descriptions=Strings.of(columns.descriptions),
        synonyms=Lists.of([joined.split(JOINED_BY) if joined else () for joined in columns.synonyms]),
        parents=_by_place(columns, ids),
    )
    return taxonomy, ids


def _by_place(columns: TaxonomyColumns, ids: Ids) -> Links:
    links = _pairs(columns)
    owners, parents = np.searchsorted(ids, links[:, 0]), np.searchsorted(ids, links[:, 1])
    starts = starts_of(np.bincount(owners, minlength=len(ids)))
    return Links(starts, parents.astype(np.int32))


def import_taxonomy(store: Store, taxonomy: Taxonomy) -> Change:
    """Let `taxonomy` be that of the project: labels keep their ids by their codes, and all of it is kept or nothing.

    Returns what changed, from all being added to nothing. Commits.
    """
    with store.writing():
        change = _import(store, taxonomy)
        if change:
            store.new_generation()  # what other processes have read of labels holds no longer
            if store.newest_text() and not finds_labels(store):
                _note(store, change)
    return change


def finds_labels(store: Store) -> bool:
    """Whether a project's labels are found in its texts, whatever taxonomy lies beside them."""
    return store.meta("max_labels") is not None


def is_touched(store: Store) -> bool:
    """Whether texts have yet to be looked through for labels that changed."""
    return bool(store.arrays(CHANGED))


def _note(store: Store, change: Change) -> None:
    """Remember which labels have changed, until texts have been looked through for them."""
    before = store.arrays(CHANGED)
    other = (*before.get("ids", ()), *change.added, *change.removed, *change.renamed)
    ids = np.unique(np.array(other, np.int64))
    moved = np.array((*before.get("moved", ()), *change.moved), np.int64)
    store.set_arrays(CHANGED, {"ids": ids, "moved": np.setdiff1d(moved, ids)})


def _import(store: Store, taxonomy: Taxonomy) -> Change:
    was, rows = store.taxonomy(removed=True), _rows(taxonomy)
    places = Lookup(Strings.of(was.codes)).places(taxonomy.ids)  # (n,), -1: never there
    known = np.flatnonzero(places >= 0)
    before = places[known]
    ids = np.zeros(len(taxonomy), np.int64)
    ids[known] = np.array(was.ids, np.int64)[before]
    new = np.flatnonzero(places < 0)
    ids[new] = store.add_taxonomy_labels([rows[place] for place in new.tolist()])

    gone = np.array(was.removed, np.bool_)
    added, other = places < 0, np.zeros(len(ids), np.bool_)
    added[known] = gone[before]
    other[known] = _other(was, rows, known.tolist(), before.tolist())
    moved = _moved(was, taxonomy, ids)
    gone[before] = True  # what is left of the others is removed now
    removed = np.array(was.ids, np.int64)[~gone]

    again = np.flatnonzero((places >= 0) & (other | added)).tolist()
    store.set_taxonomy_labels({LabelId(int(ids[place])): rows[place] for place in again})
    store.remove_taxonomy_labels(_labels(removed))
    above = {int(ids[place]): ids[taxonomy.parents[place]] for place in np.flatnonzero(moved).tolist()}
    store.set_label_parents({LabelId(label): _labels(parents) for label, parents in above.items()})
    return Change(
        added=_rising(ids[added]),
        removed=_rising(removed),
        renamed=_rising(ids[other & ~added]),
        moved=_rising(ids[moved & ~added]),
    )


def _other(was: TaxonomyColumns, rows: list[TaxonomyRow], known: list[int], before: list[int]) -> list[bool]:
    """Whether each row that is `known` says something else than the one that there was `before`."""
    said = list(zip(was.codes, was.names, was.descriptions, was.synonyms, strict=True))
    return [rows[place] != said[old] for place, old in zip(known, before, strict=True)]


def _moved(was: TaxonomyColumns, taxonomy: Taxonomy, ids: Ids) -> NDArray[np.bool_]:
    """Which labels (n,) have other parents than they `was` written with, or the same in another order."""
    links = _pairs(was)
    order = np.argsort(ids)
    at = order[np.minimum(np.searchsorted(ids[order], links[:, 0]), len(ids) - 1)]
    known = ids[at] == links[:, 0]
    owners, parents = at[known], links[known, 1]
    by_place = np.argsort(owners, kind="stable")
    owners, parents = owners[by_place], parents[by_place]
    sizes = taxonomy.parents.sizes
    as_many = np.bincount(owners, minlength=len(ids)) == sizes
    now_owners, now = taxonomy.parents.owners, ids[taxonomy.parents.places]
    mine, before = as_many[now_owners], as_many[owners]
    moved: NDArray[np.bool_] = ~as_many
    moved[now_owners[mine][now[mine] != parents[before]]] = True
    return moved


def _rows(taxonomy: Taxonomy) -> list[TaxonomyRow]:
    synonyms = (JOINED_BY.join(several) for several in taxonomy.synonyms)
    return list(map(TaxonomyRow, taxonomy.ids, taxonomy.names, taxonomy.descriptions, synonyms))


def _pairs(columns: TaxonomyColumns) -> Ids:
    """(label, parent) of each link (k, 2)."""
    return np.array(columns.links, np.int64).reshape(-1, 2)


def _labels(ids: Ids) -> tuple[LabelId, ...]:
    return tuple(map(LabelId, ids.tolist()))


def _rising(ids: Ids) -> tuple[LabelId, ...]:
    return _labels(np.sort(ids))
