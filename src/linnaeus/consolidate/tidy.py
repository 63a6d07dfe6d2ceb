"""Group and name all surfaces of a project anew. A function of the evidence: what was said of which texts, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import Frame
from linnaeus.consolidate.partition import partition
from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.votes import machine_vote
from linnaeus.store import Store, Vote
from linnaeus.types import Embedder, LabelId, SurfaceId

TEXTS_TO_NAME = 200  # texts of a label that its key phrases are taken from
PERSON = "human"


def regroup(book: Book, frame: Frame, store: Store) -> int:
    """Let every surface stand for the label of its group, as `frame` sees them; return how many changed.

    Surfaces are taken in the order of their wording, so that the order of arrival does not show in the groups; a group
    keeps the label that its oldest surface founded, or the one that a person chose.
    """
    order = sorted(range(len(book)), key=lambda place: book.rows[place].key)
    sorted_place = {place: position for position, place in enumerate(order)}
    said = store.votes(by_people=True)

    def pairs(votes: Iterable[tuple[SurfaceId, SurfaceId]]) -> list[tuple[int, int]]:
        return [(sorted_place[book.place[a]], sorted_place[book.place[b]]) for a, b in votes]

    first = partition(
        book.seen_from(frame, order),
        at_least=frame.at_least,
        together=pairs((vote.a, vote.b) for vote in said if vote.kind == "same"),
        apart=pairs(store.met_together()),
        pinned=[sorted_place[place] for place, row in enumerate(book.rows) if row.pinned],
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(book)):
        groups[int(first[sorted_place[place]])].append(place)
    moved = [
        move for members in groups.values() for move in _moves(book, members, _founder(book, members, said))
    ]
    store.set_labels((book.rows[place].id, book.rows[founder].own_label) for place, founder in moved)
    joined = [(place, founder) for place, founder in moved if place != founder]
    store.add_votes(machine_vote(book, frame, founder, place) for place, founder in joined)
    for place, founder in moved:
        book.rows[place] = replace(book.rows[place], label=book.rows[founder].own_label)
    return len(moved)


def _founder(book: Book, members: Sequence[int], said: Sequence[Vote]) -> int:
    """The surface whose label a group keeps: what a person merged into last, else a person's label, else the oldest."""
    ids = {book.rows[place].id for place in members}
    chosen = [vote.a for vote in said if vote.kind == "same" and vote.a in ids]
    if chosen:
        return book.place[chosen[-1]]
    return min(members, key=lambda place: (not book.rows[place].pinned, place))


def _moves(book: Book, members: Sequence[int], founder: int) -> list[tuple[int, int]]:
    label = book.rows[founder].own_label
    return [(place, founder) for place in members if book.rows[place].label != label]


def name_labels(book: Book, frame: Frame, store: Store, embedder: Embedder) -> None:
    """Name each label after the wording given most often, then the most central; by key phrases where there are no words.

    Names that a person gave stay.
    """
    groups: dict[LabelId, list[int]] = defaultdict(list)
    for place, row in enumerate(book.rows):
        groups[row.label].append(place)
    names = store.names()
    free = {label: members for label, members in groups.items() if names[label][1] != PERSON}
    given = {names[label][0] for label in groups if label not in free}
    wordless = {
        label: members for label, members in free.items() if all(book.rows[p].words is None for p in members)
    }
    chosen = {
        label: _best_wording(book, frame, members, given)
        for label, members in free.items()
        if label not in wordless
    }
    chosen.update(_phrases(book, store, embedder, wordless, names))
    store.set_names(
        (label, name, "linnaeus") for label, name in chosen.items() if (name, "linnaeus") != names[label]
    )


def _best_wording(book: Book, frame: Frame, members: Sequence[int], given: set[str]) -> str:
    rows = book.seen_from(frame, members)
    central = dict(zip(members, np.round(rows @ rows.sum(axis=0), 4).tolist(), strict=True))

    def rank(place: int) -> tuple[bool, bool, int, float, int]:
        row = book.rows[place]
        return (
            row.key not in given,
            row.pinned,
            book.asked[place],
            central[place],
            -place,
        )

    with_words = [place for place in members if book.rows[place].words is not None]
    return book.rows[max(with_words, key=rank)].key


def _phrases(
    book: Book,
    store: Store,
    embedder: Embedder,
    groups: dict[LabelId, list[int]],
    names: dict[LabelId, tuple[str, str]],
) -> dict[LabelId, str]:
    if not groups:
        return {}
    surfaces = {book.rows[place].id: label for label, members in groups.items() for place in members}
    texts: dict[LabelId, list[str]] = {label: [] for label in groups}
    for surface, text in store.texts_of(list(surfaces), most=TEXTS_TO_NAME):
        texts[surfaces[surface]].append(text)
    keep = [None if names[label][1] == "arrival" else names[label][0] for label in groups]
    named = name_groups([texts[label][:TEXTS_TO_NAME] for label in groups], embedder, keep=keep)
    return dict(zip(groups, named, strict=True))
