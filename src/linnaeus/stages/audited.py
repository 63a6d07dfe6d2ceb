"""A cheap stage in front of one that asks a model, and a small part of its answers asked all the same. Knows neither.

Which ones follows from their content, so that a run repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from linnaeus.stages.gate import is_audited
from linnaeus.stages.sureness import Checked, Sureness
from linnaeus.store import content_key
from linnaeus.types import Decision, Stage


class Judged(NamedTuple):
    """What a stage would decide, and the expected F1 of that."""

    decision: Decision
    sure: float


class Judge(Protocol):
    """A stage that says how sure it is."""

    def judged(self, texts: Sequence[str], /) -> list[Judged]:
        """Return what it would decide of each text, in order."""
        ...


class Audited:
    """What `cheap` is sure enough of stands, but for 2% that are asked of `dear` too: there its word counts, if it has one.

    What that 2% says of the others moves how sure is sure enough. Texts are decided up to where it may move.
    """

    name = "audited"

    def __init__(self, cheap: Judge, dear: Stage, sureness: Callable[[], Sureness]) -> None:
        """`sureness` gives the one that is to be used."""
        self._cheap, self._dear, self._sureness = cheap, dear, sureness

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; None where `cheap` is not sure and `dear` does not know."""
        found: list[Decision | None] = []
        judged = self._cheap.judged(texts) if texts else []
        keys = [content_key(text) for text in texts]
        audited = [
            is_audited(key) and one.sure >= self._sureness().usual
            for key, one in zip(keys, judged, strict=True)
        ]
        while len(found) < len(texts):
            start, room = len(found), self._sureness().room
            places = [place for place in range(start, len(texts)) if audited[place]][:room]
            end = places[-1] + 1 if len(places) == room else len(texts)
            found += self._part(texts[start:end], judged[start:end], audited[start:end])
        return found

    def _part(
        self, texts: Sequence[str], judged: Sequence[Judged], audited: Sequence[bool]
    ) -> list[Decision | None]:
        """The decisions for texts between two places where sureness may move."""
        least = self._sureness().least
        found = [one.decision if one.sure >= least else None for one in judged]
        asked = [place for place, one in enumerate(found) if one is None or audited[place]]
        for place, said in zip(asked, self._dear.decide([texts[place] for place in asked]), strict=True):
            if said is None or (said.error is not None and found[place] is not None):
                continue
            if audited[place] and said.error is None:
                agreed = labels_of(said) == labels_of(judged[place].decision)
                self._sureness().note(content_key(texts[place]), Checked(judged[place].sure, agreed))
                said = replace(said, agreed=agreed)
            found[place] = said
        return found


def labels_of(decision: Decision) -> set[int]:
    """The labels that a text gets."""
    return {verdict.label for verdict in decision.verdicts}
