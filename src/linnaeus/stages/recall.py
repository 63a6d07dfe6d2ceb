"""Answer a text from near ones that agree, and ask for the rest: a semantic cache around an expensive stage.

Knows nothing of models. Every text gets the decision it would get if texts came one by one: a text waits until the
earlier ones near it are decided; texts with nothing near are asked together, at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np

from linnaeus.consolidate import readable, wording_key
from linnaeus.errors import UsageError
from linnaeus.index import ExactIndex, GrowingArray, cosines, quantise
from linnaeus.stages.ask import Ask
from linnaeus.types import Codes, Decision, Reply, SurfaceId, Verdict

BLOCK = 4096  # leaders read at a time
NEIGHBOURS = 5
EQUAL = 0.99999  # cosine of equal vectors, such as those of texts that differ in case
FLOOR = 0.6  # cosine below which a neighbour says nothing
# log-odds that a text is of the same class as its nearest leader: research/recall.py, fitted on both recordings
INTERCEPT, PER_COSINE, PER_AGREEMENT = -4.64, 7.52, 3.24
SMOOTHING = 0.02  # what the other neighbours must outweigh before they count
FULL_AGREEMENT = 0.5  # the largest agreement: all neighbours have the very wording of the nearest
UNASKED = Decision(error="the budget ended", unasked=True)


def least_chance(max_error: float) -> float:
    """The `at_least` with which the mean estimated error of recalled answers is `max_error`, 0.03 to 0.15.

    A line through what streams over both recordings gave: research/recall.py.
    """
    if not 0 < max_error < 1:
        raise UsageError(f"max_error is {max_error}", hint="a share above 0 and below 1, such as 0.05")
    return min(max(1.03 - 2.3 * max_error, 0.6), 0.99)


class Recall:
    """Let a near text that was asked before answer, if the estimated chance that it is right is at least `at_least`.

    The estimate rises with the cosine to the nearest asked text, and with how alike the labels of the next four are to
    the nearest one's. Only asked texts are remembered, so answers do not drift from neighbour to neighbour.
    """

    name = "recall"

    def __init__(self, inner: Ask, *, at_least: float = 0.85) -> None:
        """Wrap `inner`; 0.5 < `at_least` < 1."""
        if not 0.5 < at_least < 1:
            raise UsageError(f"at_least is {at_least}", hint="a probability above 0.5 and below 1")
        self.inner = inner
        self.at_least = at_least
        self._odds_needed = math.log(at_least / (1 - at_least))
        least = (self._odds_needed - INTERCEPT - PER_AGREEMENT * FULL_AGREEMENT) / PER_COSINE
        self._hopeless_below = min(least, EQUAL)
        self.reload()

    def reload(self) -> None:
        """Forget what was read; the asked texts are read again when they are needed."""
        self._loaded = False

    def _load(self) -> None:
        self._loaded = True
        self._surfaces: list[tuple[SurfaceId, ...]] = []
        self._index: ExactIndex | None = None
        leaders = self.inner.consolidator.leaders()
        while part := list(islice(leaders, BLOCK)):
            words = [self.inner.consolidator.words_of(surfaces) for _, surfaces in part]
            self._remember(
                [surfaces for _, surfaces in part], np.stack([code for code, _ in part]), self._said(words)
            )

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; unasked from the first text on that the budget did not reach."""
        if not self._loaded:
            self._load()
        codes = self.inner.consolidator.vectors.codes(texts)
        batch = _Batch(codes, self._near(codes))
        waiting = list(range(len(texts)))
        while waiting:
            asked, waiting = self._sort_out(batch, waiting)
            replies = self.inner.propose([texts[place] for place in asked])
            said = self._said([reply.labels for reply in replies])
            for place, reply, words in zip(asked, replies, said, strict=True):
                batch.answer(place, reply, words)
            waiting = [place for place in waiting if place < batch.unasked]
        return self._accept(batch)

    def _sort_out(self, batch: _Batch, waiting: list[int]) -> tuple[list[int], list[int]]:
        """Decide what can be decided now; return the texts to ask, and those that must wait for an answer nearby."""
        asked, still = [], []
        for place in waiting:
            nearest, undecided = batch.neighbours(place)
            if (
                undecided
                and max(batch.within[place, undecided].max(), nearest[0][0] if nearest else 0)
                >= self._hopeless_below
            ):
                still.append(place)
            elif not undecided and (odds := self._odds(nearest)) >= self._odds_needed:
                batch.recall(place, nearest[0][1], 1 / (1 + math.exp(-min(odds, 7.0))))
            else:
                asked.append(place)
        return asked, still

    def _odds(self, nearest: list[_Neighbour]) -> float:
        """Log-odds that the nearest neighbour's labels are right; infinite for an equal vector, minus that for none."""
        if not nearest:
            return -math.inf
        if nearest[0][0] > EQUAL:
            return math.inf
        agreement = 0.0
        if len(nearest) > 1 and not self.inner.consolidator.wordless:
            weights = np.array([cosine - FLOOR for cosine, _, _ in nearest[1:]])
            alike = cosines(nearest[0][2][None], np.stack([said for _, _, said in nearest[1:]]))[0]
            agreement = float(weights @ (alike - FULL_AGREEMENT) / (weights.sum() + SMOOTHING))
        return INTERCEPT + PER_COSINE * nearest[0][0] + PER_AGREEMENT * agreement

    def _accept(self, batch: _Batch) -> list[Decision | None]:
        """Turn answers into labels in the order of the stream, and remember the asked texts."""
        decisions: list[Decision | None] = [UNASKED] * len(batch.codes)
        given: dict[int, tuple[SurfaceId, ...]] = {}  # by place in the batch, and ~row for rows of the memory
        for place in range(min(batch.unasked, len(batch.codes))):
            if place in batch.recalled:
                source, chance = batch.recalled[place]
                surfaces = given[source] if source >= 0 else self._surfaces[~source]
                label_of = self.inner.consolidator.label_of
                decisions[place] = Decision(
                    tuple(Verdict(label_of(s), chance, self.name, s) for s in surfaces)
                )
                continue
            decision = self.inner.accept(batch.replies[place], batch.codes[place])
            decisions[place] = decision
            if decision.error is None:
                given[place] = tuple(
                    verdict.surface for verdict in decision.verdicts if verdict.surface is not None
                )
        if given:
            said = np.stack([batch.said[place] for place in given])
            self._remember(list(given.values()), batch.codes[list(given)], said)
        return decisions

    # -- the memory

    def _near(self, codes: Codes) -> list[list[_Neighbour]]:
        if self._index is None:
            return [[] for _ in codes]
        found = self._index.nearest(codes, most=NEIGHBOURS, at_least=FLOOR)
        said = self._all_said.rows
        return [
            [(float(c), ~int(row), said[row]) for row, c in zip(rows, near, strict=True)]
            for rows, near in found
        ]

    def _said(self, words: Sequence[Sequence[str]]) -> Codes:
        """The mean direction (n, d) of the wordings of each answer; zeros without words."""
        vectors = self.inner.consolidator.vectors
        if self.inner.consolidator.wordless or not any(words):
            return np.zeros((len(words), 1), dtype=np.int8)
        flat = vectors.codes([readable(wording_key(word)) for answer in words for word in answer])
        means = np.zeros((len(words), flat.shape[1]))
        owners = [number for number, answer in enumerate(words) for _ in answer]
        np.add.at(means, owners, flat / np.linalg.norm(flat.astype(np.float64), axis=1, keepdims=True))
        return quantise(means.astype(np.float32))

    def _remember(self, surfaces: list[tuple[SurfaceId, ...]], codes: Codes, said: Codes) -> None:
        self._surfaces += surfaces
        if self._index is None:
            self._index = ExactIndex(codes)
            self._all_said = GrowingArray(said)
        else:
            self._index.add(codes)
            self._all_said.add(said)


