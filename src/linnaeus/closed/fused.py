"""Several scorers as one source, and a closer look at long texts. Knows nothing of what a score is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.dense import Dense
from linnaeus.closed.source import Candidates, Scorer, empty, fill
from linnaeus.closed.stretches import stretches
from linnaeus.index.best import best
from linnaeus.types import Codes

Embed: TypeAlias = Callable[[Sequence[str]], Codes]
"""Texts (n) to quantised vectors (n, d)."""

TEXTS_AT_A_TIME = 64
LOOKED_AT = 1000
"""Labels of a long text that its stretches are compared with: those that are best without them."""


class Weighted(NamedTuple):
    """A scorer and what its best label counts for."""

    scorer: Scorer
    weight: float


class Closer(NamedTuple):
    """How stretches of long texts are looked at: a text is long that has more than `words` words."""

    embed: Embed
    dense: Dense
    words: float


class Looked(NamedTuple):
    """Candidates, and what they were chosen by: `parts` (n, most, scorers), 0 where there is no label.

    `mean` (n,): of the first scorer's scores over all labels, as they are before a closer look. `highest` (n, scorers): the
    best score of any label by each scorer, 0 and up.
    """

    found: Candidates
    parts: NDArray[np.float32]
    mean: NDArray[np.float32]
    highest: NDArray[np.float32]


class Fused:
    """The sum over scorers of weight x score / the text's best score by that scorer.

    So a scorer that finds nothing (no score above 0) says nothing, and scores need no common scale. Of a long text the
    first scorer's score becomes its mean with the best cosine of any stretch, for the 1,000 labels that are best without.
    """

    name = "fused"

    def __init__(self, scorers: Sequence[Weighted], closer: Closer | None = None) -> None:
        self._scorers, self._closer = tuple(scorers), closer

    def candidates(self, texts: Sequence[str], codes: Codes, most: int) -> Candidates:
        """Return up to `most` labels for each of `texts`; a batch gives what its texts give one by one."""
        return self.looked(texts, codes, most).found

    def looked(
        self, texts: Sequence[str], codes: Codes, most: int, known: NDArray[np.float32] | None = None
    ) -> Looked:
        """The same with what each scorer says of the candidates.

        `known` (n, scorers): the best scores of labels that are none of these, beside which these are to count.
        """
        n, width = len(texts), len(self._scorers)
        highest = np.zeros((n, width), np.float32) if known is None else known.copy()
        parts = np.zeros((n, most, width), np.float32)
        out = Looked(empty(n, most), parts, np.zeros(n, np.float32), highest)
        for start in range(0, n, TEXTS_AT_A_TIME):
            part = slice(start, start + TEXTS_AT_A_TIME)
            self._fill(out, start, texts[part], codes[part])
        return out

    def _fill(self, out: Looked, start: int, texts: Sequence[str], codes: Codes) -> None:
        scores = [own.scorer.scores(texts, codes) for own in self._scorers]
        closer, most = self._stretches(texts), out.parts.shape[1]
        for row in range(len(texts)):
            parts = [own[row] for own in scores]  # of (labels,)
            if parts[0].size:
                out.mean[start + row] = parts[0].mean()
            highest, kept = _highest(parts, out.highest[start + row]), None
            total = self._total(parts, highest)
            if row in closer:
                kept = np.sort(best(total, max(LOOKED_AT, most), above=0.0))  # so that ties go to the earlier
                parts = self._closer_look(parts, kept, np.concatenate([codes[row, None], closer[row]]))
                highest = _highest(parts, out.highest[start + row])
                total = self._total(parts, highest)
            out.highest[start + row] = highest
            places = best(total, most, above=0.0)
            fill(out.found, start + row, places if kept is None else kept[places], total[places])
            for number, own in enumerate(parts):
                out.parts[start + row, : len(places), number] = own[places]

    def _total(
        self, parts: Sequence[NDArray[np.float32]], highest: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        total = np.zeros_like(parts[0])
        for own, scores, most in zip(self._scorers, parts, highest.tolist(), strict=True):
            if most > 0:
                total += scores * np.float32(own.weight / most)
        return total

    def _closer_look(
        self, parts: Sequence[NDArray[np.float32]], kept: NDArray[np.intp], codes: Codes
    ) -> list[NDArray[np.float32]]:
        """The parts of the labels `kept` (k,), once the first has been looked at anew by `codes` (m, d)."""
        assert self._closer is not None
        first, *others = (part[kept] for part in parts)
        anew: NDArray[np.float32] = np.float32(0.5) * (first + self._closer.dense.best_of(codes, kept))
        return [anew, *others]

    def _stretches(self, texts: Sequence[str]) -> dict[int, Codes]:
        """The vectors of each long text's stretches, by its place."""
        if self._closer is None:
            return {}
        cut = {
            row: stretches(text) for row, text in enumerate(texts) if len(text.split()) > self._closer.words
        }
        every = [own for several in cut.values() for own in several]
        if not every:
            return {}
        codes = self._closer.embed(every)
        ends = np.cumsum([len(several) for several in cut.values()])
        return dict(zip(cut, np.split(codes, ends[:-1]), strict=True))


def _highest(parts: Sequence[NDArray[np.float32]], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """The best score by each scorer (scorers,), of these labels or of those whose best are `known`."""
    return np.maximum(known, [scores.max(initial=0.0) for scores in parts])
