"""All texts under labels that were made for a sample of them, as under any given labels. Knows no model.

What names, descriptions and synonyms say, and the texts of the sample as examples: what `teach` and `label` go by.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.label_sets import chosen
from linnaeus.closed.project import import_taxonomy, load
from linnaeus.closed.shortlists import ProjectShortlist
from linnaeus.closed.spelling import Spelling
from linnaeus.closed.teaching import give, teach
from linnaeus.closed.trusted import LOOKED_AT
from linnaeus.discover.grouping import FEWEST, Groups
from linnaeus.discover.naming import Named
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Entry, taxonomy_of
from linnaeus.types import Embedder

BLOCK = 4_096


def filed(
    texts: Sequence[str], made: Sequence[Named], left: Sequence[str], embedder: Embedder
) -> tuple[Groups, list[int]]:
    """The label (n,) of each text, -1 where none fits, and which of `made` these are: those of 3 texts, the largest first.

    `Named.texts` are examples, which stay under their label; `left` are texts that none of the labels fits.
    """
    examples = {text: number for number, one in enumerate(made) for text in one.texts}
    taught = {text: [str(number)] for text, number in examples.items()} | {text: [] for text in left}
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        entries = [
            Entry(number, str(number), one.name.replace("_", " "), one.description, (), one.synonyms)
            for number, one in enumerate(made)
        ]
        import_taxonomy(store, taxonomy_of(entries))
        taxonomy, ids = load(store)
        give(store, Spelling(taxonomy), ids, list(taught), list(taught.values()))
        teach(store, vectors)
        shortlist = ProjectShortlist(store, vectors, taxonomy, ids)
        number = np.array([int(id) for id in taxonomy.ids] + [-1])  # by place; the last: nowhere
        found = np.concatenate(
            [_best(texts[start : start + BLOCK], shortlist) for start in range(0, len(texts), BLOCK)]
        )
    groups = number[found]
    for place, text in enumerate(texts):
        groups[place] = examples.get(text, groups[place])
    return _largest_first(groups, len(made))


def _best(texts: Sequence[str], shortlist: ProjectShortlist) -> NDArray[np.intp]:
    """The place (n,) of the likeliest label of each text; -1 where the best set of labels is empty."""
    places, scores = shortlist.shortlist(texts, LOOKED_AT)
    given = chosen(scores, shortlist.nothing(scores))
    return np.where(given > 0, places[:, 0], -1).astype(np.intp)


def _largest_first(groups: Groups, count: int) -> tuple[Groups, list[int]]:
    """Groups (n,) numbered by size, and which each was; smaller ones than FEWEST are none."""
    sizes = np.bincount(groups[groups >= 0], minlength=count)
    kept = [int(one) for one in np.argsort(-sizes, kind="stable") if sizes[one] >= FEWEST]
    number = np.full(count + 1, -1, dtype=np.intp)
    number[kept] = np.arange(len(kept))
    return number[groups], kept
