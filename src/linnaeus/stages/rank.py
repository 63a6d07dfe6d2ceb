"""Labels of a taxonomy as likely as all sources say. Knows nothing of how a source finds them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.label_sets import expected_f1, top
from linnaeus.closed.source import Calibrated
from linnaeus.stages.audited import Judged
from linnaeus.stages.options import Given
from linnaeus.types import Decision, Verdict

LOOKED_AT = 50  # candidates of a text, from which its labels are chosen


class Rank:
    """Gives as many labels as the shortlist says, none perhaps, or the `top` likeliest."""

    name = "rank"

    def __init__(
        self, shortlist: Calibrated, given: Given, *, top: int | None = None, student: bool = False
    ) -> None:
        """`student`: the shortlist learnt from a model's answers, so what it says is said to be by a student."""
        self._shortlist, self._given, self._top = shortlist, given, top
        self.name = "student" if student else "rank"

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order."""
        return [one.decision for one in self.judged(texts)]

    def judged(self, texts: Sequence[str], /) -> list[Judged]:
        """The same, and the F1 to be expected of as many labels as the shortlist says."""
        found = self._shortlist.shortlist(texts, max(LOOKED_AT, self._top or 0))
        looked = found.scores[:, :LOOKED_AT]
        expected = expected_f1(looked, self._shortlist.nothing(looked))
        best = self._shortlist.counts(looked)
        counts = top(found.scores, self._top) if self._top else best
        sure = expected[np.arange(len(texts)), best].tolist()
        return [
            Judged(self._decision(found.places[row, :count], found.scores[row]), sure[row])
            for row, count in enumerate(counts.tolist())
        ]

    def _decision(self, places: NDArray[np.int32], scores: NDArray[np.float32]) -> Decision:
        verdicts = tuple(
            Verdict(self._given.label(int(place)), float(score), self.name)
            for place, score in zip(places, scores, strict=False)
        )
        return Decision(verdicts, none_by="" if verdicts else self.name)
