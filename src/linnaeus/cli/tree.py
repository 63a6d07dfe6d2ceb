"""Categories and labels as an indented list on stdout. Knows nothing of how they are found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from linnaeus.cli.table import print_table
from linnaeus.consolidate.standing import above
from linnaeus.store import Store
from linnaeus.types import LabelId

INDENT = "  "


@dataclass(frozen=True, slots=True)
class _Line:
    id: LabelId
    name: str
    texts: int
    wordings: int


def print_tree(store: Store, limit: int | None, *, retired: bool) -> None:
    """Print the `limit` labels with most texts below their categories, those with most texts first.

    A category counts the texts and wordings of all labels below it.
    """
    categories, descriptions = store.categories(), store.descriptions()
    below: dict[LabelId | None, list[_Line]] = defaultdict(list)
    labels = store.labels(retired=retired)
    for label in labels:
        below[label.category].append(_Line(label.id, label.name, label.texts, label.wordings))
    printed = {label.id for label in labels[:limit]}
    parents = {category: filed.parent for category, filed in categories.items()}
    for label in labels[:limit]:
        printed.update(above(label.category, parents))

    def line(category: LabelId) -> _Line:
        own = lines(category)
        texts, wordings = sum(one.texts for one in own), sum(one.wordings for one in own)
        return _Line(category, categories[category].name, texts, wordings)

    def lines(parent: LabelId | None) -> list[_Line]:
        inner = [line(category) for category, filed in categories.items() if filed.parent == parent]
        return sorted([*inner, *below[parent]], key=lambda one: (-one.texts, one.id))

    rows: list[tuple[object, ...]] = []

    def show(parent: LabelId | None, depth: int) -> None:
        for one in lines(parent):
            if one.id in printed:
                said = (one.id, INDENT * depth + one.name, one.texts, one.wordings)
                rows.append((*said, descriptions.get(one.id, "")))
                if one.id in categories:
                    show(one.id, depth + 1)

    show(None, 0)
    print_table(("label_id", "label", "texts", "wordings", "description"), rows)
