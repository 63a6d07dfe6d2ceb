"""Labels that a model writes for a sample of texts, in several calls, and all texts under them. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from linnaeus.consolidate.features import Rows
from linnaeus.discover.asking import Told, ask
from linnaeus.discover.filed import filed
from linnaeus.discover.found import Found, counted
from linnaeus.discover.grouping import centred
from linnaeus.discover.merged import merged
from linnaeus.discover.naming import SHOWN, Named, central
from linnaeus.discover.sample import representative
from linnaeus.errors import BudgetReached, InputError, ModelError
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Draft, Generate, Model

SAMPLED = 600  # texts at most that a model sees
TEXTS, LABELS = 30, 20  # of a call: few enough that none is overlooked, and that the reply has room
SEED = 0


class Generated(NamedTuple):
    """Labels with the texts under them, what they are called, and what the model said in how many calls."""

    found: Found
    named: list[Named]
    told: Told


def generated(texts: Iterable[str], vectors: CachedVectors, model: Model, store: Store) -> Generated:
    """Let `model` write labels for a sample, make one set of them, and file all `texts` under it.

    What it said is kept in `store`. Raises InputError as `find_groups` does, BudgetReached and ModelError where no
    label was written.
    """
    distinct, counts = counted(texts)
    rows = centred(vectors.embed(distinct))
    store.commit()
    tasks = questions(distinct, rows)
    told = ask(model, tasks, store)
    said = [(task, reply.drafts) for task, reply in zip(tasks, told.replies, strict=True) if reply]
    made = merged(said, vectors)
    if not made and told.ended:
        raise BudgetReached("the budget ended before a label was written", hint="give a larger one")
    if not made:
        raise ModelError(
            "the model wrote no labels", hint=told.error or "it may not be able to: try another --llm"
        )
    groups, kept = filed(distinct, made, _left_out(said), vectors)
    if not kept:
        raise InputError(
            "no label fits three texts or more", hint="give more texts, or group them: another --method"
        )
    found = Found(distinct, counts, rows, groups, None)
    named = [
        replace(made[label], texts=tuple(own[:SHOWN]))
        for label, own in zip(kept, central(found), strict=True)
    ]
    return Generated(found, named, told)


def _left_out(said: Sequence[tuple[Generate, Sequence[Draft]]]) -> list[str]:
    """Texts that the model put under no label although there was room for one more."""
    left: list[str] = []
    for task, drafts in said:
        if len(drafts) < task.at_most:
            labelled = {place for draft in drafts for place in draft.texts}
            left += (text for place, text in enumerate(task.texts) if place not in labelled)
    return left


def questions(texts: Sequence[str], rows: Rows) -> list[Generate]:
    """A sample that covers all kinds of `texts`, with vectors (n, d), dealt so that each call has a bit of all of it."""
    sample = np.random.default_rng(SEED).permutation(representative(rows, SAMPLED))
    calls = -(-len(sample) // TEXTS)
    return [
        Generate(tuple(texts[place] for place in part.tolist()), LABELS)
        for part in np.array_split(sample, calls)
    ]
