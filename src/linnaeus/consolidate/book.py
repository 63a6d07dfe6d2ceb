"""Every surface in memory, with its wording's vector and the sum of its texts. Knows nothing of grouping or storage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from linnaeus.consolidate.features import BLOCK, Frame, Rows, Sums
from linnaeus.index import GrowingArray
from linnaeus.store import SurfaceRow
from linnaeus.types import Codes, LabelId, SurfaceId


class Book:
    """Surfaces by place (0 is the oldest), by id, by wording and by the label they founded."""

    def __init__(self) -> None:
        self.rows: list[SurfaceRow] = []
        self.place: dict[SurfaceId, int] = {}
        self.by_key: dict[str, int] = {}
        self.founder: dict[LabelId, int] = {}
        self.asked: list[int] = []  # how many texts a model or a person gave each surface
        self.met: set[tuple[int, int]] = set()  # places that one answer gave to one text: never one label
        self.sums = Sums()
        self.texts: list[
            tuple[int, ...]
        ] = []  # the places that each text was given; none where memory answered
        self._codes: GrowingArray[np.int8] | None = None
        self._wordings: GrowingArray[np.int8] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def wordings(self) -> Codes:
        """The vector (s, d) of each wording; (s, 0) where there are none."""
        return np.zeros((0, 0), dtype=np.int8) if self._wordings is None else self._wordings.rows

    @property
    def codes(self) -> Codes:
        """The vector (t, d) of each text, in the order of the stream."""
        return np.zeros((0, 0), dtype=np.int8) if self._codes is None else self._codes.rows

    def seen_from(self, frame: Frame, places: Sequence[int]) -> Rows:
        """The rows (n, ...) of the surfaces at `places` as `frame` sees them; float64 on the way, but never for all."""
        blocks = [
            frame.rows(self.wordings[block], self.sums.rows[block])
            for block in np.array_split(np.array(places, dtype=np.intp), max(1, len(places) // BLOCK))
        ]
        return np.concatenate(blocks)

    def add(self, row: SurfaceRow, wording: Codes, width: int) -> None:
        """Append a surface with the vector of its wording; its texts' vectors will be `width` wide."""
        self.sums.make_room(width)
        place = len(self.rows)
        self.place[row.id] = self.by_key[row.key] = self.founder[row.own_label] = place
        self.rows.append(row)
        self.asked.append(0)
        if self._wordings is None:
            self._wordings = GrowingArray(np.zeros((0, len(wording)), dtype=np.int8))
        self._wordings.add(wording[None])

    def count(self, places: Sequence[int], code: Codes) -> None:
        """Count a text (d,) that was given the surfaces at `places`."""
        self.sums.add(places, code)
        for place in places:
            self.asked[place] += 1
        self.met.update(combinations(sorted(places), 2))
        self._see(tuple(places), code)

    def follow(self, code: Codes) -> None:
        """Count a text (d,) that memory answered: it says what is near what, but not what a label means."""
        self._see((), code)

    def _see(self, places: tuple[int, ...], code: Codes) -> None:
        if self._codes is None:
            self._codes = GrowingArray(np.zeros((0, len(code)), dtype=np.int8))
        self._codes.add(code[None])
        self.texts.append(places)