_Neighbour = tuple[
    float, int, Codes
]  # cosine, place in the batch or ~row of the memory, vector of its wording


class _Batch:
    """What is known of each text of one batch, by place."""

    def __init__(self, codes: Codes, near: list[list[_Neighbour]]) -> None:
        self.codes = codes
        self.within = cosines(codes, codes)  # (n, n)
        self.unasked = len(codes)  # the first text that the budget left unasked
        self.replies: dict[int, Reply] = {}
        self.said: dict[int, Codes] = {}
        self.recalled: dict[int, tuple[int, float]] = {}
        self._near = near
        self._earlier = [np.flatnonzero(row[:place] >= FLOOR) for place, row in enumerate(self.within)]

    def neighbours(self, place: int) -> tuple[list[_Neighbour], list[int]]:
        """The nearest asked texts before `place`, best first, and earlier places nearby that are not decided yet."""
        near = list(self._near[place])
        undecided = []
        for other in self._earlier[place].tolist():
            if other in self.said:
                near.append((float(self.within[place, other]), other, self.said[other]))
            elif other not in self.recalled and other not in self.replies:
                undecided.append(other)
        near.sort(key=lambda neighbour: -neighbour[0])  # stable: ties go to the earlier text
        return near[:NEIGHBOURS], undecided

    def answer(self, place: int, reply: Reply, said: Codes) -> None:
        """Note the model's answer for a text."""
        self.replies[place] = reply
        if reply.unasked:
            self.unasked = min(self.unasked, place)
        elif reply.error is None:
            self.said[place] = said

    def recall(self, place: int, source: int, chance: float) -> None:
        """Note that a text gets the labels of `source`."""
        self.recalled[place] = (source, chance)
