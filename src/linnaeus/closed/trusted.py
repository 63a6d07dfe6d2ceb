"""Candidates with probabilities, from what is written of labels alone. Puts together; decides nothing by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.background import Background
from linnaeus.closed.dense import Dense
from linnaeus.closed.fused import TEXTS_AT_A_TIME, Looked
from linnaeus.closed.label_sets import margins
from linnaeus.closed.signs import Floats, signs_of
from linnaeus.closed.source import MAY_FIT, NOWHERE, Candidates, Shortlisted
from linnaeus.closed.trust import SHIPPED, Trust
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.types import Codes

FLOORS = 4  # without the margin
BEYOND = np.array([0, 0, 0, np.inf, 0], np.float32)
NEAR = 0.95
"""The share of the lowest fused score of a label that may fit from which another label's score matters."""
BORNE = 5.0
"""The change of a fused score that a margin of 1 bears (research/LOG-taxonomies.md, "What a change touches")."""
LOOKED_AT = 50
"""Candidates of a text that are judged, however few are asked for: the others say how far ahead one is."""


class Trusted:
    """`ZeroShot` whose scores are probabilities that a label fits, and whose order is by them."""

    name = "trusted"

    def __init__(
        self, zero_shot: ZeroShot, trust: Trust = SHIPPED, background: Background | None = None
    ) -> None:
        """Of very few labels, `background` says whether any fits at all."""
        self.zero_shot, self.trust, self.background = zero_shot, trust, background

    def candidates(self, texts: Sequence[str], codes: Codes, most: int) -> Candidates:
        """Return up to `most` labels for each of `texts`, likeliest first; scores are probabilities."""
        return self.shortlist(texts, codes, most).candidates

    def shortlist(self, texts: Sequence[str], codes: Codes, most: int) -> Shortlisted:
        """The same, and as floors (n, 5) the best score by each scorer, the lowest fused score of a label that may fit, and
        the margin: by how much expected F1 the labels to give are better than any other number of them.
        """
        looked, signs = self._judged(texts, codes, most)
        places, totals = looked.found
        chances = self._chances(looked, signs, codes, self.trust).astype(np.float32)
        may_fit = chances >= MAY_FIT
        may_fit[:, :1] |= ~may_fit.any(axis=1, keepdims=True)
        least = np.where(may_fit, totals, np.inf).min(axis=1, initial=np.inf)
        order = np.lexsort((places, -chances), axis=1)[:, :most]  # what is no label comes last, at 0
        found = Candidates(np.take_along_axis(places, order, 1), np.take_along_axis(chances, order, 1))
        margin = margins(found.scores, self.trust.none(found.scores))
        columns = [looked.highest, least[:, None], margin[:, None]]
        return Shortlisted(found, np.concatenate(columns, axis=1, dtype=np.float32))

    def only(self, labels: NDArray[np.intp]) -> Trusted:
        """These `labels` (k,) alone, which become labels 0, 1, ..."""
        return Trusted(self.zero_shot.only(labels), self.trust, self.background)

    def reach(
        self, texts: Sequence[str], codes: Codes, floors: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.bool_]:
        """Which texts (n,) any label may fit, beside others that gave these floors (n, 5) in `shortlist`.

        Floors of another kind, (f,), are reached by nothing.
        """
        rows = _rows(floors)
        found = self.zero_shot.looked(texts, codes, 1, rows[:, :-2]).found
        near: NDArray[np.bool_] = (found.scores[:, 0] >= rows[:, -2]) & (found.places[:, 0] != NOWHERE)
        return near

    def shaken(
        self,
        texts: Sequence[str],
        codes: Codes,
        floors: Sequence[NDArray[np.float32]],
        before: Dense,
        least: float,
    ) -> NDArray[np.bool_]:
        """Which texts (n,) may get other labels, now that these have other vectors than `before`.

        The fused score of a label that comes near the floor, or came, has changed by more than the margin bears; `least`: a
        change that there is anyhow.
        """
        rows, out = _rows(floors), np.zeros(len(texts), np.bool_)
        for start in range(0, len(texts) if before.labels else 0, TEXTS_AT_A_TIME):
            part = slice(start, start + TEXTS_AT_A_TIME)
            some, own, theirs = rows[part], codes[part], texts[part]
            found = self.zero_shot.looked(theirs, own, LOOKED_AT, some[:, :-2]).found
            change = before.scores(theirs, own) - self.zero_shot.dense.scores(theirs, own)
            lost = np.take_along_axis(change, found.places, 1) / np.maximum(some[:, :1], 1e-6)
            near = (found.scores + np.maximum(lost, 0) >= NEAR * some[:, -2:-1]) & (found.places != NOWHERE)
            most = np.where(near, np.abs(lost), 0).max(axis=1, initial=0) + least
            out[part] = (most > BORNE * some[:, -1]) & np.isfinite(some[:, -2])
        return out

    def refitted(self, texts: Sequence[str], codes: Codes, labels: Sequence[Collection[int]]) -> Trusted:
        """The same with trust fitted to texts of which all that fits is known: the places of the `labels` of each.

        A text without a label says that none of its candidates fits.
        """
        looked, signs = self._judged(texts, codes, LOOKED_AT)
        places = looked.found.places
        right = np.array([np.isin(row, list(own)) for row, own in zip(places, labels, strict=True)])
        held = places >= 0
        trust = self.trust.refit(signs[held], right.reshape(places.shape)[held])
        none = np.array([not own for own in labels], np.bool_)
        trust = trust.refit_none(self._chances(looked, signs, codes, trust), none)
        return Trusted(self.zero_shot, trust, self.background)

    def _chances(self, looked: Looked, signs: Floats, codes: Codes, trust: Trust) -> Floats:
        """How likely each candidate fits (n, k), 0 where there is none."""
        held = looked.found.places >= 0
        chances = np.where(held, trust.chance(signs), 0.0)
        if self.background is None:
            return chances
        nearest = np.where(held, looked.parts[:, :, 0], -1.0).max(axis=1, initial=-1.0)
        fits = self.background.fits(codes, nearest, chances.max(axis=1, initial=0.0))
        return np.asarray(chances * fits[:, None])

    def _judged(self, texts: Sequence[str], codes: Codes, most: int) -> tuple[Looked, Floats]:
        """The candidates by fused score, and their signs (n, k, d)."""
        looked = self.zero_shot.looked(texts, codes, max(most, LOOKED_AT))
        return looked, signs_of(texts, looked, self.zero_shot.lexical, self.zero_shot.labels)


def _rows(floors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Floors as rows (n, 5); those that an earlier version kept have no margin: they bear nothing."""
    out = np.tile(BEYOND, (len(floors), 1))
    for row, own in zip(out, floors, strict=True):
        if len(own) >= FLOORS:
            row[: len(own)] = own
    return out
