"""Turn wordings and the texts that got them into rows whose inner product says how alike two surfaces are.

A label string alone is weak evidence; with the centroid of its texts it separates far better (research/LOG.md). Both are
centred first: every label of a project on banking says "card" and "inquiry", and what all of them share tells nothing.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.index import GrowingArray
from linnaeus.index.exact import lengths
from linnaeus.types import Codes

Rows = NDArray[np.float32]

WORDING_SHARE = 0.5  # how much of the similarity comes from wordings; research/consolidate.py
JOIN_AT = 0.45  # similarity from which two surfaces are one label, once the centre is well known
JOIN_AT_WORDLESS = 0.38  # the same where there are no wordings, only texts
PRIOR = 20  # rows that a centre at the origin counts for, so that it moves slowly at first
UNCENTRED = 0.13  # how much higher the thresholds must be while nothing is centred
BLOCK = 4096  # rows at a time
UNIT = (
    2**12
)  # unit rows are summed as whole numbers of 1/UNIT: exact in any order, up to 500,000 texts a surface


class Sums:
    """For each surface the sum of the unit vectors of its texts, and the same over all texts; exact in any order."""

    def __init__(self) -> None:
        self._surfaces: GrowingArray[np.int32] | None = None
        self._all: NDArray[np.int64] | None = None
        self.texts = 0

    def make_room(self, width: int) -> None:
        """Add a surface that has no texts yet, of vectors `width` wide."""
        if self._surfaces is None:
            self._surfaces = GrowingArray(np.zeros((0, width), dtype=np.int32))
            self._all = np.zeros(width, dtype=np.int64)
        self._surfaces.add(np.zeros((1, width), dtype=np.int32))

    def add(self, places: Sequence[int], code: Codes) -> None:
        """Add one text (d,) to the surfaces at `places`."""
        wide = code.astype(np.float64)
        unit = np.rint(wide / math.sqrt(wide @ wide or 1.0) * UNIT).astype(np.int32)
        self.rows[list(places)] += unit
        self._all = unit.astype(np.int64) if self._all is None else self._all + unit
        self.texts += 1

    def imagine(self, place: int, centre: NDArray[np.float64]) -> None:
        """Let the surface at `place` have one text more, at `centre` (d,), which counts for it alone."""
        self.rows[place] += np.rint(unit_rows(centre[None])[0] * UNIT).astype(np.int32)

    @property
    def rows(self) -> NDArray[np.int32]:
        """The sum (s, d) for each surface."""
        return np.zeros((0, 0), dtype=np.int32) if self._surfaces is None else self._surfaces.rows

    @property
    def centre(self) -> NDArray[np.float64]:
        """The mean (d,) over all texts, shrunk towards the origin while they are few."""
        return np.zeros(0) if self._all is None else self._all / UNIT / (self.texts + PRIOR)


@dataclass(frozen=True, slots=True)
class Frame:
    """The centres that a pass found, and the threshold that goes with them."""

    wording: NDArray[np.float64]  # (d,)
    texts: NDArray[np.float64]  # (d,)
    at_least: float
    wordless: bool

    def rows(self, wordings: Codes, texts: NDArray[np.integer]) -> Rows:
        """Rows (n, 2d) of surfaces with wordings (n, d) and sums of texts (n, d).

        The inner product of two rows is WORDING_SHARE x cosine of wordings + the rest x cosine of texts, both centred.
        Where there are no wordings rows are (n, d) and texts alone count.
        """
        about = self.about(texts)
        if self.wordless:
            return about
        return np.hstack(
            [np.sqrt(WORDING_SHARE) * self.said(wordings), np.sqrt(1 - WORDING_SHARE) * about]
        ).astype(np.float32)

    def about(self, texts: NDArray[np.integer]) -> Rows:
        """Rows (n, d) of texts, or of sums of texts."""
        return _centred(texts, self.texts).astype(np.float32)

    def said(self, wordings: Codes) -> Rows:
        """Rows (n, d) of wordings."""
        return _centred(wordings, self.wording).astype(np.float32)


def first_frame(wording_width: int, text_width: int, *, wordless: bool) -> Frame:
    """The frame before anything was seen: centred at the origin."""
    at_least = (JOIN_AT_WORDLESS if wordless else JOIN_AT) + UNCENTRED
    return Frame(np.zeros(wording_width), np.zeros(text_width), at_least, wordless)


def frame(wordings: Codes, sums: Sums, *, wordless: bool) -> Frame:
    """Find the centres of all wordings (s, d) and all texts; the threshold moves with how well they are known."""
    few = PRIOR / (PRIOR + sums.texts)
    units = np.zeros(wordings.shape[1])
    for start in range(0, len(wordings), BLOCK):
        units += np.rint(unit_rows(wordings[start : start + BLOCK]) * UNIT).sum(axis=0)
    return Frame(
        wording=units / UNIT / (len(wordings) + PRIOR),
        texts=sums.centre,
        at_least=(JOIN_AT_WORDLESS if wordless else JOIN_AT) + UNCENTRED * few,
        wordless=wordless,
    )


def unit_rows(rows: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Scale rows (n, d) to length 1; zero rows stay zero."""
    wide = rows.astype(np.float64)
    return np.asarray(wide / lengths(wide)[:, None])


def hashes(codes: Codes) -> NDArray[np.int64]:
    """A number (n,) for each row (n, d), by which some can be chosen whatever their order."""
    return np.array([zlib.crc32(code.tobytes()) for code in codes], dtype=np.int64)


def _centred(rows: NDArray[np.integer], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    return unit_rows(unit_rows(rows) - centre)
