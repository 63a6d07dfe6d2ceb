"""Group and name all surfaces of a project anew. A function of the evidence: what was said of which texts, and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import Frame
from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.granularity import level_for
from linnaeus.consolidate.leaning import Leaned
from linnaeus.consolidate.naming import MACHINE, name_wordless
from linnaeus.consolidate.partition import Constraints, partition, partition_again
from linnaeus.consolidate.polarity import Poles
from linnaeus.consolidate.standing import Standing
from linnaeus.consolidate.wording import plain_key, wording_key
from linnaeus.store import Store
from linnaeus.types import Embedder, LabelId

PERSON = "human"
CLEARLY, CLEARLY_MORE = (
    1.5,
    3,
)  # a name gives way to a wording given so many times as often, and to so many more texts


@dataclass(frozen=True, slots=True)
class Regrouped:
    """How many surfaces changed their label, and which joined another's, (founder, place); the labels (t,) of the groups in
    which texts are that memory answered, -1 where that has none; what all was made from, and how alike groups had to be.
    """

    moved: int
    joined: list[tuple[int, int]]
    found: NDArray[np.int64]
    leaned: Leaned
    level: float


def regroup(
    book: Book,
    leaned: Leaned,
    said: Standing,
    store: Store,
    *,
    at_least: float,
    at_most: int | None,
    verdicts: Mapping[tuple[int, int], float],
) -> Regrouped:
    """Let every surface stand for the label of its group, by how the texts `leaned`, joined from `at_least` on.

    With `at_most`, from where on so many labels come out, or as few fewer as possible.

    `verdicts`: what a model judged of pairs of places: 1 for the same, -1 for different. Wordings that say the
    opposite of each other are never joined but by people, or where a model judged them the same. What people said of
    labels counts within the groups that it is about, as they would be without it: no other group changes for it.

    Surfaces are taken in the order of their wording, so that the order of arrival does not show in the groups.
    """
    order = sorted(range(len(book)), key=lambda place: book.rows[place].key)
    position = {place: number for number, place in enumerate(order)}
    met = _met(book, position, [*_opposed(book, verdicts), *_opposed_texts(book, store)])
    held, spoken_of = _held(book, said, position, met), _spoken_of(book, said, position)
    judged = {(position[a], position[b]): value for (a, b), value in verdicts.items()}
    rows = np.vstack([leaned.surfaces[order], leaned.rows])
    sizes = np.concatenate([np.maximum(np.array(book.asked)[order], 1), np.ones(len(leaned.rows))])

    def groups_at(level: float) -> NDArray[np.intp]:
        found = partition(rows.copy(), at_least=level, held=met, sizes=sizes, verdicts=judged)
        return partition_again(
            found, spoken_of, rows, at_least=level, held=held, sizes=sizes, verdicts=judged
        )

    if at_most is not None:
        at_least = level_for(at_most, lambda level: len(np.unique(groups_at(level)[: len(book)])))
    first = groups_at(at_least)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(book)):
        groups[int(first[position[place]])].append(place)
    founders = {group: _founder(book, members, said) for group, members in groups.items()}
    moved = [move for group, members in groups.items() for move in _moves(book, members, founders[group])]
    found = np.full(len(book.texts), -1)
    for text, group in zip(leaned.others.tolist(), first[len(book) :].tolist(), strict=True):
        if group in founders:
            found[text] = book.rows[founders[group]].own_label
    store.set_labels((book.rows[place].id, book.rows[founder].own_label) for place, founder in moved)
    joined = [(founder, place) for place, founder in moved if place != founder]
    for place, founder in moved:
        book.rows[place] = replace(book.rows[place], label=book.rows[founder].own_label)
    store.set_labels((asleep, book.rows[book.place[one]].label) for asleep, one in said.asleep.items())
    return Regrouped(len(moved), joined, found, leaned, at_least)


def _met(book: Book, position: Mapping[int, int], opposed: Iterable[tuple[int, int]]) -> Constraints:
    """What holds without what people said of labels: what one answer gave to one text, and pairs that are opposed."""
    return Constraints(
        apart=[(position[a], position[b]) for a, b in sorted(book.met)],
        pinned=[position[place] for place, one in enumerate(book.rows) if one.pinned],
        unlike=[(position[a], position[b]) for a, b in opposed],
    )


def _held(book: Book, said: Standing, position: Mapping[int, int], met: Constraints) -> Constraints:
    """That, and what people joined, separated and named."""
    row = {one: position[place] for one, place in book.place.items()}
    apart = [(row[a], row[b]) for a, b in said.holding.apart]
    for head, alone in said.alone.items():
        own = alone.side.union(said.holding.joined(head))
        apart += [(row[head], row[one]) for one in row if one <= alone.newest and one not in own]
    return Constraints(
        together=[(row[a], row[b]) for a, b in said.holding.together],
        apart=[*met.apart, *apart],
        pinned=sorted({*met.pinned, *(position[book.founder[label]] for label in said.names)}),
        unlike=met.unlike,
    )


def _spoken_of(book: Book, said: Standing, position: Mapping[int, int]) -> list[int]:
    """The rows of surfaces that people said something of."""
    pairs = (*said.holding.together, *said.holding.apart)
    surfaces = {*said.alone, *(one for pair in pairs for one in pair)}
    founders = (book.founder[label] for label in said.names)
    return sorted({position[book.place[one]] for one in surfaces}.union(position[one] for one in founders))


def _opposed(book: Book, verdicts: Mapping[tuple[int, int], float]) -> Iterator[tuple[int, int]]:
    """Places whose wordings say the opposite of each other, but for those that a model judged the same."""
    poles = Poles((place, plain_key(row.key)) for place, row in enumerate(book.rows) if row.words is not None)
    for a, b in poles.pairs():
        if max(verdicts.get((a, b), 0.0), verdicts.get((b, a), 0.0)) <= 0:
            yield a, b


def _opposed_texts(book: Book, store: Store) -> list[tuple[int, int]]:
    """Places of surfaces without words whose first texts say the opposite of each other."""
    wordless = {row.id: place for place, row in enumerate(book.rows) if row.words is None}
    first = store.texts_of(list(wordless), most=1)
    return Poles((wordless[surface], text) for surface, text in first).pairs_of_texts()


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


def name_labels(
    book: Book, frame: Frame, said: Standing, store: Store, embedder: Embedder, *, new_texts: bool
) -> None:
    """Give every label a name of its own: a person's, else a wording that was given often, else phrases."""
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
    taken |= {
        wording_key(category.name)
        for one, category in store.categories().items()
        if one > 0 or one in said.renamed  # those that a machine found give way to labels
    }
    present = _lasting_wordings(book, taken)
    names = {
        label: present.get(label) or _best_wording(book, frame, members, taken)
        for label, members in free.items()
        if label not in wordless
    } | name_wordless(
        {label: [book.rows[place].id for place in members] for label, members in wordless.items()},
        store,
        embedder,
        new_texts=new_texts,
    )
    chosen = given | {label: (free_name(names[label], taken), MACHINE) for label in free}
    store.set_names((label, *name) for label, name in chosen.items() if name != now[label])


