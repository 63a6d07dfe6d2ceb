"""Which texts a change of the taxonomy may touch, so that no others are looked at again. Knows no model and no stage.

An answer hangs on the labels that may fit its text: a text is touched if one of these has changed, or if a label that was
added, or is called something else now, reaches what they reached. Where many labels have changed, how rare words are has
changed too, and with it every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.project import CHANGED, Ids
from linnaeus.closed.shortlists import ProjectShortlist
from linnaeus.store import Look, MachineText, Store
from linnaeus.taxonomy import Taxonomy

AT_ONCE = 512
MANY = 0.05
"""The share of labels that have changed above which all texts are touched."""


def mark_touched(
    store: Store, shortlist: ProjectShortlist, taxonomy: Taxonomy, ids: Ids, generation: int
) -> bool:
    """Let the texts wait for another look that changes of the taxonomy since the last call may touch. Commits.

    `ids` (n,) are those at the places of `taxonomy`, as it was in this `generation` of the store; False if there is a newer
    one by now.
    """
    pending = store.arrays(CHANGED)
    if not pending:
        return True
    changed = pending["ids"]
    if len(changed) > MANY * len(ids):
        touched = [row.id for texts in _batches(store) for row in texts]
    else:
        touched = list(_touched(store, shortlist, changed, _places(changed, taxonomy, ids)))
    with store.writing():
        if store.generation() != generation:
            return False
        store.let_wait(touched)
        store.set_arrays(CHANGED, {})
    return True


def _places(changed: Ids, taxonomy: Taxonomy, ids: Ids) -> NDArray[np.intp]:
    """The places of labels that changed and are still there, and of all under them, whose paths have changed."""
    return np.flatnonzero(taxonomy.children.reached(np.flatnonzero(np.isin(ids, changed))))


def _batches(store: Store) -> Iterator[list[MachineText]]:
    last = 0
    while texts := store.machine_texts(after=last, most=AT_ONCE):
        yield texts
        last = texts[-1].id


def _touched(
    store: Store, shortlist: ProjectShortlist, changed: Ids, places: NDArray[np.intp]
) -> Iterator[int]:
    reached = shortlist.reaching(places)
    labelled = store.texts_given(changed.tolist())  # a model may have given what did not seem to fit
    for texts in _batches(store):
        looks = store.looks([row.key for row in texts])
        known = [row for row in texts if row.key in looks]
        held = _held(known, looks, changed)
        near = reached([row.text for row in known], [looks[row.key].floors for row in known])
        touched = {row.id for row, one, other in zip(known, held, near, strict=True) if one or other}
        touched |= labelled
        yield from (row.id for row in texts if row.key not in looks or row.id in touched)


def _held(texts: Sequence[MachineText], looks: dict[bytes, Look], changed: Ids) -> NDArray[np.bool_]:
    """Whether any label that may fit each text is among those that changed."""
    labels = [looks[row.key].labels for row in texts]
    owners = np.repeat(np.arange(len(texts)), [len(own) for own in labels])
    hit = np.isin(np.concatenate([np.zeros(0, np.int64), *labels]), changed)
    return np.bincount(owners, weights=hit, minlength=len(texts)) > 0
