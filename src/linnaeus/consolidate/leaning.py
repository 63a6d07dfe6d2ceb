"""Surfaces and texts as rows whose inner product says how alike they are, neighbours included.

Every text is a node: its own vector beside the wording it got, mixed with the one expected of it (expected.py), or, where
memory answered, beside that alone. Nodes lean towards their neighbours (neighbours.py); a surface is the mean of its texts
then. What comes out depends on which texts got which wordings, not on the order in which they came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.expected import MOST, expected
from linnaeus.consolidate.features import BLOCK, Frame, Rows, hashes
from linnaeus.consolidate.neighbours import nearest, spread, unit

SAID_SHARE = 0.5  # how much of the likeness of two texts comes from what was said of them
OWN = 0.55  # how much of that is what was said of a text itself, if it was asked
VOTERS = 10  # asked texts that say what a text is that memory answers
CLOSER = 6  # power of theirs
HARDLY = 0.25  # likeness below which texts say nothing of each other
MOST_NODES = 16_384  # texts that lean and vote; of more a part does so for all

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Leaned:
    """What the texts say, once they have leaned on each other.

    `surfaces` (s, d): a row for each; `weights` (s,): its texts, with those that memory answered and that are nearest
    to one of them. `others` (o,): the texts that memory answered, by number in the stream, and `rows` (o, d) theirs. For
    each text, by that number, `voters` (t, k) and `votes` (t, k) are the asked texts nearest to it other than itself, by
    number too, and how much each counts.
    """

    surfaces: Rows
    weights: NDArray[np.float64]
    others: Places
    rows: Rows
    voters: Places
    votes: NDArray[np.float32]


def lean(book: Book, frame: Frame) -> Leaned:
    """See all surfaces and texts of `book` from `frame`."""
    order = _by_content(book)
    chosen = _chosen(book, order)
    asked = np.array([bool(book.texts[text]) for text in order], dtype=bool)
    speaking = asked[chosen]
    speakers = order[chosen[speaking]]
    about = _about(book, frame, order)
    number = np.full(len(order), -1)  # of each text that speaks, among the speakers
    number[chosen[speaking]] = np.arange(len(speakers))
    near = nearest(about, about[chosen[speaking]], VOTERS, at_least=HARDLY, own=number)
    voters = speakers[near.places] if len(speakers) else near.places
    rows = about[chosen]
    if not frame.wordless:
        own = _said(book, frame.said(book.wordings), speakers)
        said = _expected(rows, np.flatnonzero(speaking), own, hashes(book.codes[speakers]))
        said[speaking] = OWN * own + (1 - OWN) * said[speaking]
        rows = np.hstack([np.sqrt(SAID_SHARE) * unit(said), np.sqrt(1 - SAID_SHARE) * rows]).astype(
            np.float32
        )
    rows = spread(rows)
    surfaces = np.zeros((len(book), rows.shape[1]), dtype=np.float32)
    for speaker, row in zip(speakers, rows[speaking], strict=True):
        for place in book.texts[speaker]:
            surfaces[place] += row
    surfaces = unit(surfaces)
    without = np.flatnonzero(~surfaces.any(axis=1))
    for start in range(0, len(without), BLOCK):  # none of those that leaned has them
        part = without[start : start + BLOCK]
        surfaces[part] = book.seen_from(frame, part.tolist())
    weights = np.array(book.asked, dtype=np.float64)
    for voter in voters[~asked & (near.likeness[:, 0] > 0), 0]:
        for place in book.texts[voter]:
            weights[place] += 1
    stream = np.argsort(order)
    return Leaned(
        surfaces=surfaces,
        weights=np.maximum(weights, 1),
        others=order[chosen[~speaking]],
        rows=rows[~speaking],
        voters=voters[stream],
        votes=near.likeness[stream] ** CLOSER,
    )


def _by_content(book: Book) -> Places:
    """The numbers of all texts in an order that does not depend on how they came."""
    codes = np.ascontiguousarray(book.codes)
    if not len(codes):
        return np.zeros(0, dtype=np.intp)
    keys = codes.view(np.dtype((np.void, codes.shape[1]))).ravel().tolist()
    first = ["" if not places else book.rows[places[0]].key for places in book.texts]
    return np.array(sorted(range(len(keys)), key=lambda text: (keys[text], first[text])), dtype=np.intp)


def _chosen(book: Book, order: Places) -> Places:
    """Which of the texts in `order` lean: all, or of too many the first of each surface and some of the others."""
    if len(order) <= MOST_NODES:
        return np.arange(len(order))
    mixed = np.argsort(hashes(book.codes[order]), kind="stable")
    seen: set[int] = set()
    first = np.zeros(len(order), dtype=bool)
    for place in mixed:
        surfaces = book.texts[order[place]]
        first[place] = not seen.issuperset(surfaces)
        seen.update(surfaces)
    return np.sort(mixed[np.argsort(~first[mixed], kind="stable")][:MOST_NODES])


def _about(book: Book, frame: Frame, texts: Places) -> Rows:
    """The row (t, d) of each text by what it says itself."""
    blocks = range(0, len(texts), BLOCK) or (0,)
    return np.concatenate([frame.about(book.codes[texts[start : start + BLOCK]]) for start in blocks])


def _expected(texts: Rows, speaking: Places, own: Rows, mixed: NDArray[np.int64]) -> Rows:
    """What is expected of each text; of many that speak those teach whose hashes `mixed` are the least."""
    some = np.sort(np.argsort(mixed, kind="stable")[:MOST])
    return expected(texts, speaking[some], own[some])


def _said(book: Book, wordings: Rows, texts: Places) -> Rows:
    """The mean direction (t, d) of the wordings of asked texts."""
    return unit(np.stack([wordings[list(book.texts[text])].sum(axis=0) for text in texts.tolist()]))


def elected(labels: NDArray[np.integer], votes: NDArray[np.float32]) -> NDArray[np.intp]:
    """(t,): for `labels` (t, k) and their `votes` the first place of the label with the most; -1 without any vote."""
    chosen = np.zeros(len(labels), dtype=np.intp)
    for start in range(0, len(labels), BLOCK):
        part, weights = labels[start : start + BLOCK], votes[start : start + BLOCK]
        same = part[:, :, None] == part[:, None, :]  # (b, k, k)
        chosen[start : start + BLOCK] = np.einsum("njk,nk->nj", same, weights).round(5).argmax(axis=1)
    chosen[~votes.any(axis=1)] = -1
    return chosen