def _lasting_wordings(book: Book, given: set[str]) -> dict[LabelId, str]:
    """The wording that names each label: the first that it was given, until another is clearly given more often, and so on.

    Depends on the stream alone, not on when names were looked at, so that undoing an event gives the old names back.
    """
    pinned = {row.label for row in book.rows if row.pinned}
    keys = [plain_key(row.key) for row in book.rows]
    usable = [
        row.words is not None and key not in given and (row.pinned or row.label not in pinned)
        for row, key in zip(book.rows, keys, strict=True)
    ]
    counts: dict[tuple[LabelId, str], int] = defaultdict(int)
    present: dict[LabelId, str] = {}
    for place in (place for places in book.texts for place in places if usable[place]):
        label, key = book.rows[place].label, keys[place]
        counts[label, key] += 1
        now = counts[label, present.setdefault(label, key)]
        if counts[label, key] >= max(CLEARLY * now, now + CLEARLY_MORE):
            present[label] = key
    return present


def _best_wording(book: Book, frame: Frame, members: Sequence[int], given: set[str]) -> str:
    rows = book.seen_from(frame, members)
    central = dict(zip(members, np.round(rows @ rows.sum(axis=0), 4).tolist(), strict=True))

    def rank(place: int) -> tuple[bool, bool, int, float, int]:
        row = book.rows[place]
        return (
            plain_key(row.key) not in given,
            row.pinned,
            book.asked[place],
            central[place],
            -place,
        )

    with_words = [place for place in members if book.rows[place].words is not None]
    return plain_key(book.rows[max(with_words, key=rank)].key)
