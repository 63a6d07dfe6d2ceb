"""File the texts that memory answered anew, by what the asked texts around them stand for today."""

from __future__ import annotations

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.leaning import Leaned, elected
from linnaeus.consolidate.polarity import opposed_texts
from linnaeus.consolidate.second_opinion import leads
from linnaeus.store import Store


def refile(book: Book, leaned: Leaned, store: Store) -> None:
    """Give texts that memory answered the label that most of the asked texts around them have today.

    And take note of what memory says today of every text, also of those that were asked, from the others around them, and
    of its share of their votes: that is what the gate learns from. Texts that an event moved stay where it put them;
    those that may have several labels keep what they have.
    """
    texts = store.assigned_texts()
    if len(texts) != len(book.texts):
        return
    moved, several = store.moved_texts(), store.meta("max_labels") not in (None, "1")
    first = np.array([given[0] if given else -1 for given in book.texts])
    labels = np.array([row.label for row in book.rows])[first[leaned.voters]]
    best = elected(labels, leaned.votes)
    now = {text.id: book.place[text.surfaces[0]] for text in texts}  # the place of what each text has
    voters = {}  # of those that others would file elsewhere
    for text, choice, near in zip(texts, best.tolist(), leaned.voters, strict=True):
        if choice >= 0 and (text.asked or not (several or text.id in moved)):
            place = int(first[near[choice]])
            if text.asked:
                now[text.id] = place
            elif book.rows[place].label != book.rows[now[text.id]].label:
                voters[text.id] = int(near[choice])
    words = store.texts_by_id(sorted({*voters, *(texts[voter].id for voter in voters.values())}))
    refiled = {
        text: int(first[voter])
        for text, voter in voters.items()
        if not opposed_texts(words[text], words[texts[voter].id])
    }
    now |= refiled
    store.refile((text, book.rows[place].id) for text, place in refiled.items())
    said = np.array([book.rows[now[text.id]].label for text in texts])
    totals = leaned.votes.sum(axis=1)
    shares = np.where(labels == said[:, None], leaned.votes, 0).sum(axis=1) / np.maximum(totals, 1e-9)
    own = np.array([book.rows[place].label if place >= 0 else -1 for place in first.tolist()])
    opinions = leads(book.codes, book.wordings[first], own, said) if book.wordings.shape[1] else np.zeros(len(texts))
    store.rethink(
        (text.id, book.rows[now[text.id]].id, None if text.id in moved else share, lead)
        for text, share, total, lead in zip(texts, shares.tolist(), totals.tolist(), opinions.tolist(), strict=True)
        if total
    )
