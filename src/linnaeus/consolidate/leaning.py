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
from linnaeus.consolidate.neighbours import Near, nearest, spread, unit

SAID_SHARE = 0.5  # how much of the likeness of two texts comes from what was said of them
SPEAKERS = 5  # asked texts whose wordings a text leans on that memory answered
NEARER = 4  # power of their likeness
VOTERS = 10  # asked texts that say what a text is that memory answers
CLOSER = 6  # power of theirs


@dataclass(frozen=True, slots=True)
class Leaned:
    """What the texts say, once they have leaned on each other.

    `surfaces` (s, d): a row for each; `weights` (s,): its texts, with those that memory answered and that are nearest
    to one of them. `voters` (t, k) and `votes` (t, k): for each text, by its number in the stream, the asked texts
    nearest to it other than itself, by number too, and how much each counts; a voter that is not there is -1.
    """

    surfaces: Rows
    weights: NDArray[np.float64]
    voters: NDArray[np.intp]
    votes: NDArray[np.float32]


def lean(book: Book, frame: Frame) -> Leaned:
    """See all surfaces and texts of `book` from `frame`."""
    order = _by_content(book)
    asked = np.array([bool(book.texts[text]) for text in order], dtype=bool)
    about = _about(book, frame, order)
    speaking, following = np.flatnonzero(asked), np.flatnonzero(~asked)
    number = np.where(asked, np.cumsum(asked) - 1, -1)
    near = nearest(about, about[speaking], VOTERS, own=number)
    rows = spread(_nodes(book, frame, order, about, speaking, following, near))
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
    voters, votes = np.full((len(order), VOTERS), -1), np.zeros((len(order), VOTERS), dtype=np.float32)
    there = near.places.shape[1]
    voters[order, :there] = np.where(near.likeness > 0, order[speaking][near.places], -1)
    votes[order, :there] = np.clip(near.likeness, 0, None) ** CLOSER
    for voter in voters[order[following], 0]:
        for place in book.texts[voter] if voter >= 0 else ():
            weights[place] += 1
    return Leaned(surfaces, np.maximum(weights, 1), voters, votes)


def _by_content(book: Book) -> NDArray[np.intp]:
    """The numbers of all texts in an order that does not depend on how they came."""
    codes = np.ascontiguousarray(book.codes)
    if not len(codes):
        return np.zeros(0, dtype=np.intp)
    keys = codes.view(np.dtype((np.void, codes.shape[1]))).ravel().tolist()
    first = ["" if not places else book.rows[places[0]].key for places in book.texts]
    return np.array(sorted(range(len(keys)), key=lambda text: (keys[text], first[text])), dtype=np.intp)


def _about(book: Book, frame: Frame, order: NDArray[np.intp]) -> Rows:
    """The row (t, d) of each text by what it says itself."""
    blocks = range(0, len(order), BLOCK) or (0,)
    return np.concatenate([frame.about(book.codes[order[start : start + BLOCK]]) for start in blocks])


def _nodes(
    book: Book,
    frame: Frame,
    order: NDArray[np.intp],
    about: Rows,
    speaking: NDArray[np.intp],
    following: NDArray[np.intp],
    near: Near,
) -> Rows:
    """The row (t, d) of each text before it leans."""
    if frame.wordless:
        return about
    said = np.zeros((len(order), book.wordings.shape[1]), dtype=np.float32)
    wordings = frame.said(book.wordings)
    for node in speaking:
        said[node] = wordings[list(book.texts[order[node]])].sum(axis=0)
    said[speaking] = unit(said[speaking])
    for start in range(0, len(following), BLOCK):
        part = following[start : start + BLOCK]
        shares = np.clip(near.likeness[part, :SPEAKERS], 0, None) ** NEARER
        said[part] = unit(np.einsum("nk,nkd->nd", shares, said[speaking[near.places[part, :SPEAKERS]]]))
    return np.hstack([np.sqrt(SAID_SHARE) * said, np.sqrt(1 - SAID_SHARE) * about]).astype(np.float32)


def elected(labels: NDArray[np.integer], votes: NDArray[np.float32]) -> NDArray[np.intp]:
    """(t,): for `labels` (t, k) and their `votes` the first place of the label with the most; -1 without any vote."""
    chosen = np.zeros(len(labels), dtype=np.intp)
    for start in range(0, len(labels), BLOCK):
        part, weights = labels[start : start + BLOCK], votes[start : start + BLOCK]
        same = part[:, :, None] == part[:, None, :]  # (b, k, k)
        chosen[start : start + BLOCK] = np.einsum("njk,nk->nj", same, weights).round(5).argmax(axis=1)
    chosen[~votes.any(axis=1)] = -1
    return chosen
