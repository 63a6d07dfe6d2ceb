"""File the texts that memory answered anew, by what the asked texts around them stand for today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.leaning import Leaned, elected
from linnaeus.consolidate.polarity import opposed_texts
from linnaeus.consolidate.second_opinion import leads
from linnaeus.store import AssignedText, Rethought, Store

HEARD = 0.36  # how much a student's log-odds count beside the logarithm of votes: as at the second look (stages/gate.py)


def refile(book: Book, leaned: Leaned, found: NDArray[np.int64], store: Store) -> None:
    """Give texts that memory answered the label of the group they were found in, `found` (t,), or where that is -1 the one
    that the asked texts around them vote for today, and a student.

    And take note of what memory says today of every text, also of those that were asked, from the others around them, and
    of its share of their votes and its lead for the student: that is what the gate learns from. Texts that an event moved
    stay where it put them; those that may have several labels keep what they have.
    """
    texts = store.assigned_texts()
    if len(texts) != len(book.texts):
        return
    moved, several = store.moved_texts(), store.meta("max_labels") not in (None, "1")
    first = np.array([given[0] if given else -1 for given in book.texts])
    labels = np.array([row.label for row in book.rows])[first[leaned.voters]]
    student = leads(book, labels)
    best = elected(labels, leaned.votes * np.exp(HEARD * student).astype(np.float32))
    grouped = leaned.votes * (labels == found[:, None])  # what speaks for the group that a text is in
    best = np.where(grouped.any(axis=1), grouped.argmax(axis=1), best)
    now = {text.id: book.place[text.surfaces[0]] for text in texts}  # the place of what each text has
    voters = {}  # of those that others would file elsewhere
    for text, choice, near in zip(texts, best.tolist(), leaned.voters, strict=True):
        if choice >= 0 and (text.asked or not (several or text.id in moved)):
            place = int(first[near[choice]])
            if text.asked:
                now[text.id] = place
            elif book.rows[place].label != book.rows[now[text.id]].label:
                voters[text.id] = int(near[choice])
    refiled = {text: int(first[voter]) for text, voter in _unopposed(voters, texts, store)}
    now |= refiled
    store.refile((text, book.rows[place].id) for text, place in refiled.items())
    said = np.array([book.rows[now[text.id]].label for text in texts])
    totals, its = leaned.votes.sum(axis=1), labels == said[:, None]
    shares = (leaned.votes * its).sum(axis=1) / np.maximum(totals, 1e-9)
    ahead = (student * its).sum(axis=1) / np.maximum(its.sum(axis=1), 1)  # equal for all voters of one label
    store.rethink(
        Rethought(text.id, book.rows[now[text.id]].id, None if text.id in moved else share, lead)
        for text, share, lead, total in zip(
            texts, shares.tolist(), ahead.tolist(), totals.tolist(), strict=True
        )
        if total
    )


def _unopposed(
    voters: Mapping[int, int], texts: Sequence[AssignedText], store: Store
) -> Iterator[tuple[int, int]]:
    """Those of `voters`, by text id the number of another text, whose text does not say the opposite of that."""
    words = store.texts_by_id(sorted({*voters, *(texts[voter].id for voter in voters.values())}))
    yield from (
        (text, voter)
        for text, voter in voters.items()
        if not opposed_texts(words[text], words[texts[voter].id])
    )
