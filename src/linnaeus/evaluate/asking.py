"""Which labels a person should look at, and what the answers say of all: few answers go far. Knows no texts.

Texts are asked about in batches of 20. Before each, a logistic model of the answers so far says how likely each label is
right; all texts, by rising chance, are cut into 10 parts with the same sum of standard deviations, and two texts are drawn
from each. So parts in doubt are looked at more (Neyman 1934), and nothing but the draw within parts is left to chance.

A batch's estimate is the mean of the predictions plus the mean of what answers differ from them (prediction-powered
inference: Angelopoulos et al. 2023; within strata: Fisch et al. 2024). The model of a batch knows earlier answers only, so
each estimate is unbiased given what came before, and so is their mean; their variances add up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.logistic import most_likely, sigmoid

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
PARTS, EACH = 10, 2
BATCH = PARTS * EACH
FIRMNESS = 4.0  # information of the prior that a sign says nothing: a standard deviation of 0.5
LARGER_IS_BETTER = 4  # signs that say something before anybody has answered
LEAST = 0.1  # deviation that every text counts with, however sure the model is
Z = 1.959964  # 97.5% of the normal distribution


class Batch(NamedTuple):
    """One draw: parts of texts, each in the order of asking; what was predicted of all texts (m,), and what was known."""

    parts: list[Whole]
    predicted: Floats
    before: dict[int, bool]


class Estimate(NamedTuple):
    """The share of labels that are right, with its 95% interval, and the answers that it rests on.

    `random`: how many texts drawn at random would give an interval of this width.
    """

    share: float
    low: float
    high: float
    answers: int
    random: float


class State(NamedTuple):
    """Batches whose texts all have an answer, and texts to ask next: the rest of the batch that is under way."""

    done: list[Batch]
    ask: list[int]


class Asking:
    """Draws batches of m texts by their `signs` (m, d): the same ones for the same answers."""

    def __init__(self, signs: Floats, seed: int = 0) -> None:
        self._signs = signs
        self._seed = seed
        self._drawn: list[Batch] = []
        self._features = np.column_stack([np.ones(len(signs)), signs])

    def state(self, answers: Mapping[int, bool], skipped: Collection[int] = ()) -> State:
        """How far `answers` lead; what cannot be told is `skipped`, and another text of its part takes its place."""
        before: dict[int, bool] = {}
        done: list[Batch] = []
        while True:
            if len(done) == len(self._drawn) or self._drawn[len(done)].before != before:
                self._drawn[len(done) :] = [self._draw(len(done), before)]
            batch = self._drawn[len(done)]
            taken = [_taken(part, skipped) for part in batch.parts]
            wanted = [text for part in taken for text in part if text not in answers]
            if wanted or not any(taken):
                return State(done, wanted)
            done.append(batch)
            before |= {text: answers[text] for part in taken for text in part}

    def _draw(self, number: int, answers: dict[int, bool]) -> Batch:
        """Batch `number`, from 0 on, given all answers of the batches before; what was answered is not drawn again."""
        chances = self._chances(answers)
        rest = np.setdiff1d(np.arange(len(self._signs)), np.fromiter(answers, np.int64, len(answers)))
        rising = rest[np.argsort(chances[rest], kind="stable")]
        doubt = np.maximum(np.sqrt(chances * (1 - chances)), LEAST)[rising] if answers else np.ones(len(rest))
        cuts = (np.cumsum(doubt) - doubt / 2) / doubt.sum() * PARTS
        random = np.random.default_rng([self._seed, number])
        parts = [random.permutation(rising[(cuts >= part) & (cuts < part + 1)]) for part in range(PARTS)]
        return Batch(parts, chances if answers else np.zeros(len(chances)), dict(answers))

    def _chances(self, answers: Mapping[int, bool]) -> Floats:
        """How likely each label (m,) is right; without answers by the mean of the signs, which orders them only."""
        if not answers:
            return sigmoid(self._signs[:, :LARGER_IS_BETTER].mean(axis=1))
        at = np.fromiter(answers, np.int64, len(answers))
        right = np.fromiter(answers.values(), np.float64, len(answers))
        prior = np.diag([1e-2, *[FIRMNESS] * self._signs.shape[1]])
        start = np.zeros(len(prior))
        line, _ = most_likely(self._features[at], right, np.ones(len(at)), start=start, prior=prior)
        return sigmoid(self._features @ line)


def estimate(
    done: Sequence[Batch], answers: Mapping[int, bool], skipped: Collection[int], population: int
) -> Estimate:
    """What the answers of these batches say of all texts, and of a `population` that they are a random part of.

    Each batch counts the same. The interval has as many degrees of freedom as parts; where all answers are alike it is that
    of as many texts drawn at random (Clopper and Pearson 1934).
    """
    m = len(done[0].predicted)
    sums = [_batch(batch, answers, skipped) for batch in done]
    share = float(np.mean([total for total, _ in sums])) / m
    variance = sum(spread for _, spread in sums) / (m * len(done)) ** 2
    variance += share * (1 - share) / m * (1 - m / population)
    said = [answers[text] for batch in done for part in batch.parts for text in _taken(part, skipped)]
    share = min(max(share, 0.0), 1.0)
    if all(said) or not any(said):
        bound = 0.025 ** (1 / len(said))
        low, high = (bound, 1.0) if all(said) else (0.0, 1 - bound)
        return Estimate(min(max(share, low), high), low, high, len(said), len(said))
    half = _t(PARTS * len(done)) * variance**0.5
    n = share * (1 - share) * (Z / max(half, 1e-9)) ** 2
    random = n / (1 + max(n - 1, 0) / population)
    return Estimate(share, max(share - half, 0.0), min(share + half, 1.0), len(said), random)


def _taken(part: Whole, skipped: Collection[int]) -> list[int]:
    """The texts of a part that count: the first two that were not skipped."""
    return [text for text in part.tolist() if text not in skipped][:EACH]


def _batch(batch: Batch, answers: Mapping[int, bool], skipped: Collection[int]) -> tuple[float, float]:
    """How many labels of all texts are right as one batch has it, and the variance of that."""
    total, variance = float(sum(batch.before.values())), 0.0
    for part in batch.parts:
        taken = _taken(part, skipped)
        off = np.array([answers[text] - batch.predicted[text] for text in taken])
        total += float(batch.predicted[part].sum()) + len(part) * float(off.mean() if len(off) else 0.0)
        if len(off) == EACH:
            variance += len(part) * (len(part) - EACH) * float(off.var(ddof=1)) / EACH
    return total, variance


def _t(degrees: int) -> float:
    """97.5% of Student's t (Abramowitz and Stegun 1964, 26.7.5)."""
    return Z + (Z**3 + Z) / (4 * degrees) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * degrees**2)
