"""Labels that a model made in several calls as one set: wordings of one meaning are one label. Knows no model.

By what consolidation goes by: how alike wordings are and the texts that got them. What one call told apart stays apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Sums, frame
from linnaeus.consolidate.partition import Constraints, Pair, partition
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.discover.naming import Named
from linnaeus.store import CachedVectors
from linnaeus.types import Draft, Generate


def merged(said: Sequence[tuple[Generate, Sequence[Draft]]], vectors: CachedVectors) -> list[Named]:
    """One label for each meaning, with its other wordings as synonyms and all its texts; in the order of their names.

    It is named and described as the draft of it with the most texts.
    """
    drafts: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)  # by wording: description and texts
    for task, own in said:
        for draft in own:
            texts = [task.texts[place] for place in draft.texts]
            drafts[wording_key(draft.name)].append((draft.description, texts))
    keys = sorted(drafts)
    place = {key: number for number, key in enumerate(keys)}
    apart = {
        pair
        for _, own in said
        for pair in combinations(sorted({place[wording_key(one.name)] for one in own}), 2)
    }
    groups = _joined(
        keys, {key: [text for _, own in drafts[key] for text in own] for key in keys}, apart, vectors
    )
    members = [
        [key for key, one in zip(keys, groups, strict=True) if one == group] for group in np.unique(groups)
    ]
    return [_one({key: drafts[key] for key in own}) for own in members]


def _joined(
    keys: Sequence[str], texts: Mapping[str, Sequence[str]], apart: set[Pair], vectors: CachedVectors
) -> NDArray[np.intp]:
    """The group (n,) of each wording."""
    if not keys:
        return np.zeros(0, np.intp)
    wordings = vectors.codes([readable(key) for key in keys])
    sums = Sums()
    for place, key in enumerate(keys):
        sums.make_room(wordings.shape[1])
        for code in vectors.codes(texts[key]):
            sums.add([place], code)
    seen = frame(wordings, sums, wordless=False)
    sizes = np.array([len(texts[key]) for key in keys])
    rows = seen.rows(wordings, sums.rows)
    return partition(rows, at_least=seen.at_least, held=Constraints(apart=sorted(apart)), sizes=sizes)


def _one(drafts: Mapping[str, Sequence[tuple[str, Sequence[str]]]]) -> Named:
    """A label of all these wordings."""
    best = max(drafts, key=lambda key: sum(len(texts) for _, texts in drafts[key]))
    description, _ = max(drafts[best], key=lambda one: len(one[1]))
    texts = tuple(text for own in drafts.values() for _, several in own for text in several)
    return Named(best, description, texts, tuple(readable(key) for key in drafts if key != best))
