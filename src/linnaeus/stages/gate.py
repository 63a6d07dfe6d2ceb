"""When may memory answer? A chance that is calibrated on the project's own texts, and an audit that checks it.

The log-odds of `Recall` order texts well on every data set; their level differs. So the level is fitted on this project:
on every asked text that memory could have answered (what the model said shows who was right), and on an audit, a share of
the texts that memory would have answered and that are asked all the same. Knows nothing of vectors, models or storage.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.logistic import Floats, most_likely, sigmoid
from linnaeus.errors import UsageError
from linnaeus.store import Guessed
from linnaeus.types import Guess, LabelId, SurfaceId

AUDITED = 0.02  # share of what memory would answer that is asked nevertheless, by content hash
CONFIDENCE = 0.95
MARGIN = 1.0  # standard errors that the estimate is lowered by: research/LOG.md, "The gate"
# share of the promise that the estimate may use: what a model judges after the texts makes labels finer
USABLE = 0.9
SHIFT_SPREAD, SLOPE_SPREAD = (
    0.5,
    0.15,
)  # how far projects differ from the recordings: standard deviations of the prior
AUDIT_WEIGHT = 5.0  # an audited text speaks for texts that memory answered, which are seldom seen
RECENT, SURPRISE = (
    300,
    4.0,
)  # asked texts, and standard deviations, after which a stream is said to have drifted
HALF_LIFE = 5000.0  # texts after which evidence counts half, so that the gate follows a stream that drifts
GRID = np.linspace(-3.0, 6.0, 181)  # log-odds among which the least is chosen


@dataclass(frozen=True, slots=True)
class Level:
    """The fitted line: log-odds that memory is right = shift + slope x odds; `spread` is the shift's standard error."""

    shift: float = 0.0
    slope: float = 1.0
    covariance: tuple[float, float, float] = (SHIFT_SPREAD**2, 0.0, SLOPE_SPREAD**2)

    def chance(self, odds: Floats) -> Floats:
        """How likely memory is right (n,), as estimated."""
        return sigmoid(self.shift + self.slope * odds)

    def careful(self, odds: Floats) -> Floats:
        """The same with a margin for what is not known yet."""
        a, ab, b = self.covariance
        spread = np.sqrt(np.maximum(a + 2 * ab * odds + b * odds**2, 0.0))
        return sigmoid(self.shift + self.slope * odds - MARGIN * spread)


def fit_level(odds: Floats, right: NDArray[np.bool_], weights: Floats) -> Level:
    """Fit the line to texts whose answer is known (n,); few texts move it little."""
    prior = np.diag([1 / SHIFT_SPREAD**2, 1 / SLOPE_SPREAD**2])
    start = np.array([0.0, 1.0])
    features = np.stack([np.ones_like(odds), odds], axis=1)
    line, information = most_likely(features, right, weights, start=start, prior=prior)
    covariance = np.linalg.inv(information)
    return Level(
        float(line[0]),
        float(line[1]),
        (float(covariance[0, 0]), float(covariance[0, 1]), float(covariance[1, 1])),
    )


def least_odds(level: Level, odds: Floats, max_error: float) -> float:
    """The log-odds from which memory may answer, so that of the texts with such `odds` (n,) at most `max_error` err.

    Infinite where nothing is good enough. With few texts the odds of each text are asked of by itself.
    """
    most = USABLE * max_error
    for least in GRID:
        answered = odds[odds >= least]
        mean = float((1 - level.careful(answered)).mean()) if len(answered) else 1.0
        marginal = float(1 - level.careful(np.array([least]))[0])
        if (len(answered) >= 20 and mean <= most) or marginal <= most:
            return float(least)
    return math.inf


