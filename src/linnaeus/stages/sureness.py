"""How sure names and examples must be to answer without the model: as the promise says, and surer where audits say so.

Knows no text, no label and no stage.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from linnaeus.logistic import log_odds
from linnaeus.stages.gate import FIRST, Audit, first_look

FIRST_FIT = 8  # audits after which the least is fitted; then whenever there are half as many again
FARTHEST = 1e-4  # from 0 and 1: expected F1 beyond that has log-odds of no use


class Checked(NamedTuple):
    """A text that the model was asked about all the same: its expected F1, and whether the model said the same."""

    sure: float
    agreed: bool


def least_sure(audits: Iterable[Checked], max_error: float) -> float:
    """The expected F1 from which on answers differ from the model's in at most `max_error`, by what audits (n) say.

    1 - max_error, unless the audits say otherwise; infinite where even the surest differ too often. As in the open flow the
    log-odds of being right are a line in those that were said, near them where there are few audits.
    """
    known = list(audits)
    usual = 1 - max_error
    sure = np.array([one.sure for one in known], np.float64)
    agreed = np.array([one.agreed for one in known], np.float64)
    looks = first_look(log_odds(sure, FARTHEST))
    wrong = 1 - FIRST.fit(looks, agreed, np.ones(len(known))).chance(looks)
    for least in [usual, *np.unique(sure[sure > usual]).tolist()]:
        answered = wrong[sure >= least]
        if not len(answered) or answered.mean() <= max_error:
            return float(least)
    return math.inf


class Sureness:
    """Takes up audits and moves `least`, from which on answers stand, at fixed numbers of them: however a stream is cut."""

    def __init__(self, max_error: float, before: Iterable[tuple[bytes, Checked]] = ()) -> None:
        """Go on from the audits of `before`, by content hash, oldest first."""
        self.max_error = max_error
        self.least = self.usual = 1 - max_error
        self.risen = False
        self._audits: dict[bytes, Checked] = {}
        self._next = FIRST_FIT
        for key, checked in before:
            self.note(key, checked)
        self.risen = False

    def note(self, key: bytes, checked: Checked) -> None:
        """Take up what was found of a text; once."""
        if key in self._audits:
            return
        self._audits[key] = checked
        if len(self._audits) == self._next:
            least = least_sure(self._audits.values(), self.max_error)
            self.risen = self.risen or least > self.least
            self.least = least
            self._next += self._next // 2

    @property
    def room(self) -> int:
        """How many more audits there may be before `least` is fitted anew."""
        return self._next - len(self._audits)

    @property
    def raised_to(self) -> float | None:
        """The least, where audits have raised it; 1 where nothing is sure enough."""
        return min(self.least, 1.0) if self.least > self.usual else None

    def audit(self) -> Audit:
        """What audits say of answers that would stand today."""
        agreed = [one.agreed for one in self._audits.values() if one.sure >= self.least]
        return Audit(len(agreed), len(agreed) - sum(agreed))
