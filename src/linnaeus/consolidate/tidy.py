"""Group and name all surfaces of a project anew. A function of the evidence: what was said of which texts, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import Frame
from linnaeus.consolidate.partition import partition
from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.standing import Standing
from linnaeus.consolidate.votes import machine_vote
from linnaeus.consolidate.wording import wording_key
from linnaeus.store import Store
from linnaeus.types import Embedder, LabelId

TEXTS_TO_NAME = 200  # texts of a label that its key phrases are taken from
PERSON, MACHINE = "human", "linnaeus"


def regroup(book: Book, frame: Frame, said: Standing, store: Store) -> int:
    """Let every surface stand for the label of its group, as `frame` sees them; return how many changed.

    Surfaces are taken in the order of their wording, so that the order of arrival does not show in the groups.
    """
    order = sorted(range(len(book)), key=lambda place: book.rows[place].key)
    position = {place: number for number, place in enumerate(order)}
    named = {book.founder[label] for label in said.names}
    first = partition(
        book.seen_from(frame, order),
        at_least=frame.at_least,
        together=[(position[a], position[b]) for a, b in _together(book, said)],
        apart=[(position[a], position[b]) for a, b in sorted(book.met)],
        pinned=[position[place] for place, row in enumerate(book.rows) if row.pinned or place in named],
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(book)):
        groups[int(first[position[place]])].append(place)
    moved = [
        move for members in groups.values() for move in _moves(book, members, _founder(book, members, said))
    ]
    store.set_labels((book.rows[place].id, book.rows[founder].own_label) for place, founder in moved)
    joined = [(place, founder) for place, founder in moved if place != founder]
    store.add_votes(machine_vote(book, frame, founder, place) for place, founder in joined)
    for place, founder in moved:
        book.rows[place] = replace(book.rows[place], label=book.rows[founder].own_label)
    return len(moved)


def _together(book: Book, said: Standing) -> Iterator[tuple[int, int]]:
    """Places that people joined; and a wording that is a label's given name, with that label if it stands for it."""
    for a, b in said.together:
        yield book.place[a], book.place[b]
    for label, name in said.names.items():
        place = book.by_key.get(wording_key(name))
        if place is not None and book.rows[place].label == label:
            yield book.founder[label], place


def _founder(book: Book, members: Sequence[int], said: Standing) -> int:
    """The surface whose label a group keeps: one that people named, the latest; else a person's wording; else the oldest."""
    owned = {book.rows[place].own_label: place for place in members}
    named = [owned[label] for label in said.names if label in owned]
    if named:
        return named[-1]
    return min(members, key=lambda place: (not book.rows[place].pinned, book.rows[place].id))


def _moves(book: Book, members: Sequence[int], founder: int) -> list[tuple[int, int]]:
    label = book.rows[founder].own_label
    return [(place, founder) for place in members if book.rows[place].label != label]


def name_labels(book: Book, frame: Frame, said: Standing, store: Store, embedder: Embedder) -> None:
    """Give every label a name of its own: a person's, else the wording given most (then the most central), else phrases."""
    groups: dict[LabelId, list[int]] = defaultdict(list)
    for place, row in enumerate(book.rows):
        groups[row.label].append(place)
    now = store.names()
    given = {label: (name, PERSON) for label, name in said.names.items() if label in groups}
    free = {label: members for label, members in groups.items() if label not in given}
    wordless = {
        label: members for label, members in free.items() if all(book.rows[p].words is None for p in members)
    }
    taken = {wording_key(name) for name, _ in given.values()}
    names = {
        label: _best_wording(book, frame, members, taken)
        for label, members in free.items()
        if label not in wordless
    } | _phrases(book, store, embedder, wordless, now)
    chosen = given | {label: (_free(names[label], taken), MACHINE) for label in free}
    store.set_names((label, *name) for label, name in chosen.items() if name != now[label])


def _free(name: str, taken: set[str]) -> str:
    """`name`, with a number behind it where another label has it; it is taken from now on."""
    numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
    found = next(one for one in numbered if wording_key(one) not in taken)
    taken.add(wording_key(found))
    return found


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
