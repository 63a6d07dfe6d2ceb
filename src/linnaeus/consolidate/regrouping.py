"""All surfaces grouped anew: at which places of the stream, how finely, what is kept. Knows no model and no person."""

from __future__ import annotations

import math
from dataclasses import replace

from linnaeus.consolidate.describing import describe
from linnaeus.consolidate.filing import file_labels
from linnaeus.consolidate.granularity import NORMAL, OFFSETS, Granularity, checked_granularity
from linnaeus.consolidate.judging import verdicts
from linnaeus.consolidate.refiling import refile
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.surfaces import Framed, Surfaces
from linnaeus.consolidate.tidy import Regrouped, name_labels, regroup
from linnaeus.consolidate.tree import grow_tree
from linnaeus.store import Store

FIRST_REGROUPING = 64  # texts
GROWTH = 1.5  # then whenever there are so many times as many
TOGETHER, TOGETHER_WORDLESS = 0.58, 0.54  # how alike small groups must be, once texts have leaned


def next_regrouping(texts: int) -> int:
    """The first place after `texts` texts where all surfaces are grouped anew."""
    boundary = FIRST_REGROUPING
    while boundary <= texts:
        boundary = math.ceil(boundary * GROWTH)
    return boundary


def together(now: Surfaces) -> float:
    """How alike small groups must be within a stream."""
    return TOGETHER_WORDLESS if now.wordless else TOGETHER


def granularity(store: Store) -> Granularity:
    """How fine labels are after `tidy`."""
    return checked_granularity(store.meta("granularity") or NORMAL)


def regroup_if_due(now: Surfaces) -> bool:
    """See `Consolidator.regroup_if_due`."""
    due = len(now.book) > 0 and next_regrouping(now.framed.texts) <= len(now.book.texts)
    if due:
        regroup_texts(now)
        now.store.take_glimpse()
        now.store.set_meta("glimpsed_text", str(now.store.newest_text()))
        now.book.rows = [replace(row, glimpse=row.label) for row in now.book.rows]
    return due


def regroup_texts(now: Surfaces) -> None:
    """Group all anew, and file what memory answered by that; all as fine as within a stream."""
    made = regroup_all(now, at_least=together(now))
    if made is not None:
        _refile(now, made)


def regroup_all(
    now: Surfaces, *, at_least: float | None = None, at_most: int | None = None
) -> Regrouped | None:
    """Group all surfaces anew from the evidence; without `at_least` or `at_most`, as alike as at the last `tidy`.

    The result depends on what was said of which texts, not on where batches were cut.
    """
    if not len(now.book):
        return None
    store = now.store
    now.said = standing(store)
    made = regroup(
        now.book,
        now.lean(),
        now.said,
        store,
        at_least=float(store.meta("level") or together(now)) if at_least is None else at_least,
        at_most=at_most,
        verdicts=verdicts(now.book, store),
    )
    now.keep_why(made.joined)
    now.sum_up()
    framed = Framed(len(now.book.texts), store.newest_surface())
    if made.moved or framed != now.framed:
        now.framed = framed
        store.set_meta("framed_at", str(framed.texts))
        store.set_meta("framed_surface", str(framed.surface))
        now.generation = store.new_generation()
    return made


def tidy(now: Surfaces) -> int:
    """Regroup, and name the labels, if anything is new; return how many surfaces changed their label. Commits."""
    store = now.store
    fineness, before = granularity(store), store.meta("tidied_at") or ""
    evidence = f"{store.newest_text()} {len(store.judged())} {fineness}"
    seen = f"{evidence} {len(store.events())}"
    if before == seen or not len(now.book):
        return 0
    new_evidence = store.meta("level_at") != evidence
    made = _regroup_to(now, fineness) if new_evidence else regroup_all(now)
    assert made is not None
    _refile(now, made)
    file_labels(now.said, store)
    store.commit()  # naming reads the texts from the store
    new_texts = before.split(" ")[0] != seen.split(" ")[0]
    name_labels(now.book, now.frame, now.said, store, now.vectors, new_texts=new_texts)
    if new_evidence:
        grow_tree(now.book, made.leaned, store, now.vectors)
        describe(now.book, store)
    file_labels(now.said, store)  # again, for labels have other names now
    store.set_meta("level_at", evidence)
    store.set_meta("tidied_at", seen)
    store.commit()
    return made.moved


def _regroup_to(now: Surfaces, fineness: Granularity) -> Regrouped | None:
    """Group as finely as wanted. What people do to labels leaves the likeness that a number of labels led to."""
    if isinstance(fineness, int):
        made = regroup_all(now, at_most=fineness)
    else:
        made = regroup_all(now, at_least=together(now) + OFFSETS[fineness])
    if made is not None:
        now.store.set_meta("level", repr(made.level))
    return made


def _refile(now: Surfaces, made: Regrouped) -> None:
    now.store.follow_moves()  # so that texts are filed from what they were given, whatever was before
    refile(now.book, made.leaned, made.found, now.store)
