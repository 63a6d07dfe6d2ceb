"""Stages in order, cheap first; itself a stage. Knows nothing of what its stages do."""

from __future__ import annotations

from collections.abc import Sequence

from linnaeus.types import Decision, Stage


class Cascade:
    """Each text goes down the stages until one decides it."""

    name = "cascade"

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return the first stage's decision for each text, in order; None where no stage has one."""
        decisions: list[Decision | None] = [None] * len(texts)
        for stage in self.stages:
            open_places = [place for place, decision in enumerate(decisions) if decision is None]
            if not open_places:
                break
            found = stage.decide([texts[place] for place in open_places])
            for place, decision in zip(open_places, found, strict=True):
                decisions[place] = decision
        return decisions