def upper_bound(wrong: int, audited: int, confidence: float = CONFIDENCE) -> float:
    """An upper bound of the error that holds at every moment of the stream with `confidence`; 1 without an audit.

    The method of mixtures (Robbins 1970) with a uniform mixture: the largest error at which the audit's likelihood is
    not 1 / (1 - confidence) times lower than its mean over all errors. It may be looked at after every text.
    """
    if audited == 0:
        return 1.0
    right = audited - wrong
    mean = math.lgamma(wrong + 1) + math.lgamma(right + 1) - math.lgamma(audited + 2)
    low, high = wrong / audited, 1.0
    for _ in range(60):
        error = (low + high) / 2
        likelihood = (wrong * math.log(error) if wrong else 0.0) + (
            right * math.log1p(-error) if right else 0.0
        )
        if mean - likelihood < -math.log(1 - confidence):
            low = error
        else:
            high = error
    return high


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audited texts say: how many there are, and how many of them memory would have got wrong."""

    audited: int
    wrong: int

    @property
    def observed(self) -> float | None:
        """The share that was wrong; None without an audit."""
        return self.wrong / self.audited if self.audited else None

    @property
    def upper_bound(self) -> float:
        """See `upper_bound`."""
        return upper_bound(self.wrong, self.audited)


def checked_error(max_error: float) -> float:
    """Return `max_error`; raise UsageError unless it is a share above 0 and below 1."""
    if not 0 < max_error < 1:
        raise UsageError(f"max_error is {max_error}", hint="a share above 0 and below 1, such as 0.05")
    return max_error


class Gate:
    """What memory thought of every text so far, and from which log-odds on it may answer.

    Between two fittings it does not change, so that it does not matter how a stream is cut into batches.
    """

    def __init__(self, max_error: float) -> None:
        """Promise that of the answers at most `max_error` are not what the model would say."""
        self.max_error = checked_error(max_error)
        self._guesses: list[Guessed] = []
        self.level = Level()
        self.drifted = False  # memory was wrong more often of late than it had been
        self.least = least_odds(self.level, np.zeros(0), max_error)

    def note(self, guess: Guess, own: SurfaceId | None) -> None:
        """Take up what memory thought of a text, and the wording that the model gave it (None: memory answered)."""
        self._guesses.append(Guessed(guess, own))

    def fit(self, label_of: Callable[[SurfaceId], LabelId]) -> None:
        """Fit anew to all texts so far, under the labels of now."""
        odds = np.array([one.guess.odds for one in self._guesses])
        known = np.flatnonzero([one.own is not None for one in self._guesses])
        right = np.array([_right(self._guesses[place], label_of) for place in known], dtype=bool)
        audited = np.array([self._guesses[place].guess.audited for place in known], dtype=bool)
        weights = np.where(audited, AUDIT_WEIGHT, 1.0)
        age = len(self._guesses) - known
        before = fit_level(odds[known][:-RECENT], right[:-RECENT], weights[:-RECENT])
        self.drifted = _surprise(before.chance(odds[known][-RECENT:]), right[-RECENT:]) > SURPRISE
        fading = 0.5 ** (age / (RECENT if self.drifted else HALF_LIFE))
        self.level = fit_level(odds[known], right, weights * fading)
        self.least = least_odds(self.level, odds, self.max_error)

    def chance(self, odds: float) -> float:
        """How likely memory is right, as estimated."""
        return float(self.level.chance(np.array([odds]))[0])

    def audit(self, label_of: Callable[[SurfaceId], LabelId]) -> Audit:
        """What the audited texts say under the labels of now."""
        audited = [one for one in self._guesses if one.guess.audited and one.own is not None]
        return Audit(len(audited), sum(not _right(one, label_of) for one in audited))

    def trade_off(self, errors: Sequence[float]) -> list[tuple[float, int, float]]:
        """For each promised error: (it, texts that memory would answer, error as estimated)."""
        odds = np.array([one.guess.odds for one in self._guesses])
        rows = []
        for error in errors:
            answered = odds[odds >= least_odds(self.level, odds, error)]
            mean = float((1 - self.level.chance(answered)).mean()) if len(answered) else 0.0
            rows.append((error, len(answered), mean))
        return rows


def _surprise(chance: Floats, right: NDArray[np.bool_]) -> float:
    """By how many standard deviations fewer texts (n,) were right than their chances said; 0 for few."""
    if len(right) < RECENT:
        return 0.0
    return float((chance - right).sum() / np.sqrt((chance * (1 - chance)).sum()))


def _right(one: Guessed, label_of: Callable[[SurfaceId], LabelId]) -> bool:
    assert one.own is not None
    return label_of(one.guess.surface) == label_of(one.own)


def is_audited(key: bytes) -> bool:
    """Whether a text with this content hash is asked although memory could answer: the same in every run."""
    return int.from_bytes(key[:4], "big") < AUDITED * 2**32
