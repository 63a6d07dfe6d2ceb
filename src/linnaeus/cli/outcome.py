"""What came of a run, as it is counted. Knows nothing of how it is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from linnaeus.types import Answer, LabelId


@dataclass(slots=True)
class Outcome:
    """What came of a run, for the closing table and the summary."""

    texts: int = 0
    by: Counter[str] = field(default_factory=Counter)
    labels: Counter[LabelId] = field(default_factory=Counter)
    names: dict[LabelId, str] = field(default_factory=dict)  # labels of a taxonomy may share one
    fitted: int = 0  # texts with a label
    estimated_errors: float = 0.0
    errors: dict[int, str] = field(default_factory=dict)  # row number -> reason
    known: int = 0  # texts that were decided before this run
    undated: int = 0  # rows whose text has no usable time
    left: int = 0  # rows that the budget left undecided
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def recalled(self) -> int:
        """Rows that memory answered, or a student of it."""
        return self.by["recall"] + self.by["student"]

    def count(self, answer: Answer) -> None:
        """Count what one row was given."""
        self.texts += 1
        self.by[answer.by] += 1
        self.labels.update(answer.label_ids)
        self.names.update(zip(answer.label_ids, answer.labels, strict=True))
        self.fitted += bool(answer.labels)
        if answer.by in ("recall", "student"):
            self.estimated_errors += 1 - answer.score
