"""What a model is asked about wordings, what it said, and what that teaches about this project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.chances import WITH_WORDS, WORDLESS, Chances, pair_features
from linnaeus.consolidate.features import Frame
from linnaeus.consolidate.leaning import Leaned
from linnaeus.consolidate.questions import questions
from linnaeus.store import JUDGE, Store, Vote
from linnaeus.types import DIFFERENT, NESTED, SAME, SurfaceId


def verdicts(book: Book, store: Store) -> dict[tuple[int, int], float]:
    """What a model judged of pairs of places: 1 for the same, -1 for different, 0 for nested."""
    worth = {SAME: 1.0, NESTED: 0.0, DIFFERENT: -1.0}
    place = book.place
    return {
        (place[a], place[b]): worth[kind]
        for a, b, kind in store.judged()
        if kind in worth and a in place and b in place
    }


def fitted(book: Book, frame: Frame, store: Store) -> Chances:
    """How likely two surfaces are one label, as recordings say, or this project's own verdicts once there are enough."""
    judged = {pair: value for pair, value in verdicts(book, store).items() if value}
    pairs = np.array(list(judged), dtype=np.intp).reshape(-1, 2)
    features = pair_features(book, frame, pairs[:, 0], pairs[:, 1])
    shipped = Chances(WORDLESS if frame.wordless else WITH_WORDS)
    return shipped.refit(features, np.array(list(judged.values())) > 0)


def doubtful(
    book: Book, frame: Frame, leaned: Leaned, store: Store, at_least: float, most: int
) -> list[list[SurfaceId]]:
    """Up to `most` groups of surfaces to be judged together, in an order that does not depend on how they came."""
    order = sorted(range(len(book)), key=lambda place: book.rows[place].key)
    position = {book.rows[place].id: number for number, place in enumerate(order)}
    known = {
        (min(position[a], position[b]), max(position[a], position[b]))
        for a, b, _ in store.judged()
        if a in position and b in position
    }
    said = frame.said(book.wordings)[order]
    found = questions(leaned.surfaces[order], said, leaned.weights[order], at_least, known, most)
    return [[book.rows[order[one]].id for one in question] for question in found]


def unjudged(store: Store, questions: Sequence[Sequence[SurfaceId]]) -> list[Sequence[SurfaceId]]:
    """Those of `questions` with a pair that was not judged yet."""
    known = {frozenset((a, b)) for a, b, _ in store.judged()}
    return [one for one in questions if any(frozenset(pair) not in known for pair in combinations(one, 2))]


def told(
    book: Book, store: Store, asked: Sequence[Sequence[SurfaceId]], examples: int
) -> list[list[tuple[str, tuple[str, ...]]]]:
    """For each surface of each question its wording, as it was written, and up to `examples` texts."""
    wanted = sorted({one for question in asked for one in question})
    texts: dict[SurfaceId, list[str]] = defaultdict(list)
    for surface, text in store.texts_of(wanted, most=examples):
        texts[surface].append(text)
    rows = {one: book.rows[book.place[one]] for one in wanted}
    return [[(rows[one].words or rows[one].key, tuple(texts[one])) for one in question] for question in asked]


def hear(store: Store, question: Sequence[SurfaceId], said: Iterable[tuple[int, int, str]]) -> None:
    """Keep what a model judged of pairs of surfaces, by their places in `question`, for good; commits.

    A pair that it did not judge is kept as such, so that it is not asked again.
    """
    kinds = {(a, b): kind for a, b, kind in said}
    weight = {SAME: 1.0, DIFFERENT: -1.0}
    store.add_votes(
        Vote(question[a], question[b], kind, weight.get(kind, 0.0), JUDGE)
        for a, b in combinations(range(len(question)), 2)
        for kind in (kinds.get((a, b), "unknown"),)
    )
    store.commit()
