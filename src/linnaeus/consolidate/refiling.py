"""File the texts that memory answered anew, by what the asked texts around them stand for today."""

from __future__ import annotations

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.leaning import Leaned, elected
from linnaeus.consolidate.polarity import opposed_texts
from linnaeus.store import Store


def refile(book: Book, leaned: Leaned, store: Store) -> None:
    """Give texts that memory answered the label that most of the asked texts around them have today.

    And take note of what memory would say today of those that were asked, from the others around them: that is what the
    gate learns from.
    """
    texts = store.assigned_texts()
    if store.meta("max_labels") not in (None, "1") or len(texts) != len(book.texts):
        return
    first = np.array([given[0] if given else -1 for given in book.texts])
    label_of = np.array([row.label for row in book.rows])
    refiled, rethought = [], []
    for node, best in enumerate(elected(label_of[first[leaned.voters]], leaned.votes).tolist()):
        if best < 0:
            continue
        text, voter = texts[leaned.nodes[node]], int(leaned.voters[node, best])
        surface = book.rows[first[voter]]
        if text.asked:
            rethought.append((text.id, surface.id))
        elif surface.label != book.rows[book.place[text.surfaces[0]]].label:
            refiled.append((text.id, texts[voter].id, surface.id))
    words = store.texts_by_id(sorted({text for row in refiled for text in row[:2]}))
    store.refile(
        (text, surface) for text, voter, surface in refiled if not opposed_texts(words[text], words[voter])
    )
    store.rethink(rethought)
