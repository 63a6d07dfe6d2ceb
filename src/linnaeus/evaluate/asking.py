"""Which labels a person should look at, and what the answers say of all: few answers go far. Knows no texts.

Texts are asked about in batches of 50. Before each, a logistic model says how likely each label is right: how signs were
weighed elsewhere, and what the answers so far say otherwise. All texts, by rising chance, are cut into 5 parts with the same
sum of standard deviations, so parts in doubt are looked at more (Neyman 1934). Errors come in whole labels: so each part,
label by label, is cut into 10 cells of equal doubt, and one text is drawn from each.

A batch's estimate is the mean of the predictions plus the mean of what answers differ from them (prediction-powered
inference: Angelopoulos et al. 2023; within strata: Fisch et al. 2024). The model of a batch knows earlier answers only, so
each estimate is unbiased given what came before, and so is their mean; their variances add up. The variance of one follows
from how much cells that lie side by side differ (Wolter 2007, "Introduction to Variance Estimation", 8.2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.logistic import most_likely, sigmoid

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
PARTS, CELLS = 5, 10  # parts of a batch, cells of a part
BATCH = PARTS * CELLS
DEGREES = PARTS * 2 * (CELLS - 1) ** 2 / (3 * CELLS - 4)  # of freedom, of the variance of a batch
# the constant, then one for each sign (signs.py): research/asked.py; research/LOG.md, "Few answers of people"
WEIGHTS = (2.07, 0.0, 0.68, -0.14, 0.08, -0.94, 0.81)
FIRMNESS = (0.05, *[16.0] * 6)  # information that they hold here: a standard deviation of 0.25 for each sign
LEAST = 0.1  # deviation that every text counts with, however sure the model is
Z = 1.959964  # 97.5% of the normal distribution


class Batch(NamedTuple):
    """One draw: cells of texts, each in the order of asking; what was predicted of all texts (m,), and what was known."""

    cells: list[Whole]
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
    """Draws batches of m texts by their `signs` (m, d) and `labels` (m,): the same ones for the same answers."""

    def __init__(self, signs: Floats, labels: Whole, seed: int = 0) -> None:
        self._features = np.column_stack([np.ones(len(signs)), signs])
        self._labels = np.unique(labels, return_inverse=True)[1]
        self._sizes = np.bincount(self._labels)[self._labels]
        self._seed = seed
        self._drawn: list[Batch] = []

    def state(self, answers: Mapping[int, bool], skipped: Collection[int] = ()) -> State:
        """How far `answers` lead; what cannot be told is `skipped`, and another text of its cell takes its place."""
        before: dict[int, bool] = {}
        done: list[Batch] = []
        while True:
            if len(done) == len(self._drawn) or self._drawn[len(done)].before != before:
                self._drawn[len(done) :] = [self._draw(len(done), before)]
            batch = self._drawn[len(done)]
            taken = _taken(batch, skipped)
            wanted = [text for text in taken if text is not None and text not in answers]
            if wanted or not any(text is not None for text in taken):
                return State(done, wanted)
            done.append(batch)
            before |= {text: answers[text] for text in taken if text is not None}

    def _draw(self, number: int, answers: dict[int, bool]) -> Batch:
        """Batch `number`, from 0 on, given all answers of the batches before; what was answered is not drawn again."""
        chances = self._chances(answers)
        doubt = np.maximum(np.sqrt(chances * (1 - chances)), LEAST)
        rest = np.setdiff1d(np.arange(len(chances)), np.fromiter(answers, np.int64, len(answers)))
        random = np.random.default_rng([self._seed, number])
        cells = []
        for part in _cut(rest[np.argsort(chances[rest], kind="stable")], doubt, PARTS):
            by_label = part[np.lexsort((chances[part], self._labels[part], -self._sizes[part]))]
            cells += [random.permutation(cell) for cell in _cut(by_label, doubt, CELLS)]
        return Batch(cells, chances, dict(answers))

    def _chances(self, answers: Mapping[int, bool]) -> Floats:
        """How likely each label (m,) is right."""
        at = np.fromiter(answers, np.int64, len(answers))
        right = np.fromiter(answers.values(), np.float64, len(answers))
        start, prior = np.array(WEIGHTS), np.diag(FIRMNESS)
        line, _ = most_likely(self._features[at], right, np.ones(len(at)), start=start, prior=prior)
        return sigmoid(self._features @ line)


def _cut(texts: Whole, doubt: Floats, into: int) -> list[Whole]:
    """Texts in their order, cut into so many pieces with the same sum of `doubt` (m,)."""
    own = doubt[texts]
    middle = (np.cumsum(own) - own / 2) / max(float(own.sum()), LEAST) * into
    return np.split(texts, np.searchsorted(middle, np.arange(1, into)))


def estimate(
    done: Sequence[Batch], answers: Mapping[int, bool], skipped: Collection[int], population: int
) -> Estimate:
    """What the answers of these batches say of all texts, and of a `population` that they are a random part of.

    Each batch counts the same. Where all answers are alike the interval is that of as many texts drawn at random (Clopper
    and Pearson 1934).
    """
    m = len(done[0].predicted)
    said = [answers[text] for batch in done for text in _taken(batch, skipped) if text is not None]
    if all(said) or not any(said):
        bound = 0.025 ** (1 / len(said))
        low, high = (bound, 1.0) if all(said) else (0.0, 1 - bound)
        return Estimate(float(all(said)), low, high, len(said), len(said))
    sums = [_batch(batch, answers, skipped) for batch in done]
    share = float(np.mean([total for total, _ in sums])) / m
    share = min(max(share, 0.0), 1.0)
    variance = sum(spread for _, spread in sums) / (m * len(done)) ** 2
    variance += share * (1 - share) / m * (1 - m / population)
    half = _t(DEGREES * len(done)) * variance**0.5
    n = share * (1 - share) * (Z / max(half, 1e-9)) ** 2
    random = n / (1 + max(n - 1, 0) / population)
    return Estimate(share, max(share - half, 0.0), min(share + half, 1.0), len(said), random)


def _taken(batch: Batch, skipped: Collection[int]) -> list[int | None]:
    """The text of each cell that counts: the first that was not skipped, None if all were."""
    return [next((text for text in cell.tolist() if text not in skipped), None) for cell in batch.cells]


def _batch(batch: Batch, answers: Mapping[int, bool], skipped: Collection[int]) -> tuple[float, float]:
    """How many labels of all texts are right as one batch has it, and the variance of that."""
    taken = _taken(batch, skipped)
    sizes = np.array([len(cell) for cell in batch.cells]).reshape(PARTS, CELLS)
    off = [0.0 if text is None else answers[text] - batch.predicted[text] for text in taken]
    errors = sizes * np.reshape(off, (PARTS, CELLS))
    rest = sum(float(batch.predicted[cell].sum()) for cell in batch.cells)
    left = 1 - CELLS / np.maximum(sizes.sum(axis=1), CELLS)
    variance = left * (np.diff(errors, axis=1) ** 2).sum(axis=1) * CELLS / (2 * (CELLS - 1))
    return sum(batch.before.values()) + rest + float(errors.sum()), float(variance.sum())


def _t(degrees: float) -> float:
    """97.5% of Student's t (Abramowitz and Stegun 1964, 26.7.5)."""
    return Z + (Z**3 + Z) / (4 * degrees) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * degrees**2)
