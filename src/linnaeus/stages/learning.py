"""Decide texts up to the next place of the stream where something is learnt, and keep them. Knows not what is learnt.

Places are numbers of texts, so it does not matter how a stream is cut, nor whether a run was stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from linnaeus.types import Decision

FIRST = 64  # texts; then whenever there are twice as many
UNASKED = Decision(error="the budget ended", unasked=True)


class Learner(Protocol):
    """What decides texts and learns from what was decided."""

    def decide_anew(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order, by what was learnt so far."""
        ...

    def keep(self, finished: Mapping[str, Decision | None], /) -> None:
        """Keep what has been decided."""
        ...

    def learn_if_due(self) -> int:
        """Learn if there is enough that is new; how many more texts may be decided before it is due again, 1 or more."""
        ...


class Learning:
    """A stage that gets better as it goes: what `learner` decides is kept part by part, and learnt from in between."""

    name = "learning"

    def __init__(self, learner: Learner) -> None:
        self._learner = learner

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; unasked from the first on that the budget did not reach."""
        found: list[Decision | None] = []
        while len(found) < len(texts):
            room = self._learner.learn_if_due()
            part = texts[len(found) : len(found) + room]
            said = self._learner.decide_anew(part)
            found += said
            if any(one is not None and one.unasked for one in said):
                return found + [UNASKED] * (len(texts) - len(found))
            self._learner.keep(dict(zip(part, said, strict=True)))
        return found


def next_place(texts: int) -> int:
    """The first place after `texts` texts."""
    place = FIRST
    while place <= texts:
        place *= 2
    return place
