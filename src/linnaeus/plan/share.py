"""The share of a stream's texts that a model will be asked about, foreseen from how near the texts are to each other.

A fitted relation, not a simulation: how alike a model's words for like texts are, on which much depends, shows only when it
is asked. So there is a range. Knows nothing of vectors or of what a call costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from linnaeus.logistic import sigmoid
from linnaeus.plan.nearness import Nearness
from linnaeus.plan.range import Range
from linnaeus.settings import MAX_ERROR

USUAL_TEXTS = 1000
ALL = 0.95  # where so many may be asked, memory may as well never be good enough to answer


@dataclass(frozen=True, slots=True)
class Line:
    """Log-odds that a text is asked = start + `per_...` times each of what is known before.

    `spread`: by how much streams of other texts and models may lie off, for the range.
    """

    start: float
    per_cosine: float  # to the nearest other text
    per_order: float  # how sorted the stream is (`Nearness.sorted`)
    per_texts: float  # the natural logarithm of the number of texts, per USUAL_TEXTS
    per_error: float  # log-odds of the promised error, beside those of the usual one
    spread: float


FITTED = Line(11.2, -13.7, 0.875, -0.363, -1.49, 2.75)
"""benchmarks/plan.py prints it, fitted on all its streams."""


def share(seen: Nearness, texts: int, max_error: float, line: Line = FITTED, *, before: int = 0) -> Range:
    """The share of new texts, of which this was `seen`, that a model will be asked about.

    `texts` (1 or more) are all that the project will hold then, of which `before` (fewer) are there: what is asked of all
    less what was asked of those, since memory knows more by now.
    """
    odds = (
        line.start
        + line.per_cosine * seen.nearest
        + line.per_order * seen.sorted
        + line.per_error * (_odds(max_error) - _odds(MAX_ERROR))
    )

    def asked(off: float, count: int) -> float:
        if not count:
            return 0.0
        return count * float(sigmoid(odds + off + line.per_texts * math.log(count / USUAL_TEXTS)).mean())

    least, likely, most = (
        (asked(off, texts) - asked(off, before)) / (texts - before)
        for off in (-line.spread, 0.0, line.spread)
    )
    return Range(least, likely, 1.0 if most >= ALL else most)


def _odds(chance: float) -> float:
    return math.log(chance / (1 - chance))
