"""Labels of a taxonomy as likely as all sources say. Knows nothing of how a source finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.label_sets import chosen
from linnaeus.closed.source import Candidates
from linnaeus.types import Decision, LabelId, Verdict

LOOKED_AT = 50  # candidates of a text, from which its labels are chosen


class Shortlist(Protocol):
    """Finds the most likely labels of texts."""

    ids: NDArray[np.int64]
    """The label at each place that it speaks of."""

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        """Up to `most` places of labels for each text, with probabilities."""
        ...


class Rank:
    """Gives the set of labels that is best by expected F1, which may be empty, or the `top` likeliest."""

    name = "rank"

    def __init__(self, shortlist: Shortlist, *, top: int | None = None) -> None:
        self._shortlist, self._top = shortlist, top

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order."""
        found = self._shortlist.shortlist(texts, max(LOOKED_AT, self._top or 0))
        counts = (found.places >= 0).sum(axis=1)
        wanted = np.minimum(counts, self._top) if self._top else np.minimum(counts, chosen(found.scores))
        rows = [found.places[row, :count] for row, count in enumerate(wanted)]
        labels = [[LabelId(int(label)) for label in self._shortlist.ids[places]] for places in rows]
        return [
            Decision(
                tuple(
                    Verdict(label, float(score), self.name)
                    for label, score in zip(row, found.scores[number], strict=False)
                ),
                none_by="" if row else self.name,
            )
            for number, row in enumerate(labels)
        ]
