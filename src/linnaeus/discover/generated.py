"""Labels that a model writes for a sample of texts, in several calls, and all texts under them. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.discover.asking import Told, ask
from linnaeus.discover.filed import filed
from linnaeus.discover.found import Found, counted
from linnaeus.discover.grouping import Groups, centred
from linnaeus.discover.merged import merged
from linnaeus.discover.naming import SHOWN, Named, central
from linnaeus.discover.sample import representative
from linnaeus.discover.stability import mean_best, resampled
from linnaeus.errors import BudgetReached, InputError, ModelError
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Draft, Generate, Model

SAMPLED = 600  # texts at most that a model sees
TEXTS, LABELS = 30, 20  # of a call: few enough that none is overlooked, and that the reply has room
SEED = 0


Said: TypeAlias = Sequence[tuple[Generate, Sequence[Draft]]]
"""What was asked in each call, and the labels that came."""


class Generated(NamedTuple):
    """Labels with the texts under them, what they are called, and what the model said in how many calls."""

    found: Found
    named: list[Named]
    told: Told


def generated(
    texts: Iterable[str], vectors: CachedVectors, model: Model, store: Store, *, resamples: int = 0
) -> Generated:
    """Let `model` write labels for a sample, make one set of them, and file all `texts` under it.

    What it said is kept in `store`; `resamples` of that say how stable labels are. Raises InputError as `find_groups` does,
    BudgetReached and ModelError where no label was written.
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
    stability = _comebacks(said, distinct, groups, resamples, vectors)
    found = Found(distinct, counts, rows, groups, stability)
    named = [
        replace(made[label], texts=tuple(own[:SHOWN]))
        for label, own in zip(kept, central(found), strict=True)
    ]
    return Generated(found, named, told)


def _comebacks(
    said: Said, texts: Sequence[str], groups: Groups, resamples: int, vectors: CachedVectors
) -> NDArray[np.float64] | None:
    """(g,): how well each label comes back, on the texts of the sample, when only some of the calls are heard.

    Labels are made anew from the answers that are there; no model is asked. None where that says nothing: of one call.
    """
    if len(said) < 2 or not resamples:
        return None
    shown = {text for task, _ in said for text in task.texts}
    sample = np.array([place for place, text in enumerate(texts) if text in shown])

    def again(drawn: Sequence[int]) -> Groups:
        part = [said[call] for call in drawn]
        made = merged(part, vectors)
        none = np.full(len(sample), -1, np.intp)
        return filed([texts[place] for place in sample], made, _left_out(part), vectors)[0] if made else none

    runs = ((sample, again(drawn.tolist())) for drawn in resampled(len(said), resamples))
    return mean_best(groups, int(groups.max()) + 1, runs)


def _left_out(said: Said) -> list[str]:
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
