"""A line on what each label and each category is about: from key phrases of their texts, or what a model is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.phrases import key_phrases
from linnaeus.consolidate.wording import plain_key
from linnaeus.store import Store
from linnaeus.types import LabelId, Name

FEWEST = 3  # texts of a label that is described
TEXTS = 40  # of each that are read
PHRASES = 4
SHOWN, WORDINGS = 8, 10  # texts and wordings of each that a model sees
GROWN = 2  # times as many texts after which a model is asked again


def describe(book: Book, store: Store) -> None:
    """Describe labels of 3 texts or more, and categories that a machine found; others have no description then."""
    store.set_descriptions(_lines(_texts(book, store, store.tree())))


def to_name(book: Book, store: Store) -> dict[LabelId, tuple[Name, int]]:
    """The labels and categories that a model should describe, those with most texts first, and how many these are.

    It is asked again when there are twice as many texts as there were.
    """
    labels = store.labels()
    sizes = Counter({label.id: label.texts for label in labels})
    categories = {label.id: label.category for label in labels if label.category is not None}
    wordings: dict[LabelId, Counter[str]] = defaultdict(Counter)
    for row, asked in zip(book.rows, book.asked, strict=True):
        if row.words is not None:
            for one in {row.label, categories.get(row.label, row.label)}:
                wordings[one][plain_key(row.key)] += asked
    texts = _texts(book, store, categories)
    for label, category in categories.items():
        sizes[category] += sizes[label]
    told = store.told()
    wanted = [one for one in texts if one not in told or sizes[one] >= GROWN * told[one]]
    wanted.sort(key=lambda one: (-sizes[one], one))
    return {
        one: (
            Name(
                tuple(texts[one][:: max(1, len(texts[one]) // SHOWN)][:SHOWN]),
                tuple(words for words, _ in wordings[one].most_common(WORDINGS)),
            ),
            sizes[one],
        )
        for one in wanted
    }


def _texts(book: Book, store: Store, categories: Mapping[LabelId, LabelId]) -> dict[LabelId, list[str]]:
    """Up to TEXTS of each surface of every label of 3 texts or more, and of every category of such labels and others."""
    owner = {row.id: row.label for row in book.rows}
    texts: dict[LabelId, list[str]] = defaultdict(list)
    for surface, text in store.texts_of(list(owner), most=TEXTS):
        texts[owner[surface]].append(text)
    found = {label: own for label, own in texts.items() if len(own) >= FEWEST}
    for label, category in categories.items():
        found.setdefault(category, []).extend(texts[label][:TEXTS])
    return found


def _lines(texts: Mapping[LabelId, list[str]]) -> dict[LabelId, str]:
    found = key_phrases(list(texts.values()), PHRASES)
    return {label: ", ".join(phrases) for label, phrases in zip(texts, found, strict=True)}
