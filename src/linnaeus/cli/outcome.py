"""What came of a run, as it is counted. Knows nothing of how it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from linnaeus.classifier import Classifier
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
    came: dict[str, LabelId] = field(
        default_factory=dict
    )  # new texts and the first label that each got at once
    moved: int = (
        0  # of these, how many have another label at the end; labels that were joined whole are the same
    )

    @property
    def recourse(self) -> float | None:
        """How many of 1,000 new texts have another label at the end than they got at once; None without new texts."""
        return 1000 * self.moved / len(self.came) if self.came else None

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


def moved(came: Mapping[str, LabelId], classifier: Classifier) -> int:
    """How many texts have another first label than the one that they `came` with is today."""
    today = {label: classifier.store.today(label) for label in set(came.values())}
    now = classifier.today(list(came))
    return sum(
        answer is not None and answer.label_ids[:1] != (today[label],)
        for answer, label in zip(now, came.values(), strict=True)
    )
