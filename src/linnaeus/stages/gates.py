"""A gate for memory and one for a student: each learns, is audited and keeps the promise by itself. Knows neither.

A student begins in shadow, as its gate does: what it says of texts that are asked anyway tells how right it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from linnaeus.stages.gate import Audit, Gate, Thought
from linnaeus.store import Guessed
from linnaeus.types import LabelId, SurfaceId


class Gates:
    """Both, as one `Gate`."""

    def __init__(self, max_error: float) -> None:
        """Promise that of the answers of either at most `max_error` are not what the model would say."""
        self.max_error = max_error
        self.memory, self.student = Gate(max_error), Gate(max_error)

    def of(self, *, student: bool) -> Gate:
        """The gate of memory, or that of the student."""
        return self.student if student else self.memory

    def note(self, guess: Guessed) -> None:
        """Take up what was thought of a text."""
        self.of(student=guess.guess.student).note(guess)

    def fit(self, label_of: Callable[[SurfaceId], LabelId | None]) -> None:
        """See `Gate.fit`."""
        label_of = cache(label_of)  # it is asked some times for each text
        self.memory.fit(label_of)
        self.student.fit(label_of)

    @property
    def drifted(self) -> bool:
        """Whether either was wrong more often of late than it had been."""
        return self.memory.drifted or self.student.drifted

    def second_thoughts(self, *, at_end: bool = False) -> list[Thought]:
        """See `Gate.second_thoughts`."""
        return [one for gate in (self.memory, self.student) for one in gate.second_thoughts(at_end=at_end)]

    def audit(self, label_of: Callable[[SurfaceId], LabelId]) -> Audit:
        """What the audited texts of both say."""
        first, second = self.memory.audit(label_of), self.student.audit(label_of)
        return Audit(first.audited + second.audited, first.wrong + second.wrong)

    def trade_off(self, errors: Sequence[float]) -> list[tuple[float, int, float]]:
        """See `Gate.trade_off`."""
        rows = zip(self.memory.trade_off(errors), self.student.trade_off(errors), strict=True)
        return [
            (promised, first + second, (first * one + second * other) / max(first + second, 1))
            for (promised, first, one), (_, second, other) in rows
        ]
