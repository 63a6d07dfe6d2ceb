"""Wordings that people split by their texts: which of its senses a text has that is given one. Knows nothing of groups.

A text has the sense whose texts it is nearest to. What counts are the texts that were there when the wording was last split,
so that the answer does not depend on what came since, nor on when the project was opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.standing import acts_of
from linnaeus.store import Store, SurfaceRow
from linnaeus.types import Codes, SurfaceId


class Senses:
    """For each surface that was split and stands: its senses, itself too, and the centre of the texts of each."""

    def __init__(self, store: Store, embedder: str, awake: Mapping[SurfaceId, SurfaceRow]) -> None:
        """Read the senses among the surfaces that are `awake`; vectors are those of `embedder`."""
        families: dict[SurfaceId, list[SurfaceRow]] = defaultdict(list)
        parent = {row.id: row.sense_of for row in store.surfaces()}
        for row in awake.values():
            if row.sense_of is not None:
                families[_root(row.id, parent)].append(row)
        self._senses: dict[SurfaceId, list[SurfaceId]] = {}
        self._centres: dict[SurfaceId, NDArray[np.float64]] = {}
        if not families:
            return
        newest = {
            act.id: int(act.detail["newest_text"]) for act in acts_of(store.events()) if act.kind == "split"
        }
        for root, rows in families.items():
            until = max(newest[row.event] for row in rows if row.event is not None)
            self._senses[root] = [root, *(row.id for row in rows)]
            self._centres |= _centres(store, embedder, self._senses[root], until)

    def of(self, surface: SurfaceId, code: Codes) -> SurfaceId:
        """The sense of `surface` that a text with the vector `code` (d,) has; itself where it was not split."""
        senses = [one for one in self._senses.get(surface, ()) if one in self._centres]
        if not senses:
            return surface
        unit = unit_rows(code[None])[0]
        return max(senses, key=lambda one: float(self._centres[one] @ unit))  # ties: the oldest

    def centre(self, surface: SurfaceId) -> NDArray[np.float64] | None:
        """The centre (d,), of length 1, of the texts of a sense; None for one without texts, and for other surfaces."""
        return self._centres.get(surface)


def _root(surface: SurfaceId, parent: Mapping[SurfaceId, SurfaceId | None]) -> SurfaceId:
    while (above := parent[surface]) is not None:
        surface = above
    return surface


def _centres(
    store: Store, embedder: str, surfaces: list[SurfaceId], until: int
) -> dict[SurfaceId, NDArray[np.float64]]:
    keys: dict[SurfaceId, list[bytes]] = defaultdict(list)
    for row in store.assigned(surfaces):
        if row.text_id <= until:
            keys[row.surface].append(row.key)
    codes = store.vectors(list(dict.fromkeys(key for own in keys.values() for key in own)), embedder)
    means = {one: unit_rows(np.stack([codes[key] for key in own])).mean(axis=0) for one, own in keys.items()}
    return {one: unit_rows(mean[None])[0] for one, mean in means.items()}
