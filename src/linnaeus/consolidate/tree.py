"""A coarser tier above the labels, from the same evidence: categories made by machine. Knows nothing of people's filing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.leaning import Leaned
from linnaeus.consolidate.neighbours import unit
from linnaeus.consolidate.parents import name_parents
from linnaeus.consolidate.partition import partition
from linnaeus.consolidate.wording import readable
from linnaeus.store import Store
from linnaeus.types import Embedder, LabelId

ALIKE = 0.25  # how alike the labels of a category are on average
WORDINGS = 60  # of a category, those given most, that it is named from
TEXTS = 40  # of each wording, where the wordings of a category have nothing in common


def grow_tree(book: Book, leaned: Leaned, store: Store, embedder: Embedder) -> None:
    """Put labels that are alike under categories of two or more; write them down, with names from their wordings.

    A category keeps its id while at least half of its labels stay together, and its name while that suits it.
    """
    groups = _groups(book, leaned)
    was: dict[LabelId, list[LabelId]] = defaultdict(list)
    for label, category in store.tree().items():
        was[category].append(label)
    ids = _same(groups, was)
    made = store.made_names()
    names = name_parents(
        [_wordings(book, group, store) for group in groups],
        _texts(book, groups, store),
        embedder,
        keep=[made.get(one) if one is not None else None for one in ids],
    )
    tree: dict[LabelId, LabelId] = {}
    told = store.told()  # a model named these
    for group, known, name in zip(groups, ids, names, strict=True):
        category = store.add_machine_category(name) if known is None else known
        if category not in told:
            store.name_made(category, name)
        tree |= dict.fromkeys(group, category)
    store.set_tree(tree)


def _groups(book: Book, leaned: Leaned) -> list[list[LabelId]]:
    """Groups of two or more labels, in an order that does not depend on how they came."""
    places: dict[LabelId, list[int]] = defaultdict(list)
    for place in sorted(range(len(book)), key=lambda place: book.rows[place].key):
        places[book.rows[place].label].append(place)
    labels = list(places)
    means = [leaned.weights[places[label]] @ leaned.surfaces[places[label]] for label in labels]
    first = partition(unit(np.array(means, dtype=np.float32)), at_least=ALIKE)
    groups: dict[int, list[LabelId]] = defaultdict(list)
    for label, group in zip(labels, first.tolist(), strict=True):
        groups[group].append(label)
    return [group for group in groups.values() if len(group) > 1]


def _same(
    groups: Sequence[Sequence[LabelId]], was: Mapping[LabelId, Sequence[LabelId]]
) -> list[LabelId | None]:
    """For each group the category of before that it goes on as: one that has at least half of its labels in it."""
    now = {label: number for number, group in enumerate(groups) for label in group}
    found: list[LabelId | None] = [None] * len(groups)
    shared = [
        (count, category, group)
        for category, labels in was.items()
        for group, count in Counter(now[label] for label in labels if label in now).items()
        if 2 * count >= len(labels)
    ]
    taken: set[LabelId] = set()
    for _, category, group in sorted(shared, key=lambda one: (-one[0], -one[1], one[2])):
        if found[group] is None and category not in taken:
            found[group] = category
            taken.add(category)
    return found


def _wordings(book: Book, labels: Sequence[LabelId], store: Store) -> list[str]:
    """What the labels of a category were called by a model, most often first; else their own names."""
    inside = set(labels)
    worded = [place for place, row in enumerate(book.rows) if row.label in inside and row.words is not None]
    worded.sort(key=lambda place: (-book.asked[place], book.rows[place].key))
    names = store.names_of(labels)
    return [readable(book.rows[place].key) for place in worded[:WORDINGS]] or [
        readable(names[label]) for label in labels
    ]


def _texts(book: Book, groups: Sequence[Sequence[LabelId]], store: Store) -> list[list[str]]:
    """Up to TEXTS of each surface of the labels of each group."""
    group_of = {label: number for number, group in enumerate(groups) for label in group}
    owner = {row.id: group_of[row.label] for row in book.rows if row.label in group_of}
    texts: list[list[str]] = [[] for _ in groups]
    for surface, text in store.texts_of(list(owner), most=TEXTS):
        texts[owner[surface]].append(text)
    return texts
