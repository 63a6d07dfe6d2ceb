"""When may memory answer? Chances that are calibrated on the project's own texts, and an audit that checks them.

A text is looked at twice. At first sight there are the log-odds of `Recall`. Where all is grouped anew there is also the
share of the votes of the asked texts around it that its label gets (texts that came later vote too), and the lead of that
label for a student that learnt from asked texts. What these say differs in level from project to project, so both looks
are fitted on this one: on asked texts, where what the model said shows who was right, an audit among them, a share of what
memory would have answered. Knows nothing of vectors, models or storage.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import UsageError
from linnaeus.logistic import Floats, most_likely, sigmoid
from linnaeus.store import Guessed
from linnaeus.types import LabelId, SurfaceId

AUDITED = 0.02  # share of what memory would answer that is asked nevertheless, by content hash
CONFIDENCE = 0.95
MARGIN = 1.64  # standard deviations that an estimate is lowered by: 95% one-sided
MARGIN_AT_END = 1.0  # there: what is asked settles others, so fewer err than was estimated before
UNFORESEEN = 0.0125  # share of answers that err where none is foreseen to: labels move on after estimates
FORESEEN = 1.05  # errors as estimated for each other one
KEPT = 0.75  # of the promise, what answers may use that were looked at twice: LOG.md, "A second look"
NEW = 1 / 3  # share of all texts that came since all was last grouped, at most; these may use what is left
LEAST_FRESH, MOST_FRESH = 0.5, 2.0  # of the promise, what they use at least and at most
WORTH = 5.0  # a text is asked after all only if it is wrong at least so many times as often as promised
FEW = 0.1  # what keeps the log-odds of a share finite
RECENT, SURPRISE = 300, 4.0  # texts, and standard deviations, after which a stream is said to have drifted
HALF_LIFE = 5000.0  # texts after which evidence counts half, so that the gate follows a stream that drifts
GRID = np.linspace(-3.0, 6.0, 181)  # log-odds among which the least is chosen


@dataclass(frozen=True, slots=True)
class Level:
    """The fitted line: log-odds that memory is right = features (n, d) times `weights` (d,), of this covariance (d, d)."""

    weights: Floats
    covariance: Floats

    def chance(self, features: Floats) -> Floats:
        """How likely memory is right (n,), as estimated."""
        return sigmoid(features @ self.weights)

    def careful(self, features: Floats) -> Floats:
        """The same with a margin for what is not known yet."""
        spread = np.sqrt(np.maximum(((features @ self.covariance) * features).sum(axis=1), 0.0))
        return sigmoid(features @ self.weights - MARGIN * spread)


@dataclass(frozen=True, slots=True)
class Prior:
    """What recordings say of a line: its weights (d,), and how far projects differ from that (standard deviations)."""

    weights: tuple[float, ...]
    spreads: tuple[float, ...]

    def fit(self, features: Floats, right: Floats, counts: Floats) -> Level:
        """The line of texts (n, d) that memory is `right` about (0 to 1), each counted so often; few move it little."""
        start, information = np.array(self.weights), np.diag(1 / np.square(self.spreads))
        weights, found = most_likely(features, right, counts, start=start, prior=information)
        return Level(weights, np.asarray(np.linalg.inv(found), dtype=np.float64))


FIRST = Prior((0.0, 1.0), (0.5, 0.15))
SECOND = Prior((0.3, 0.2, 1.3, 0.47), (0.5, 0.2, 0.3, 0.1))


def first_look(odds: Floats) -> Floats:
    """The features (n, 2) of texts with such log-odds."""
    return np.stack([np.ones_like(odds), odds], axis=1)


def second_look(odds: Floats, shares: Floats, leads: Floats) -> Floats:
    """The features (n, 4) of texts with such log-odds, shares of votes, and leads for a student."""
    votes = np.log((shares + FEW) / (1 - shares + FEW))
    return np.stack([np.ones_like(odds), odds, votes, leads], axis=1)


def least_odds(level: Level, odds: Floats, max_error: float) -> float:
    """The log-odds from which memory may answer, so that of the texts with such `odds` (n,) at most `max_error` err.

    Infinite where nothing is good enough. With few texts the odds of each text are asked of by itself.
    """
    for least in GRID:
        answered = odds[odds >= least]
        mean = float((1 - level.careful(first_look(answered))).mean()) if len(answered) else 1.0
        marginal = float(1 - level.careful(first_look(np.array([least])))[0])
        if (len(answered) >= 20 and mean <= max_error) or marginal <= max_error:
            return float(least)
    return math.inf


def too_many(level: Level, looks: Floats, max_error: float, margin: float) -> NDArray[np.bool_]:
    """The fewest of answers that were looked at twice (n, 4) without which at most `max_error` of them err, as estimated.

    With a `margin` of so many standard deviations: by chance more err, and the level is known only so well, for all alike.
    """
    return _beyond(*_errors(level, looks, margin), max_error)


def _errors(level: Level, looks: Floats, margin: float) -> tuple[NDArray[np.intp], Floats]:
    """Answers (n,), the surest first, and how many of those up to each err (n,), as estimated with a `margin`."""
    chances = level.chance(looks)
    order = np.argsort(-chances, kind="stable")
    wrong, spread = 1 - chances[order], (chances * (1 - chances))[order]
    pull = np.cumsum(spread[:, None] * looks[order], axis=0)  # by how much each weight moves their sum
    variance = np.cumsum(spread) + ((pull @ level.covariance) * pull).sum(axis=1)
    return order, np.cumsum(wrong) + margin * np.sqrt(variance)


def _beyond(order: NDArray[np.intp], errors: Floats, max_error: float) -> NDArray[np.bool_]:
    """Those after the last of `order` up to which at most `max_error` err."""
    kept = np.flatnonzero(errors <= max_error * np.arange(1, len(order) + 1))
    found = np.ones(len(order), dtype=bool)
    found[order[: kept[-1] + 1 if len(kept) else 0]] = False
    return found


def doubtful(level: Level, looks: Floats, promised: float) -> NDArray[np.bool_]:
    """Which answers (n, 4) should be asked about within a stream, with a margin: as many as it takes to keep the promise.

    And more, so that there is room for new ones, but only those that are worth it: labels part and come together again.
    """
    errors = _errors(level, looks, MARGIN)
    worth = 1 - level.chance(looks) >= WORTH * promised
    return _beyond(*errors, promised) | (_beyond(*errors, KEPT * promised) & worth)


def fresh_error(level: Level, looks: Floats, max_error: float) -> float:
    """The share of new answers that may err, where those that were looked at twice (n, 4) leave so much."""
    kept = level.chance(looks[~doubtful(level, looks, max_error)])
    if not len(kept):
        return max_error
    left = (max_error - (1 - NEW) * float((1 - kept).mean())) / NEW
    return min(max(left, LEAST_FRESH * max_error), MOST_FRESH * max_error)


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


@dataclass(frozen=True, slots=True)
class Gated:
    """The error that answers in place of a model's may make, what the audit says of it, and whether the stream drifted.

    `raised_to`: the expected F1 that answers under a taxonomy must have, where the audit has raised it.
    """

    promised: float
    audit: Audit
    drifted: bool
    raised_to: float | None = None


def checked_error(max_error: float) -> float:
    """Return `max_error`; raise UsageError unless it is a share above 0 and below 1."""
    if not 0 < max_error < 1:
        raise UsageError(f"max_error is {max_error}", hint="a share above 0 and below 1, such as 0.05")
    return max_error


def usable(promised: float) -> float:
    """The share of answers that may err as estimated, which is less than `promised`; at least a third of that."""
    return max(FORESEEN * promised - UNFORESEEN, promised / 3)


class Thought(NamedTuple):
    """What a second look says of a text that memory answers: how likely it is right, and whether a model should be asked."""

    text: int
    chance: float
    doubted: bool


class Gate:
    """What memory thought of every text so far, and from which log-odds on it may answer.

    Between two fittings it does not change, so that it does not matter how a stream is cut into batches.
    """

    def __init__(self, max_error: float) -> None:
        """Promise that of the answers at most `max_error` are not what the model would say."""
        self._usable = usable(checked_error(max_error))
        self._guesses: list[Guessed] = []
        self.drifted = False  # memory was wrong more often of late than it had been
        nothing = np.zeros(0)
        self.first = FIRST.fit(first_look(nothing), nothing, nothing)
        self.second = SECOND.fit(second_look(nothing, nothing, nothing), nothing, nothing)
        self.least = least_odds(self.first, nothing, self._usable)

    def note(self, guess: Guessed) -> None:
        """Take up what memory thought of a text."""
        self._guesses.append(guess)

    def fit(self, label_of: Callable[[SurfaceId], LabelId | None]) -> None:
        """Fit anew to all texts so far, under the labels of now; without those whose wording has none yet.

        The second look is fitted to asked texts. What it says of the others counts for the first like what a model said, so
        that this is fitted to all texts, not to those that seemed to need a model.
        """
        guesses = [
            one
            for one in self._guesses
            if label_of(one.guess.surface) is not None and (one.own is None or label_of(one.own) is not None)
        ]
        odds, shares = _odds(guesses), _shares(guesses)
        right = np.array([_right(one, label_of) for one in guesses], dtype=np.float64)
        known = np.array([one.own is not None for one in guesses], dtype=bool)
        looked = np.isfinite(shares)
        looks = _seen_again(guesses)
        fading = _fading(len(odds), HALF_LIFE)
        self.second = SECOND.fit(looks[known & looked], right[known & looked], fading[known & looked])
        right[~known & looked] = self.second.chance(looks[~known & looked])
        counts = np.where(known, 1.0, (~known).sum() / max(1, (~known & looked).sum()))
        odds, right, counts = (values[known | looked] for values in (odds, right, counts))
        before = FIRST.fit(first_look(odds[:-RECENT]), right[:-RECENT], counts[:-RECENT])
        self.drifted = _surprise(before.chance(first_look(odds[-RECENT:])), right[-RECENT:]) > SURPRISE
        fading = _fading(len(odds), RECENT if self.drifted else HALF_LIFE)
        self.first = FIRST.fit(first_look(odds), right, counts * fading)
        again = _seen_again(_answered(self._guesses))
        self.least = least_odds(self.first, odds, fresh_error(self.second, again, self._usable))

    def second_thoughts(self, *, at_end: bool = False) -> list[Thought]:
        """What a second look says of the texts that memory answered, and of those that it would have but for the audit.

        `at_end` as many are doubted as it takes for the promise, with a small margin and no room for new ones.
        """
        answered = _answered(self._guesses)
        looks = _seen_again(answered)
        if at_end:
            doubts = too_many(self.second, looks, self._usable, MARGIN_AT_END)
        else:
            doubts = doubtful(self.second, looks, self._usable)
        return [
            Thought(one.text, chance, doubted)
            for one, chance, doubted in zip(
                answered, self.second.chance(looks).tolist(), doubts.tolist(), strict=True
            )
        ]

    def chance(self, odds: float) -> float:
        """How likely memory is right at first sight, as estimated."""
        return float(self.first.chance(first_look(np.array([odds])))[0])

    def audit(self, label_of: Callable[[SurfaceId], LabelId]) -> Audit:
        """What the audited texts say under the labels of now, without those that a second look would ask about."""
        audited = [
            one for one in self._guesses if one.guess.audited and one.own is not None and not one.doubted
        ]
        return Audit(len(audited), sum(not _right(one, label_of) for one in audited))

    def trade_off(self, errors: Sequence[float]) -> list[tuple[float, int, float]]:
        """For each promised error: (it, texts that memory would answer, error as estimated)."""
        odds, shares = _odds(self._guesses), _shares(self._guesses)
        looked = np.isfinite(shares)
        looks = _seen_again(self._guesses)
        chances = np.where(looked, self.second.chance(looks), self.first.chance(first_look(odds)))
        again = _seen_again(_answered(self._guesses))
        rows = []
        for error in errors:
            used = usable(error)
            kept = odds >= least_odds(self.first, odds, fresh_error(self.second, again, used))
            sure = np.flatnonzero(kept & looked)
            kept[sure[too_many(self.second, looks[sure], used, MARGIN_AT_END)]] = False
            rows.append((error, int(kept.sum()), float((1 - chances[kept]).mean()) if kept.any() else 0.0))
        return rows


def _answered(guesses: Sequence[Guessed]) -> list[Guessed]:
    """Those that memory answered, or would have but for the audit, and that were looked at twice."""
    return [one for one in guesses if (one.own is None or one.guess.audited) and one.share is not None]


def _seen_again(guesses: Sequence[Guessed]) -> Floats:
    """See `second_look`; NaN where there was none yet."""
    leads = np.array([one.lead for one in guesses], dtype=np.float64)
    return second_look(_odds(guesses), _shares(guesses), leads)


def _odds(guesses: Sequence[Guessed]) -> Floats:
    return np.array([one.guess.odds for one in guesses], dtype=np.float64)


def _shares(guesses: Sequence[Guessed]) -> Floats:
    """The share of votes of each; NaN where there was no second look yet."""
    return np.array([math.nan if one.share is None else one.share for one in guesses], dtype=np.float64)


def _fading(count: int, half_life: float) -> Floats:
    """How much each of `count` texts counts, oldest first."""
    return np.asarray(0.5 ** (np.arange(count, 0, -1) / half_life))


def _surprise(chance: Floats, right: Floats) -> float:
    """By how many standard deviations fewer texts (n,) were right than their chances said; 0 for few."""
    if len(right) < RECENT:
        return 0.0
    return float((chance - right).sum() / np.sqrt((chance * (1 - chance)).sum()))


def _right(one: Guessed, label_of: Callable[[SurfaceId], LabelId | None]) -> bool:
    return one.own is not None and label_of(one.guess.surface) == label_of(one.own)


def is_audited(key: bytes) -> bool:
    """Whether a text with this content hash is asked although memory could answer: the same in every run."""
    return int.from_bytes(key[:4], "big") < AUDITED * 2**32
