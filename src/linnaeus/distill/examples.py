"""What a project says of its texts today, as examples. Knows nothing of how one learns from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.store import CachedVectors, Store
from linnaeus.student.words import Floats
from linnaeus.types import LabelId

LEAST_TEXTS = 20
LEAST_OF_LABEL = 3  # examples, below which a label cannot be learnt and checked
AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts, unit rows (n, d), the columns of the labels of each, and how much each counts (n,).

    `names` and `label_ids` are those of the columns. A text without columns is one that none of these labels fits.
    `given` (n,): a person said so. `rare`: labels with too few examples, whose texts are without columns.
    """

    texts: list[str]
    vectors: Floats
    columns: list[tuple[int, ...]]
    weights: Floats
    given: NDArray[np.bool_]
    names: tuple[str, ...]
    label_ids: tuple[int, ...]
    rare: int

    @property
    def several(self) -> bool:
        """Whether a text has more than one label."""
        return any(len(own) > 1 for own in self.columns)


def of_project(store: Store, vectors: CachedVectors) -> Examples:
    """All texts of a project that have a label today; each counts as much as that is likely right.

    Raises InputError where there is too little to learn from.
    """
    texts: list[str] = []
    labels: list[tuple[LabelId, ...]] = []
    names: dict[LabelId, str] = {}
    weights, given, seen = [], [], set()
    rows = store.export_rows()
    while batch := list(islice(rows, AT_ONCE)):
        kept = store.named([row[1] for row in batch])
        for _, text_id, text in batch:
            row = kept[text_id]
            if text_id in seen or not row.label_ids:
                continue
            seen.add(text_id)
            texts.append(text)
            labels.append(row.label_ids)
            names.update(zip(row.label_ids, row.names, strict=True))
            weights.append(row.score)  # 1 where a model or a person said so
            given.append(row.by == "human")
    _check(len(texts))
    return examples(texts, vectors.embed(texts), labels, names, np.array(weights), np.array(given))


def examples(
    texts: list[str],
    vectors: Floats,
    labels: Sequence[Sequence[LabelId]],
    names: dict[LabelId, str],
    weights: NDArray[np.floating],
    given: NDArray[np.bool_],
) -> Examples:
    """Put examples together; labels with fewer than three examples are left out. Raises InputError where none is left."""
    _check(len(texts))
    counts = Counter(label for own in labels for label in set(own))
    learnt = sorted(label for label, count in counts.items() if count >= LEAST_OF_LABEL)
    if len(learnt) < 2:
        one = f"only {names[learnt[0]]!r}" if learnt else "no label"
        raise InputError(
            f"{one} has {LEAST_OF_LABEL} texts or more", hint="a student tells at least two labels apart"
        )
    place = {label: column for column, label in enumerate(learnt)}
    columns = [tuple(dict.fromkeys(place[label] for label in own if label in place)) for own in labels]
    return Examples(
        texts,
        vectors,
        columns,
        weights.astype(np.float32),
        given,
        tuple(names[label] for label in learnt),
        tuple(int(label) for label in learnt),
        len(counts) - len(learnt),
    )


def _check(count: int) -> None:
    if count < LEAST_TEXTS:
        raise InputError(
            f"{count} texts have a label", hint=f"a student needs {LEAST_TEXTS}: label more texts first"
        )
