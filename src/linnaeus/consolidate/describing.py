"""A line on what each label and each category is about, from key phrases of their texts. Knows nothing of groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.phrases import key_phrases
from linnaeus.store import Store
from linnaeus.types import LabelId

FEWEST = 3  # texts of a label that is described
TEXTS = 40  # of each that are read
PHRASES = 4


def describe(book: Book, store: Store) -> None:
    """Describe labels of 3 texts or more, and categories that a machine found; others have no description then."""
    owner = {row.id: row.label for row in book.rows}
    texts: dict[LabelId, list[str]] = defaultdict(list)
    for surface, text in store.texts_of(list(owner), most=TEXTS):
        texts[owner[surface]].append(text)
    labels = {label: own for label, own in texts.items() if len(own) >= FEWEST}
    categories: dict[LabelId, list[str]] = defaultdict(list)
    for label, category in store.tree().items():
        categories[category] += texts[label][:TEXTS]
    store.set_descriptions(_lines(labels) | _lines(categories))


def _lines(texts: Mapping[LabelId, list[str]]) -> dict[LabelId, str]:
    found = key_phrases(list(texts.values()), PHRASES)
    return {label: ", ".join(phrases) for label, phrases in zip(texts, found, strict=True)}
