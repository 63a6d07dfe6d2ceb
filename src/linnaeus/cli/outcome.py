"""What came of a run, as it is counted. Knows nothing of how it is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What came of a run, for the closing table and the summary."""

    texts: int = 0
    by: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    estimated_errors: float = 0.0
    errors: dict[int, str] = field(default_factory=dict)  # row number -> reason
    known: int = 0  # texts that were decided before this run
    undated: int = 0  # rows whose text has no usable time
    left: int = 0  # rows that the budget left undecided
    seconds: dict[str, float] = field(default_factory=dict)
