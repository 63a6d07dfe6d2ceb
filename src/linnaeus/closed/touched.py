"""Which texts a change of the taxonomy may touch, so that no others are looked at again. Knows no model and no stage.

An answer hangs on the labels that may fit its text: a text is touched if one of these has changed, or if a label that was
added, or is called something else now, reaches what they reached. Where only what is above a label has changed, the text
is touched if its labels hang on so little. Where many labels have changed, how rare words are has changed too, and with it
every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.named import forget_before
from linnaeus.closed.project import CHANGED, Ids
from linnaeus.closed.shortlists import ProjectShortlist
from linnaeus.store import Look, MachineText, Store
from linnaeus.taxonomy import Taxonomy

AT_ONCE = 512
MANY = 0.05
"""The share of labels that have changed above which all texts are touched."""
EVERYWHERE = 0.05
"""For each share of labels that have changed: by how much any score has, as words are rarer or not."""


class Changed(NamedTuple):
    """Labels, by id, that are new, gone or called something else, and those that have `moved` alone."""

    ids: Ids
    moved: Ids


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
    changed = Changed(pending["ids"], pending.get("moved", np.zeros(0, np.int64)))
    if len(changed.ids) + len(changed.moved) > MANY * len(ids):
        touched = [row.id for texts in _batches(store) for row in texts]
    else:
        touched = list(_touched(store, shortlist, changed, taxonomy, ids))
    with store.writing():
        if store.generation() != generation:
            return False
        store.let_wait(touched)
        store.set_arrays(CHANGED, {})
        forget_before(store)
    return True


def _batches(store: Store) -> Iterator[list[MachineText]]:
    last = 0
    while texts := store.machine_texts(after=last, most=AT_ONCE):
        yield texts
        last = texts[-1].id


def _touched(
    store: Store, shortlist: ProjectShortlist, changed: Changed, taxonomy: Taxonomy, ids: Ids
) -> Iterator[int]:
    own, moved = (np.flatnonzero(np.isin(ids, some)) for some in changed)
    under = taxonomy.children.reached(np.concatenate([own, moved]))
    under[own] = False
    share = (len(own) + len(moved)) / len(ids)
    reached = (shortlist.shaken(np.flatnonzero(under), EVERYWHERE * share), shortlist.reaching(own))
    # A model may have given what did not seem to fit, and has seen what is above it
    labelled = store.texts_given(changed.ids.tolist())
    labelled |= store.texts_given(changed.moved.tolist(), but_by="rank")
    for texts in _batches(store):
        looks = store.looks([row.key for row in texts])
        known = [row for row in texts if row.key in looks]
        asked = [row.text for row in known], [looks[row.key].floors for row in known]
        found = _held(known, looks, changed.ids) | reached[0](*asked) | reached[1](*asked)
        touched = labelled.union(row.id for row, one in zip(known, found, strict=True) if one)
        yield from (row.id for row in texts if row.key not in looks or row.id in touched)


def _held(texts: Sequence[MachineText], looks: dict[bytes, Look], changed: Ids) -> NDArray[np.bool_]:
    """Whether any label that may fit each text is among those that changed."""
    labels = [looks[row.key].labels for row in texts]
    owners = np.repeat(np.arange(len(texts)), [len(own) for own in labels])
    hit = np.isin(np.concatenate([np.zeros(0, np.int64), *labels]), changed)
    return np.bincount(owners, weights=hit, minlength=len(texts)) > 0
