"""Surfaces and texts as rows whose inner product says how alike they are, neighbours included.

Every text is a node: its own vector beside the wording it got, or, where memory answered, beside what was said of the
asked texts around it. Nodes lean towards their neighbours (neighbours.py); a surface is the mean of its texts then. What
comes out depends on which texts got which wordings, not on the order in which they came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import BLOCK, Frame, Rows
from linnaeus.consolidate.neighbours import nearest, spread, unit

SAID_SHARE = 0.5  # how much of the likeness of two texts comes from what was said of them
SPEAKERS = 5  # asked texts whose wordings a text leans on that memory answered
NEARER = 4  # power of their likeness
VOTERS = 10  # asked texts that say what a text is that memory answered
CLOSER = 8  # power of theirs


@dataclass(frozen=True, slots=True)
class Leaned:
    """What the texts say, once they have leaned on each other.

    `surfaces` (s, d): a row for each; `weights` (s,): its texts, with those that memory answered and that are nearest
    to one of them. For those, `followers` (u,) are their numbers in the stream, and `voters` (u, k) and `votes` (u, k)
    the asked texts around them, by number too, and how much each counts.
    """

    surfaces: Rows
    weights: NDArray[np.float64]
    followers: NDArray[np.intp]
    voters: NDArray[np.intp]
    votes: NDArray[np.float32]


def lean(book: Book, frame: Frame) -> Leaned:
    """See all surfaces and texts of `book` from `frame`."""
    order = _by_content(book)
    asked = np.array([bool(book.texts[text]) for text in order], dtype=bool)
    rows = spread(_nodes(book, frame, order, asked))
    surfaces = np.zeros((len(book), rows.shape[1]), dtype=np.float32)
    weights = np.zeros(len(book))
    for node in np.flatnonzero(asked):
        for place in book.texts[order[node]]:
            surfaces[place] += rows[node]
            weights[place] += 1
    surfaces = unit(surfaces)
    without = np.flatnonzero(weights == 0)
    for start in range(0, len(without), BLOCK):  # no text has them today
        part = without[start : start + BLOCK]
        surfaces[part] = book.seen_from(frame, part.tolist())
    speaking, following = np.flatnonzero(asked), np.flatnonzero(~asked)
    near = nearest(rows[following], rows[speaking], VOTERS)
    voters = order[speaking[near.places]] if len(speaking) else np.zeros((len(following), 0), dtype=np.intp)
    for voter in voters[:, :1].ravel():
        for place in book.texts[voter]:
            weights[place] += 1
    votes = np.clip(near.likeness, 0, None) ** CLOSER
    return Leaned(surfaces, np.maximum(weights, 1), order[following], voters, votes)


def _by_content(book: Book) -> NDArray[np.intp]:
    """The numbers of all texts in an order that does not depend on how they came."""
    codes = np.ascontiguousarray(book.codes)
    if not len(codes):
        return np.zeros(0, dtype=np.intp)
    keys = codes.view(np.dtype((np.void, codes.shape[1]))).ravel().tolist()
    first = ["" if not places else book.rows[places[0]].key for places in book.texts]
    return np.array(sorted(range(len(keys)), key=lambda text: (keys[text], first[text])), dtype=np.intp)


def _nodes(book: Book, frame: Frame, order: NDArray[np.intp], asked: NDArray[np.bool_]) -> Rows:
    """The row (t, d) of each text before it leans."""
    about = np.concatenate(
        [
            frame.about(book.codes[order[start : start + BLOCK]])
            for start in range(0, len(order), BLOCK) or (0,)
        ]
    )
    if frame.wordless:
        return about
    said = np.zeros((len(order), book.wordings.shape[1]), dtype=np.float32)
    wordings = frame.said(book.wordings)
    for node in np.flatnonzero(asked):
        said[node] = wordings[list(book.texts[order[node]])].sum(axis=0)
    speaking, following = np.flatnonzero(asked), np.flatnonzero(~asked)
    said[speaking] = unit(said[speaking])
    near = nearest(about[following], about[speaking], SPEAKERS)
    shares = np.clip(near.likeness, 0, None) ** NEARER
    for start in range(0, len(following), BLOCK):
        part = slice(start, start + BLOCK)
        said[following[part]] = unit(np.einsum("nk,nkd->nd", shares[part], said[speaking[near.places[part]]]))
    return np.hstack([np.sqrt(SAID_SHARE) * said, np.sqrt(1 - SAID_SHARE) * about]).astype(np.float32)
